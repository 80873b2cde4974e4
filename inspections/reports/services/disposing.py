"""What goes with a dossier that is disposed of: the pages of its papers, drawn for the screen."""

from uuid import UUID

from fieldsvc.kernel import blobs
from inspections.reports.models import InspectionPaper, Paper, Record


def remove_papers(dossier_id: UUID) -> int:
    """Delete the pages of every paper of a disposed dossier, and the files of papers that were
    issued on the stream of the case, which its certificate cannot name; returns how many.

    The rows with their digests stay, so that a paper somebody holds can still be checked.
    Idempotent.
    """
    records = Record.objects.filter(inspection__dossier=dossier_id)
    beside = InspectionPaper.objects.filter(inspection__dossier=dossier_id)
    papers = Paper.objects.filter(delegation__dossier=dossier_id)
    pages = [
        *records.values_list("page_keys", flat=True),
        *beside.values_list("page_keys", flat=True),
        *papers.values_list("page_keys", flat=True),
    ]
    keys = {key for one in pages for key in one}
    for files in beside.values_list("pdf_key", "content_key"):
        keys |= set(files)
    for key in keys:
        blobs.store().delete(key)
    return len(keys)
