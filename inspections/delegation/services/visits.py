"""The delegation's side of dispatch: asking for a visit, promising its window, giving it up."""

from datetime import datetime, timedelta

from fieldsvc.kernel import clock, workflow
from fieldsvc.kernel.journal import Actor
from inspections.catalog.selectors import Guide
from inspections.delegation import rules
from inspections.delegation.models import Delegation
from inspections.delegation.selectors import minutes_for, skills_for
from inspections.delegation.states import Need
from inspections.dispatch import services as dispatch
from inspections.dispatch.models import Visit
from inspections.dispatch.shapes import NewVisit
from inspections.dispatch.states import VisitKind, VisitState

PROTECTED = frozenset({Need.DISABLED.value, Need.ELDERLY.value})
# A visit nobody has promised a time for may start from now until this long before it is due.
RESERVE = timedelta(hours=2)
LEAST_SPAN = timedelta(days=1)
_GIVEN_UP = frozenset({VisitState.DONE.value, VisitState.CANCELLED.value})
_INSIDE = VisitState.ARRIVED.value


def request_visit(delegation: Delegation, guides: list[Guide], *, actor: Actor) -> Visit:
    """Put the delegation's visit onto the board; with a window the time is promised at once.

    Refuses with `window_gone` when the window has just been taken. Journal: `visit.requested`,
    `visit.promised`. Nothing happens without a place.
    """
    start, end = _span(delegation)
    promised_days = min(guide.promised_days for guide in guides)
    protected = bool(PROTECTED & set(delegation.needs))
    visit = dispatch.request_visit(
        NewVisit(
            bureau_id=delegation.bureau_id,
            stream=delegation.stream,
            subject=delegation.pk,
            kind=VisitKind.DELEGATION,
            title="、".join(guide.title for guide in guides)[:200],
            place=(delegation.longitude or 0.0, delegation.latitude or 0.0),
            minutes=minutes_for(guides),
            window_from=start,
            window_until=end,
            contact_name=delegation.contact_name,
            contact_phone=delegation.phone,
            address=delegation.address,
            note=delegation.wish[:500],
            door_note=delegation.door_note,
            case_label=delegation.number,
            skills=skills_for(guides, delegation.needs),
            priority=rules.priority(protected=protected, promised_days=promised_days),
            protected=protected,
            wanted_staff=delegation.wanted_staff_id,
        ),
        actor=actor,
    )
    if delegation.window_from and delegation.window_until:
        dispatch.promise(visit.pk, delegation.window_from, delegation.window_until, actor=actor)
    delegation.visit = visit.pk
    workflow.save_fields(delegation, "visit")
    return visit


def give_up_visit(delegation: Delegation, reason: str, *, actor: Actor) -> bool:
    """Take the visit off the board, its order withdrawn; says whether nobody is on the way now.

    A delegate who is already inside stays there and is told by the entry that follows.
    Journal: `order.withdrawn`, `visit.cancelled`.
    """
    visit = visit_of(delegation)
    if visit is None or visit.state in _GIVEN_UP:
        return True
    if visit.state == _INSIDE:
        return False
    dispatch.cancel_visit(visit.pk, reason=reason, actor=actor)
    return True


def visit_of(delegation: Delegation) -> Visit | None:
    return Visit.objects.filter(pk=delegation.visit).first() if delegation.visit else None


def needs_visit(delegation: Delegation) -> bool:
    """Whether somebody still has to come: none was asked for, or the last one was given up."""
    visit = visit_of(delegation)
    return visit is None or visit.state == VisitState.CANCELLED.value


def _span(delegation: Delegation) -> tuple[datetime, datetime]:
    if delegation.window_from and delegation.window_until:
        return delegation.window_from, delegation.window_until
    start = clock.now()
    if delegation.preferred_from and delegation.preferred_until:
        since = max(start, delegation.preferred_from)
        if since < delegation.preferred_until:
            return since, delegation.preferred_until
    return start, max(delegation.due_at - RESERVE, start + LEAST_SPAN)
