"""After the verdict: the record is issued, the room closes, the dossier is sealed."""

from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import clock, workflow
from inspections.evidence import services as evidence
from inspections.inspection.models import Inspection
from inspections.inspection.services.common import facts, locked, room_of, system
from inspections.inspection.services.rectification import open_dossier_for
from inspections.inspection.states import InspectionState
from signaling import checking, recordings, rooms


def note_record_issued(inspection_id: UUID, record_sha256: str) -> None:
    """The signed record exists: nobody needs the room any more; closes it."""
    with transaction.atomic():
        inspection = locked(inspection_id)
        if not inspection.record_issued_at:
            inspection.record_sha256 = record_sha256
            inspection.record_issued_at = clock.now()
            workflow.save_fields(inspection, "record_sha256", "record_issued_at")
        rooms.close_room(inspection.room, actor=system(inspection), reason="concluded")
    seal_if_complete(inspection_id)


def note_room_closed(inspection_id: UUID) -> None:
    """The recording is complete and stored."""
    with transaction.atomic():
        inspection = locked(inspection_id)
        if not inspection.room_closed_at:
            inspection.room_closed_at = clock.now()
            workflow.save_fields(inspection, "room_closed_at")
    seal_if_complete(inspection_id)


def seal_if_complete(inspection_id: UUID) -> None:
    """Seal the dossier once the record is issued and the recording complete; journals
    `recording.checked` and `dossier.sealed`. Until both are true, or when it is sealed already,
    nothing happens."""
    with transaction.atomic():
        inspection = locked(inspection_id)
        if (
            inspection.record_issued_at
            and inspection.room_closed_at
            and inspection.state == InspectionState.CONCLUDED.value
        ):
            # The subscriber that admits segments may still be behind: nothing may miss the seal.
            for segment in recordings.segments(room_of(inspection)):
                evidence.admit_segment(inspection.dossier, segment)
            checking.check(room_of(inspection))
            evidence.seal(inspection.dossier_id, actor=system(inspection))


def close(inspection_id: UUID) -> None:
    """The dossier is sealed: the inspection is over, its rectification (if any) may start.

    Journals `inspection.closed` on the stream of the case, because the dossier's is closed.
    """
    with transaction.atomic():
        inspection: Inspection = locked(inspection_id)
        if inspection.state != InspectionState.CONCLUDED.value:
            return
        workflow.move(
            inspection,
            "close",
            actor=system(inspection),
            kind="inspection.closed",
            stream=f"case:{inspection.case_id}",
            data=facts(inspection, dossier=str(inspection.dossier_id)),
        )
        open_dossier_for(inspection)
