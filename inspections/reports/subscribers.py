from uuid import UUID

from fieldsvc.kernel.journal import JournalEntry
from fieldsvc.kernel.outbox import on
from inspections.reports import selectors, services
from inspections.reports.errors import GlyphMissing


@on("inspection.concluded", lease=120)
def freeze(entry: JournalEntry) -> None:
    inspection_id = UUID(str(entry.data["inspection"]))
    try:
        services.freeze(inspection_id)
    except GlyphMissing as refusal:
        services.note_refused(inspection_id, refusal)
        raise


@on("signature.completed", "signature.declined", lease=120)
def issue(entry: JournalEntry) -> None:
    record = selectors.record_with_digest(str(entry.data["document_sha256"]))
    if record is not None:
        services.issue(record.pk)
