"""The sweep that tells before a delegation is late: at 70 and 90 per cent, and when it is."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import clock, journal, workflow
from inspections.catalog.selectors import calendar_of
from inspections.delegation import rules
from inspections.delegation.models import Delegation
from inspections.delegation.selectors.clocks import completion_used, response_used
from inspections.delegation.services.common import facts, locked, system
from inspections.delegation.states import ClockKind, DelegationState

_RUNNING = [
    DelegationState.REGISTERED.value,
    DelegationState.ACCEPTED.value,
    DelegationState.HANDLING.value,
]


def escalate_due(bureau_id: UUID | None = None) -> int:
    """Tell of every clock that has passed a further mark, and say how many.

    A suspended delegation's completion clock stands still. Journal: `delegation.escalated`
    {clock, level, due_at, staff}.
    """
    rows = Delegation.objects.filter(state__in=_RUNNING)
    if bureau_id is not None:
        rows = rows.filter(bureau_id=bureau_id)
    return sum(_escalate(pk) for pk in rows.order_by("due_at").values_list("pk", flat=True))


@transaction.atomic
def _escalate(delegation_id: UUID) -> int:
    delegation = locked(delegation_id)
    if delegation.state not in _RUNNING:
        return 0
    now = clock.now()
    calendar = calendar_of(delegation.bureau_id)
    told = 0
    if delegation.called_back_at is None and delegation.callback_due_at is not None:
        level = rules.level_reached(*response_used(delegation, calendar, now))
        due = delegation.callback_due_at
        if level > delegation.response_level:
            delegation.response_level = level
            _tell(delegation, ClockKind.RESPONSE, level, due, "response_level")
            told += 1
    level = rules.level_reached(*completion_used(delegation, calendar, now))
    if level > delegation.completion_level:
        delegation.completion_level = level
        _tell(delegation, ClockKind.COMPLETION, level, delegation.due_at, "completion_level")
        told += 1
    return told


def _tell(
    delegation: Delegation, kind: ClockKind, level: int, due_at: datetime, field: str
) -> None:
    workflow.save_fields(delegation, field)
    journal.append(
        delegation.stream,
        "delegation.escalated",
        actor=system(delegation),
        data=facts(
            delegation,
            clock=kind.value,
            level=level,
            due_at=clock.iso(due_at),
            staff=str(delegation.staff_id) if delegation.staff_id else None,
        ),
    )
