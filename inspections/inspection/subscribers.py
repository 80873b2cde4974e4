"""What an inspection does when something happened elsewhere; each call is idempotent."""

from uuid import UUID

from fieldsvc.kernel.journal import JournalEntry
from fieldsvc.kernel.outbox import on
from inspections.bookings.selectors import get_appointment
from inspections.bookings.states import AppointmentState
from inspections.dispatch.rules import VIDEO
from inspections.dispatch.states import VisitKind
from inspections.inspection import services
from inspections.inspection.selectors import inspection_of_dossier
from inspections.inspection.services.common import system
from inspections.inspection.states import TransferReason


@on("booking.confirmed")
def schedule(entry: JournalEntry) -> None:
    appointment = get_appointment(str(entry.data["appointment"]))
    # A booking that was given up before its turn came here has an entry of its own behind it.
    if appointment.state == AppointmentState.CONFIRMED.value:
        services.schedule(appointment, appointment.inspectors)


@on("consent.refused")
def transfer_on_refusal(entry: JournalEntry) -> None:
    inspection = inspection_of_dossier(entry.stream)
    if inspection is not None:
        services.transfer(
            inspection.pk, TransferReason.CONSENT_REFUSED, "", actor=system(inspection)
        )


@on("room.admitted")
def begin(entry: JournalEntry) -> None:
    inspection = inspection_of_dossier(entry.stream)
    if inspection is not None and entry.data.get("role") == "GUEST":
        services.begin(inspection.pk)


@on("record.issued")
def note_record_issued(entry: JournalEntry) -> None:
    services.note_record_issued(
        UUID(str(entry.data["inspection"])), str(entry.data["signed_sha256"])
    )


@on("room.closed")
def note_room_closed(entry: JournalEntry) -> None:
    inspection = inspection_of_dossier(entry.stream)
    if inspection is not None:
        services.note_room_closed(inspection.pk)


@on("dossier.sealed")
def close(entry: JournalEntry) -> None:
    inspection = inspection_of_dossier(entry.stream)
    if inspection is not None:
        services.close(inspection.pk)


@on("dossier.disposed", name="inspections.inspection.subscribers.erase_contact")
def erase_contact(entry: JournalEntry) -> None:
    services.erase_contact(UUID(str(entry.data["dossier"])))


@on(
    "inspection.transferred",
    "inspection.concluded",
    name="inspections.inspection.subscribers.request_visit",
)
def request_visit(entry: JournalEntry) -> None:
    """A verdict that leaves nothing to a visit asks for none."""
    services.request_visit(UUID(str(entry.data["inspection"])))


@on("visit.cancelled", name="inspections.inspection.subscribers.return_to_video")
def return_to_video(entry: JournalEntry) -> None:
    by_video = entry.data.get("reason") == VIDEO
    if by_video and entry.data.get("kind") == VisitKind.INSPECTION.value:
        services.return_to_video(UUID(str(entry.data["subject"])))
