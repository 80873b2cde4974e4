"""What is owed once a service is over, or once somebody calls for help from the door."""

from uuid import UUID

from fieldsvc.kernel.journal import JournalEntry
from fieldsvc.kernel.outbox import on
from inspections.aftercare import services
from inspections.aftercare.selectors import subject_of
from inspections.aftercare.states import SubjectKind
from inspections.delegation.models import Delegation


@on("delegation.delivered")
def queue_follow_up(entry: JournalEntry) -> None:
    delegation = UUID(entry.stream.removeprefix("delegation:"))
    subject = subject_of(SubjectKind.DELEGATION, delegation)
    services.queue_after_delivery(subject, entry.at)


# A report from the door must not wait behind anything else of its stream.
@on("door.report_made", ordered=False)
def open_door_report(entry: JournalEntry) -> None:
    delegation = Delegation.objects.select_related("bureau").get(
        pk=UUID(entry.stream.removeprefix("delegation:"))
    )
    services.register_door_report(entry, delegation)
