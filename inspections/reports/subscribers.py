from uuid import UUID

from fieldsvc.kernel.journal import JournalEntry
from fieldsvc.kernel.outbox import on
from inspections.reports import selectors, services


@on("inspection.concluded", lease=120)
def freeze(entry: JournalEntry) -> None:
    services.freeze(UUID(str(entry.data["inspection"])))


@on("signature.completed", "signature.declined", lease=120)
def issue(entry: JournalEntry) -> None:
    record = selectors.record_with_digest(str(entry.data["document_sha256"]))
    if record is not None:
        services.issue(record.pk)
