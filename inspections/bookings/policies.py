from datetime import datetime

from fieldsvc.kernel.errors import NotFound, Refusal
from fieldsvc.kernel.journal import Actor
from inspections.bookings.errors import AppointmentStarted, BookingClosed
from inspections.bookings.models import Appointment
from inspections.cases.models import Case
from inspections.cases.states import CaseState

_OPEN = frozenset({CaseState.RECEIVED.value, CaseState.SCHEDULED.value})


def may_book(
    actor: Actor, case: Case, standing: Appointment | None, now: datetime
) -> Refusal | None:
    """The applicant of a case that was not inspected yet, before the standing time has come."""
    if actor.kind != "applicant" or actor.id != str(case.pk):
        return NotFound()
    if case.state not in _OPEN:
        return BookingClosed()
    # After its end nobody has come (or all is over and the state says so): a new time is fine.
    if standing is not None and standing.starts_at <= now < standing.ends_at:
        return AppointmentStarted()
    return None


def may_cancel(actor: Actor, case: Case, standing: Appointment, now: datetime) -> Refusal | None:
    refusal = may_book(actor, case, standing, now)
    if refusal is None and standing.starts_at <= now:
        return AppointmentStarted()
    return refusal
