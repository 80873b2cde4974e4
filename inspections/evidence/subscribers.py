from uuid import UUID

from fieldsvc.kernel.journal import JournalEntry
from fieldsvc.kernel.outbox import on
from inspections.evidence import selectors, services
from signaling import recordings


@on("recording.segment_stored")
def admit_segment(entry: JournalEntry) -> None:
    dossier = selectors.dossier_of_stream(entry.stream)
    if dossier is not None:
        segment = recordings.segment(UUID(str(entry.data["segment"])))
        services.admit_segment(dossier, segment)
