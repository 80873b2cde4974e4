"""What every verb of dispatch needs: the queue, the locked rows, the facts, the placing."""

from datetime import date, datetime, timedelta
from uuid import UUID

from fieldsvc.kernel import clock, ids, workflow
from fieldsvc.kernel.errors import StaleVersion
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.bookings import services as bookings
from inspections.bookings.rules import Slot
from inspections.dispatch import policies
from inspections.dispatch.errors import VisitUnknown
from inspections.dispatch.models import BoardDay, DispatchOrder, Plan, Visit
from inspections.dispatch.states import LIVE, WithdrawReason
from inspections.people.models import Bureau


def system(bureau_id: UUID) -> Actor:
    """The system acting within the bureau, so that the bureau's screens hear of it."""
    return Actor("system", "system", str(bureau_id))


def board_stream(bureau_id: UUID) -> str:
    return f"board:{bureau_id}"


def queue(bureau_id: UUID) -> None:
    """Let the writers of one bureau's board, and of its bookings, come one after the other.

    Always the first lock: visits, orders and chains are locked behind it and never before it.
    """
    Bureau.objects.select_for_update(no_key=True).get(pk=bureau_id)


def locked_visit(visit_id: UUID) -> Visit:
    """The visit as it is now, behind its bureau's queue; refuses with `visit_unknown`."""
    found = Visit.objects.filter(pk=visit_id).values_list("bureau_id", flat=True).first()
    if found is None:
        raise VisitUnknown
    queue(found)
    return Visit.objects.select_for_update().get(pk=visit_id)


def seen_visit(visit_id: UUID, version: int) -> Visit:
    """The visit as the dispatcher saw it, and still the board's to decide.

    Refuses: `visit_unknown`, `stale_version`, `visit_over`, `visit_under_way`.
    """
    visit = locked_visit(visit_id)
    if visit.version != version:
        raise StaleVersion({"version": visit.version})
    refusal = policies.may_place(visit, live_order(visit))
    if refusal is not None:
        raise refusal
    return visit


def live_order(visit: Visit) -> DispatchOrder | None:
    """The order of the visit that stands, or None."""
    return DispatchOrder.objects.filter(visit=visit, state__in=LIVE).first()


def board_day(bureau_id: UUID, day: date) -> BoardDay:
    row = BoardDay.objects.filter(bureau_id=bureau_id, day=day).first()
    return row or BoardDay.objects.create(bureau_id=bureau_id, day=day)


def touch_board(bureau_id: UUID, day: date) -> BoardDay:
    """Count one more change of the day's board; the caller holds the bureau's queue."""
    row = board_day(bureau_id, day)
    row.version += 1
    row.save(update_fields=["version"])
    return row


def facts(
    visit: Visit, order: DispatchOrder | None = None, **more: JSONValue
) -> dict[str, JSONValue]:
    """The ids every entry of a visit carries, so that subscribers need no look-up."""
    told: dict[str, JSONValue] = {
        "visit": str(visit.pk),
        "kind": visit.kind,
        "subject": str(visit.subject),
    }
    if order is not None:
        told |= {
            "order": str(order.pk),
            "staff": str(order.staff_id),
            "starts_at": clock.iso(order.starts_at),
        }
    return {**told, **more}


def new_order(
    visit: Visit, staff_id: UUID, slot: Slot, *, travel_seconds: int, plan: Plan | None = None
) -> DispatchOrder:
    """The row of an order, not written yet."""
    return DispatchOrder(
        id=ids.new(),
        visit=visit,
        staff_id=staff_id,
        plan=plan,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        travel_seconds=travel_seconds,
        offered_at=clock.now(),
    )


def slot_of(visit: Visit, starts_at: datetime) -> Slot:
    return Slot(starts_at, starts_at + timedelta(minutes=visit.minutes))


def offer(order: DispatchOrder, *, actor: Actor) -> None:
    """Write an order whose cells are taken already, and tell of it. Journal: `order.offered`."""
    order.save(force_insert=True)
    visit = order.visit
    workflow.move(
        visit,
        "offer",
        actor=actor,
        kind="order.offered",
        stream=visit.stream,
        data=facts(visit, order, ends_at=clock.iso(order.ends_at)),
    )


def withdraw(order: DispatchOrder, reason: WithdrawReason, *, actor: Actor) -> None:
    """Take an order back: its cells are free, the visit waits. Journal: `order.withdrawn`."""
    visit = order.visit
    workflow.move(
        order,
        lambda: order.withdraw(at=clock.now(), reason_code=reason.value),
        along=[(visit, lambda: visit.give_back(bounced=0))],
        actor=actor,
        kind="order.withdrawn",
        stream=visit.stream,
        data=facts(visit, order, reason=reason.value),
    )
    bookings.release(order.pk)
