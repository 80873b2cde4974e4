"""How much of its time a delegation has used, computed from its journal."""

from collections.abc import Iterable
from datetime import datetime

from fieldsvc.kernel import journal
from inspections.catalog.rules import Calendar
from inspections.delegation.models import Delegation

Pause = tuple[datetime, datetime | None]


def pauses_of(delegation: Delegation) -> list[Pause]:
    """From when to when the completion clock stood still; None for one that still does."""
    kinds = ["delegation.suspended", "delegation.resumed", "delegation.terminated"]
    found: list[Pause] = []
    for entry in journal.entries(delegation.stream).filter(kind__in=kinds):
        if entry.kind == "delegation.suspended":
            found.append((entry.at, None))
        elif found and found[-1][1] is None:
            found[-1] = (found[-1][0], entry.at)
    return found


def completion_used(delegation: Delegation, calendar: Calendar, now: datetime) -> tuple[int, int]:
    """Working minutes used and allowed, pauses left out; a bounce is no pause."""
    end = delegation.delivered_at or delegation.ended_at or now
    pauses = pauses_of(delegation)
    used = _between(calendar, delegation.registered_at, end, pauses)
    allowed = _between(calendar, delegation.registered_at, delegation.due_at, pauses)
    return used, allowed


def response_used(delegation: Delegation, calendar: Calendar, now: datetime) -> tuple[int, int]:
    """Working minutes until the first contact, used and allowed."""
    start, due = delegation.registered_at, delegation.callback_due_at or delegation.registered_at
    end = delegation.called_back_at or now
    return (
        calendar.working_minutes_between(start, end),
        calendar.working_minutes_between(start, due),
    )


def is_overdue(delegation: Delegation, now: datetime) -> bool:
    """Whether it is, or was delivered, after its time; a suspended one is not."""
    if delegation.delivered_at:
        return delegation.delivered_at > delegation.due_at
    running = delegation.suspended_at is None and delegation.ended_at is None
    return running and now > delegation.due_at


def _between(calendar: Calendar, start: datetime, end: datetime, pauses: Iterable[Pause]) -> int:
    total = calendar.working_minutes_between(start, end)
    for since, until in pauses:
        stop = min(until or end, end)
        total -= calendar.working_minutes_between(max(since, start), stop)
    return max(total, 0)
