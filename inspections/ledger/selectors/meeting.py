"""Reading what the Monday meeting has before it."""

from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from fieldsvc.kernel.errors import NotFound
from fieldsvc.kernel.journal import Actor
from inspections.ledger import policies, rules
from inspections.ledger.errors import NotAMonday, ReportUnknown
from inspections.ledger.models import Decision, Obstacle, WeeklyReport
from inspections.ledger.states import ObstacleState, Origin

_Row = TypeVar("_Row", Obstacle, Decision)


def check_week(actor: Actor, monday: date) -> None:
    """Refuses with `not_allowed`, `not_a_monday`."""
    refusal = policies.may_read(actor)
    if refusal is not None:
        raise refusal
    if not rules.is_monday(monday):
        raise NotAMonday({"monday": "不是星期一"})


def report_of(bureau_id: UUID | str, monday: date) -> WeeklyReport | None:
    rows = WeeklyReport.objects.select_related("frozen_by")
    return rows.filter(bureau_id=bureau_id, monday=monday).first()


def access_report(actor: Actor, monday: date) -> WeeklyReport:
    """The frozen report; refuses with `not_allowed`, `not_a_monday`, `report_unknown`."""
    check_week(actor, monday)
    report = report_of(actor.scope, monday)
    if report is None:
        raise ReportUnknown
    return report


def obstacles_of(bureau_id: UUID | str, monday: date) -> list[Obstacle]:
    """Those of the week and those of weeks before that are not settled, gravest first."""
    rows = _obstacles().filter(
        Q(monday=monday) | Q(monday__lt=monday, state=ObstacleState.CLAIMED.value),
        bureau_id=bureau_id,
    )
    order = [one.value for one in Origin]
    return sorted(rows, key=lambda row: (order.index(row.origin), -row.count, row.monday, row.key))


def decisions_of(bureau_id: UUID | str, monday: date) -> list[Decision]:
    """What the meeting about that week decided."""
    rows = Decision.objects.select_related("made_by", "done_by")
    return list(rows.filter(bureau_id=bureau_id, monday=monday).order_by("due", "made_at"))


def decisions_to_look_at(bureau_id: UUID | str, monday: date) -> list[Decision]:
    """Last week's decisions, and older ones that are still not done."""
    rows = Decision.objects.select_related("made_by", "done_by").filter(
        Q(monday=monday - rules.WEEK) | Q(monday__lt=monday - rules.WEEK, done_at__isnull=True),
        bureau_id=bureau_id,
    )
    return list(rows.order_by("due", "made_at"))


def access_obstacle(actor: Actor, obstacle_id: UUID) -> Obstacle:
    """The obstacle if `actor` may see it; refuses with `not_found`, `not_allowed`."""
    row = _obstacles().filter(pk=obstacle_id).first()
    return _let_through(actor, row)


def access_decision(actor: Actor, decision_id: UUID) -> Decision:
    """The decision if `actor` may see it; refuses with `not_found`, `not_allowed`."""
    rows = Decision.objects.select_related("made_by", "done_by")
    return _let_through(actor, rows.filter(pk=decision_id).first())


def _obstacles() -> QuerySet[Obstacle]:
    return Obstacle.objects.select_related("claimed_by", "closed_by")


def _let_through(actor: Actor, row: _Row | None) -> _Row:
    if row is None:
        refusal = policies.may_read(actor)
        raise refusal or NotFound()
    refusal = policies.may_see(actor, row)
    if refusal is not None:
        raise refusal
    return row
