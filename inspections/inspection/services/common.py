"""What every verb of an inspection needs: the locked row, the system as actor, the room."""

from uuid import UUID

from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.inspection.errors import InspectionUnknown
from inspections.inspection.models import Inspection
from signaling.models import Room


def locked(inspection_id: UUID) -> Inspection:
    """The inspection under its row lock; two verbs on one inspection run one after the other."""
    row = (
        Inspection.objects.select_for_update(of=("self",))
        .select_related("dossier", "case", "bureau")
        .filter(pk=inspection_id)
        .first()
    )
    if row is None:
        raise InspectionUnknown
    return row


def system(inspection: Inspection) -> Actor:
    """The system acting within the bureau, so that the bureau's screens hear of it."""
    return Actor("system", "system", str(inspection.bureau_id))


def room_of(inspection: Inspection) -> Room:
    return Room.objects.get(pk=inspection.room)


def facts(inspection: Inspection, **more: JSONValue) -> dict[str, JSONValue]:
    """The ids every entry of an inspection carries, so that subscribers need no look-up."""
    return {
        "inspection": str(inspection.id),
        "case": str(inspection.case_id),
        "round": inspection.round,
        **more,
    }
