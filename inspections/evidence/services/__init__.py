"""The verbs of evidence."""

from inspections.evidence.services.admission import (
    Circumstances,
    admit,
    admit_own,
    admit_segment,
)
from inspections.evidence.services.anchoring import (
    Stamp,
    anchor,
    due_tokens,
    keep_token,
    put_off,
)
from inspections.evidence.services.challenges import note_spoken, show_challenge
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
    "Stamp",
    "admit",
    "admit_own",
    "admit_segment",
    "anchor",
    "copy_job",
    "due_tokens",
    "keep_token",
    "manifest_of",
    "note_spoken",
    "open_dossier",
    "parents_of",
    "put_off",
    "request_copy",
    "seal",
    "show_challenge",
    "store_copy",
    "store_failure",
    "store_progress",
]
