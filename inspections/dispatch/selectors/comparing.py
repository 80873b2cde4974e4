"""Two plans of one day, side by side."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from inspections.bookings.rules import ZONE
from inspections.dispatch import planning
from inspections.dispatch.errors import PlanNotReady
from inspections.dispatch.models import Plan, Visit
from inspections.dispatch.planning.shapes import (
    Assignment,
    Blocker,
    PlanResult,
    Reason,
    Unplaced,
)
from inspections.dispatch.shapes import Figures
from inspections.people.models import Staff


@dataclass(frozen=True, slots=True)
class MovedVisit:
    """`before` and `after` read 「陈代办 9:30」."""

    visit: str
    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PlanComparison:
    a: Figures
    b: Figures
    moved: list[MovedVisit]
    only_in_a: list[str]
    only_in_b: list[str]
    price_text: str


def compare_plans(a: Plan, b: Plan) -> PlanComparison:
    """What `b` would do otherwise than `a`; refuses with `plan_not_ready` before both are made."""
    for plan in (a, b):
        if not plan.body:
            raise PlanNotReady({"plan": str(plan.pk), "state": plan.state})
    found = planning.compare(_result(a), _result(b))
    visits = {UUID(one.visit) for one in found.moved}
    titles = dict(Visit.objects.filter(pk__in=visits).values_list("pk", "title"))
    names = dict(Staff.objects.filter(bureau_id=a.bureau_id).values_list("pk", "name"))

    def said(staff: str, seconds: int) -> str:
        local = datetime.fromtimestamp(seconds, ZONE)
        return f"{names.get(UUID(staff), '')} {local.hour}:{local.minute:02d}"

    return PlanComparison(
        a=cast("Figures", a.body["figures"]),
        b=cast("Figures", b.body["figures"]),
        moved=[
            MovedVisit(
                visit=one.visit,
                title=titles.get(UUID(one.visit), ""),
                before=said(one.from_agent, one.from_start),
                after=said(one.to_agent, one.to_start),
            )
            for one in found.moved
        ],
        only_in_a=list(found.only_a),
        only_in_b=list(found.only_b),
        price_text=found.text,
    )


def _result(plan: Plan) -> PlanResult:
    """The stored body as the planner compares it; seconds are those of the epoch here."""
    return PlanResult(
        assignments=tuple(
            Assignment(one["visit"], one["staff"], _seconds(one["starts_at"]))
            for one in plan.body["assignments"]
        ),
        breaks=(),
        unplaced=tuple(
            Unplaced(one["visit"], Reason(one["reason"]), one["text"], Blocker("CREW"))
            for one in plan.body["unplaced"]
        ),
        travel_s=plan.body["figures"]["travel_seconds"],
        seconds=plan.seconds,
    )


def _seconds(at: str) -> int:
    return int(datetime.fromisoformat(at).timestamp())
