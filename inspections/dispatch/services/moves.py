"""The dispatcher's hand: give a visit to somebody, take it back, undo."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import clock, ids, journal
from fieldsvc.kernel.errors import Invalid
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.bookings import services as bookings
from inspections.bookings.errors import StaffTaken
from inspections.dispatch import rules, selectors
from inspections.dispatch.errors import MoveRefused, TimeTaken
from inspections.dispatch.models import BoardRevision, DispatchOrder, Hold, Visit
from inspections.dispatch.selectors.picture import Picture, picture
from inspections.dispatch.services.common import (
    board_stream,
    facts,
    live_order,
    locked_visit,
    new_order,
    offer,
    seen_visit,
    slot_of,
    system,
    touch_board,
    withdraw,
)
from inspections.dispatch.services.promises import keep_promise
from inspections.dispatch.services.visits import give_up_hold
from inspections.dispatch.shapes import Checked, Spot
from inspections.dispatch.states import VisitState, WithdrawReason


@dataclass(frozen=True, slots=True)
class Target:
    """Who shall go, and when; the start lies on the grid of five minutes."""

    staff_id: UUID
    starts_at: datetime


@transaction.atomic
def move(visit_id: UUID, to: Target, *, version: int, actor: Actor) -> DispatchOrder:
    """Send somebody to a visit at a time, instead of whoever was to go; `version` is the visit's.

    What is only inconvenient (further to drive, another's area, a late lunch) passes. Refuses:
    `stale_version`, `visit_over`, `visit_under_way`, `move_refused` (`fields.findings`,
    `fields.alternatives`), `time_taken`. Journal: `order.withdrawn` (if there was one),
    `order.offered`; `board.moved` on the board.
    """
    visit = seen_visit(visit_id, version)
    before = _order_of(visit)
    order = place(visit, to, reason=WithdrawReason.MOVED, actor=actor)
    _remember(visit, before, order, actor)
    return order


def send_due() -> int:
    """Ask for every promised visit whose time has come near without an order; how many were."""
    now = clock.now()
    near = Hold.objects.filter(
        starts_at__gte=now,
        starts_at__lte=now + rules.AT_ONCE,
        visit__state=VisitState.WAITING.value,
    )
    return sum(send_soon(one) is not None for one in near.values_list("visit_id", flat=True))


@transaction.atomic
def send_soon(visit_id: UUID) -> DispatchOrder | None:
    """Offer a visit promised for the next two hours to whoever its place is held for.

    Left alone: one that has an order, is promised for later, or whose place has meanwhile become
    unfit (it waits for the dispatcher). Journal: `order.offered`.
    """
    visit = locked_visit(visit_id)
    hold = Hold.objects.filter(visit=visit).first()
    now = clock.now()
    if hold is None or visit.state != VisitState.WAITING.value or live_order(visit) is not None:
        return None
    if not now <= hold.starts_at <= now + rules.AT_ONCE:
        return None
    to = Target(hold.staff_id, hold.starts_at)
    try:
        with transaction.atomic():
            return place(visit, to, reason=WithdrawReason.MOVED, actor=system(visit.bureau_id))
    except (MoveRefused, TimeTaken):
        return None


@transaction.atomic
def unassign(visit_id: UUID, *, version: int, actor: Actor) -> Visit:
    """Take a visit back from whoever was to go; without an order nothing changes.

    A promise to the applicant stands: only who comes is open again. Refuses: `stale_version`,
    `visit_over`, `visit_under_way`. Journal: `order.withdrawn`; `board.moved` on the board.
    """
    visit = seen_visit(visit_id, version)
    before = _order_of(visit)
    if before is not None:
        withdraw(before, WithdrawReason.UNASSIGNED, actor=actor)
        keep_promise(before.visit, avoid=before.staff_id)
        _remember(visit, before, None, actor)
    return visit


def place(visit: Visit, to: Target, *, reason: WithdrawReason, actor: Actor) -> DispatchOrder:
    """Check, take the time, offer the order; the caller holds the bureau's queue."""
    if not rules.is_on_grid(to.starts_at):
        raise Invalid({"starts_at": "开始时间应为 5 分钟的整数倍"})
    seen = picture(visit.bureau_id, rules.local_day(to.starts_at), also=[visit.pk])
    checked = selectors.check_place(seen, seen.visits[visit.pk], to.staff_id, to.starts_at)
    if not checked.ok:
        raise MoveRefused(refused(checked, seen, visit))
    old = _order_of(visit)
    if old is not None:
        withdraw(old, reason, actor=actor)
        visit = old.visit
    give_up_hold(visit)
    order = new_order(
        visit, to.staff_id, slot_of(visit, to.starts_at), travel_seconds=checked.travel_seconds
    )
    try:
        bookings.occupy(to.staff_id, order.slot, holder=order.pk)
    except StaffTaken as error:
        raise TimeTaken({"alternatives": alternatives(seen, visit)}) from error
    offer(order, actor=actor)
    return order


def refused(checked: Checked, seen: Picture, visit: Visit) -> dict[str, JSONValue]:
    """What was looked at and where it would work, as a refusal's fields."""
    findings: list[JSONValue] = [
        {"code": one.code, "ok": one.ok, "blocking": one.blocking, "text": one.text}
        for one in checked.findings
    ]
    return {"findings": findings, "alternatives": alternatives(seen, visit)}


def alternatives(seen: Picture, visit: Visit) -> list[JSONValue]:
    return [spot_json(one) for one in selectors.spots_for(seen, visit)]


def spot_json(spot: Spot) -> JSONValue:
    return {
        "staff": str(spot.staff_id),
        "staff_name": spot.staff_name,
        "starts_at": clock.iso(spot.starts_at),
    }


def _order_of(visit: Visit) -> DispatchOrder | None:
    """The live order with this very visit object, so that both rows move together."""
    order = live_order(visit)
    if order is not None:
        order.visit = visit
    return order


def _remember(
    visit: Visit, before: DispatchOrder | None, after: DispatchOrder | None, actor: Actor
) -> None:
    days = sorted({rules.local_day(one.starts_at) for one in (before, after) if one is not None})
    boards = [touch_board(visit.bureau_id, day) for day in days]
    told_before, told_after = _told(before), _told(after)
    BoardRevision.objects.create(
        id=ids.new(),
        board=boards[-1],
        visit=visit,
        before=told_before,
        after=told_after,
        by=actor.id,
        at=clock.now(),
    )
    journal.append(
        board_stream(visit.bureau_id),
        "board.moved",
        actor=actor,
        data={
            **facts(visit),
            "days": [day.isoformat() for day in days],
            "before": told_before,
            "after": told_after,
        },
    )


def _told(order: DispatchOrder | None) -> dict[str, JSONValue] | None:
    if order is None:
        return None
    return {
        "order": str(order.pk),
        "staff": str(order.staff_id),
        "starts_at": clock.iso(order.starts_at),
    }
