"""Where an applicant stands, and what a bureau has before it today."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet

from fieldsvc.kernel import clock
from fieldsvc.kernel.errors import NotAllowed
from fieldsvc.kernel.journal import Actor
from inspections.bookings.models import Appointment
from inspections.bookings.selectors import appointment_of
from inspections.bookings.states import AppointmentState
from inspections.cases.models import Case
from inspections.cases.states import CaseState
from inspections.inspection.models import Inspection
from inspections.inspection.rules import BEIJING
from inspections.inspection.selectors.inspections import latest_of, opens_at, rows
from inspections.inspection.states import InspectionState, RectificationState, Step
from inspections.people.states import Role

READERS = frozenset({Role.HEAD.value, Role.AUDITOR.value})


@dataclass(frozen=True, slots=True)
class Progress:
    """The applicant's case with what exists of its inspection so far."""

    case: Case
    inspection: Inspection | None
    appointment: Appointment | None
    step: Step


def progress_of(case: Case) -> Progress:
    inspection = latest_of(case.pk)
    appointment = appointment_of(case.pk)
    if inspection is not None and _is_invited_again(case, inspection):
        inspection = None
    return Progress(case, inspection, appointment, step_of(case, inspection, appointment))


def step_of(case: Case, inspection: Inspection | None, appointment: Appointment | None) -> Step:
    """The one thing the applicant's page shows now."""
    if inspection is None:
        return Step.PREPARING if appointment else Step.BOOK
    fixed = {
        InspectionState.IN_PROGRESS.value: Step.CALL,
        InspectionState.CONCLUDED.value: Step.CONCLUDED,
        InspectionState.TRANSFERRED.value: Step.TRANSFERRED,
    }
    if inspection.state in fixed:
        return fixed[inspection.state]
    if inspection.state == InspectionState.SEALED.value:
        return _after_seal(case, inspection)
    return _before_call(inspection, appointment)


def _is_invited_again(case: Case, inspection: Inspection) -> bool:
    """After the visit was given up for another call: what was transferred is history."""
    waits = {CaseState.RECEIVED.value, CaseState.SCHEDULED.value}
    return inspection.state == InspectionState.TRANSFERRED.value and case.state in waits


def today(actor: Actor) -> list[Inspection]:
    """What is due today, still running, unsigned, or waits for a decision on a rectification.

    An inspector sees the own ones, HEAD and AUDITOR all of the bureau; refuses others with
    `not_allowed`.
    """
    start, end = _day()
    due = Q(starts_at__gte=start, starts_at__lt=end) & ~Q(state=InspectionState.TRANSFERRED.value)
    running = Q(
        state__in=[InspectionState.IN_PROGRESS.value, InspectionState.CONCLUDED.value],
        starts_at__lt=end,
    )
    waiting = Q(rectification__state=RectificationState.SUBMITTED.value)
    return list(
        _visible(actor, Q(due | running | waiting)).exclude(_given_up()).order_by("starts_at", "id")
    )


def upcoming(actor: Actor) -> Inspection | None:
    """The first one after today."""
    later = Q(starts_at__gte=_day()[1], state=InspectionState.SCHEDULED.value)
    return _visible(actor, later).exclude(_given_up()).order_by("starts_at", "id").first()


def _visible(actor: Actor, which: Q) -> QuerySet[Inspection]:
    if actor.kind != "staff" or not actor.roles & {Role.INSPECTOR.value, *READERS}:
        raise NotAllowed
    found = rows().filter(which, bureau_id=actor.scope)
    if not actor.roles & READERS:
        found = found.filter(assignments__staff_id=actor.id)
    return found.distinct()


def _given_up() -> Q:
    return Q(
        state=InspectionState.SCHEDULED.value,
        appointment__state=AppointmentState.CANCELLED.value,
    )


def _day() -> tuple[datetime, datetime]:
    """The local day, and past midnight what may be entered already: somebody may wait there."""
    now = clock.now()
    start = datetime.combine(now.astimezone(BEIJING).date(), time(), BEIJING)
    opened = now + timedelta(minutes=settings.INSPECTION_ROOM_OPENS_MINUTES, microseconds=1)
    return start, max(start + timedelta(days=1), opened)


def _before_call(inspection: Inspection, appointment: Appointment | None) -> Step:
    if appointment is None:
        return Step.BOOK
    now = clock.now()
    is_open = now >= opens_at(inspection)
    if getattr(inspection, "consent", None) is not None:
        return Step.LOBBY if is_open else Step.PREPARING
    if inspection.pre_survey.submitted_at is None and now < inspection.starts_at:
        return Step.PRE_SURVEY
    return Step.CONSENT if is_open else Step.PREPARING


def _after_seal(case: Case, inspection: Inspection) -> Step:
    rectification = getattr(inspection, "rectification", None)
    if rectification is not None and rectification.state != RectificationState.ACCEPTED.value:
        return Step.RECTIFY
    return Step.DONE if case.result_delivered_at else Step.SEALED
