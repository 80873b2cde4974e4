"""The verbs of evidence."""

from inspections.evidence.services.admission import (
    Circumstances,
    admit,
    admit_own,
    admit_segment,
)
from inspections.evidence.services.copies import (
    copy_job,
    parents_of,
    request_copy,
    store_copy,
    store_failure,
    store_progress,
)
from inspections.evidence.services.dossiers import manifest_of, open_dossier, seal

__all__ = [
    "Circumstances",
    "admit",
    "admit_own",
    "admit_segment",
    "copy_job",
    "manifest_of",
    "open_dossier",
    "parents_of",
    "request_copy",
    "seal",
    "store_copy",
    "store_failure",
    "store_progress",
]
