"""Publishing a plan: all of it or nothing, and never over a word once given."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import clock, workflow
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.bookings import services as bookings
from inspections.bookings.errors import StaffTaken
from inspections.bookings.services import Taking
from inspections.dispatch import planning, rules
from inspections.dispatch.errors import (
    BoardChanged,
    PlanNotReady,
    PlanUnfit,
    PromiseBroken,
    TimeTaken,
)
from inspections.dispatch.models import DispatchOrder, Hold, Plan, Visit
from inspections.dispatch.planning.shapes import Assignment, Break
from inspections.dispatch.selectors.picture import Picture, picture
from inspections.dispatch.selectors.planned import Planned
from inspections.dispatch.services.common import (
    board_day,
    board_stream,
    new_order,
    offer,
    slot_of,
    withdraw,
)
from inspections.dispatch.services.moves import alternatives
from inspections.dispatch.services.plans import locked_plan, plan_facts
from inspections.dispatch.states import PLEDGED, PlanState, WithdrawReason

Place = tuple[UUID, datetime]


@dataclass
class _Outcome:
    """What the board would be: who goes where, and which rows that takes."""

    keep: list[DispatchOrder] = field(default_factory=list)
    withdraw: list[DispatchOrder] = field(default_factory=list)
    new: list[tuple[Visit, Place]] = field(default_factory=list)
    broken: dict[UUID, str] = field(default_factory=dict)


@transaction.atomic
def publish(plan_id: UUID, *, version: int, actor: Actor) -> Plan:
    """Let a draft hold: its visits are offered, what it leaves out waits, all in one step.

    `version` is the board's, as the dispatcher saw it. Every accepted visit must be where it is
    and every promised one inside its window. What came after the draft stays as it is. Refuses:
    `board_changed`, `plan_not_ready`, `promise_broken` (`fields.visits`), `plan_unfit`
    (`fields.violations`), `time_taken`. Journal: `order.withdrawn` and `order.offered` each;
    `plan.published` on the board.
    """
    plan = locked_plan(plan_id)
    board = board_day(plan.bureau_id, plan.day)
    if board.version != version:
        raise BoardChanged({"version": board.version})
    if plan.state != PlanState.DRAFT.value:
        raise PlanNotReady({"state": plan.state})
    seen = picture(plan.bureau_id, plan.day, also=_named(plan))
    outcome = _outcome(plan, seen)
    if outcome.broken:
        raise PromiseBroken({"visits": _named_broken(seen, outcome.broken)})
    _check(plan, seen, outcome)
    orders = _write(plan, seen, outcome, actor)
    board.plan, board.version = plan, board.version + 1
    board.breaks = {one["staff"]: one["starts_at"] for one in plan.body["breaks"]}
    board.published_at = clock.now()
    board.save()
    workflow.move(
        plan,
        "publish",
        actor=actor,
        kind="plan.published",
        stream=board_stream(plan.bureau_id),
        data=plan_facts(plan, offered=len(orders), kept=len(outcome.keep)),
    )
    return plan


def _named(plan: Plan) -> list[UUID]:
    return [UUID(one["visit"]) for one in plan.body["assignments"]]


def _outcome(plan: Plan, seen: Picture) -> _Outcome:
    proposed: dict[UUID, Place] = {
        UUID(one["visit"]): (UUID(one["staff"]), datetime.fromisoformat(one["starts_at"]))
        for one in plan.body["assignments"]
    }
    known = proposed.keys() | {UUID(one["visit"]) for one in plan.body["unplaced"]}
    outcome = _Outcome()
    for visit_id, visit in seen.visits.items():
        live, wanted = seen.live(visit_id), proposed.get(visit_id)
        if visit.is_over:
            continue
        if visit_id not in known or _moved_since(plan, live):
            # It came after the draft, or a hand has moved it since: an order stays, a visit that
            # waits goes on waiting.
            if live is not None:
                outcome.keep.append(live)
            continue
        _decide(outcome, visit, live, wanted)
        if visit_id in seen.overdue or _is_lost(seen, visit_id, live, wanted):
            continue
        if not _within_promise(visit, wanted):
            outcome.broken.setdefault(visit_id, _promise_text(visit))
    return outcome


def _decide(
    outcome: _Outcome, visit: Visit, live: DispatchOrder | None, wanted: Place | None
) -> None:
    if live is not None and wanted == (live.staff_id, live.starts_at):
        outcome.keep.append(live)
        return
    if live is not None and live.state in PLEDGED:
        outcome.broken[visit.pk] = "专员已经接单，方案却改了人或时间。"
        return
    if live is not None:
        outcome.withdraw.append(live)
    if wanted is not None:
        outcome.new.append((visit, wanted))


def _moved_since(plan: Plan, live: DispatchOrder | None) -> bool:
    return live is not None and plan.made_at is not None and live.offered_at > plan.made_at


def _is_lost(
    seen: Picture, visit_id: UUID, live: DispatchOrder | None, wanted: Place | None
) -> bool:
    """Nobody was to go and no place is held: that promise fell with whoever fell ill, not with
    this plan. It stays on the list of the unplaced until another time is agreed."""
    return wanted is None and live is None and visit_id not in seen.holds


def _within_promise(visit: Visit, wanted: Place | None) -> bool:
    if visit.promised_from is None or visit.promised_until is None:
        return True
    return wanted is not None and visit.promised_from <= wanted[1] <= visit.promised_until


def _promise_text(visit: Visit) -> str:
    if visit.promised_from is None or visit.promised_until is None:
        raise ValueError("a visit without a promise cannot break one")
    window = rules.label_of(visit.promised_from, visit.promised_until, clock.now())
    return f"已答应{window}上门，方案里不在这个时间内。"


def _named_broken(seen: Picture, broken: dict[UUID, str]) -> list[JSONValue]:
    return [
        {"visit": str(visit_id), "title": seen.visits[visit_id].title, "text": text}
        for visit_id, text in broken.items()
    ]


def _check(plan: Plan, seen: Picture, outcome: _Outcome) -> None:
    """The planner's own guard over the whole board as it would be."""
    planned = Planned(seen)
    on_duty = {one.staff_id for one in seen.on_duty}
    standing = [one for one in outcome.keep if one.staff_id in on_duty]
    places = [(one.visit_id, one.staff_id, one.starts_at) for one in standing]
    places += [(visit.pk, *place) for visit, place in outcome.new]
    assignments = [
        Assignment(str(visit), str(staff), planned.down(at)) for visit, staff, at in places
    ]
    breaks = [
        Break(one["staff"], planned.down(datetime.fromisoformat(one["starts_at"])))
        for one in plan.body["breaks"]
    ]
    pinned = [one for one in standing if one.state in PLEDGED]
    new = {str(visit.pk) for visit, _ in outcome.new}
    faults = planning.check(planned.day(pinned), assignments, breaks)
    # What stands already and is inconvenient stays: a plan is judged by what it adds.
    wrong = [one for one in faults if one.visit is None or one.visit in new]
    if wrong:
        told: list[JSONValue] = [
            {"code": one.code, "visit": one.visit, "staff": one.agent, "text": one.text}
            for one in wrong
        ]
        raise PlanUnfit({"violations": told})


def _write(plan: Plan, seen: Picture, outcome: _Outcome, actor: Actor) -> list[DispatchOrder]:
    for order in sorted(outcome.withdraw, key=lambda one: one.visit.stream):
        order.visit = seen.visits[order.visit_id]
        withdraw(order, WithdrawReason.REPLANNED, actor=actor)
    ways = {one["visit"]: one["travel_seconds"] for one in plan.body["assignments"]}
    orders = [
        new_order(
            visit,
            staff_id,
            slot_of(visit, starts_at),
            travel_seconds=ways[str(visit.pk)],
            plan=plan,
        )
        for visit, (staff_id, starts_at) in outcome.new
    ]
    _give_up_holds([order.visit_id for order in orders])
    try:
        bookings.occupy_all(Taking(one.staff_id, one.slot, one.pk) for one in orders)
    except StaffTaken as error:
        raise TimeTaken({"alternatives": alternatives(seen, _clash(orders))}) from error
    for order in sorted(orders, key=lambda one: one.visit.stream):
        offer(order, actor=actor)
    return orders


def _give_up_holds(visit_ids: list[UUID]) -> None:
    holds = Hold.objects.filter(visit_id__in=visit_ids)
    bookings.release(*holds.values_list("pk", flat=True))
    holds.delete()


def _clash(orders: list[DispatchOrder]) -> Visit:
    """The first visit whose time somebody else's appointment or order has taken."""
    taken = bookings.taken_of(Taking(one.staff_id, one.slot, one.pk) for one in orders)
    return next((one.visit for one in orders if one.pk in taken), orders[0].visit)
