from fieldsvc.kernel.journal import JournalEntry
from fieldsvc.kernel.outbox import on
from inspections.signing import services


@on("signature.completed", ordered=False)
def stamp_signature(_entry: JournalEntry) -> None:
    services.stamp_due()
