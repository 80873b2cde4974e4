"""How a step of an order is taken: the locked row, the version seen, one entry for both rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from fieldsvc.kernel import clock, workflow
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.dispatch import policies
from inspections.dispatch.errors import OrderChanged, OrderUnknown
from inspections.dispatch.models import DispatchOrder
from inspections.dispatch.services.common import facts, queue
from inspections.dispatch.shapes import StepReport
from inspections.dispatch.states import OrderState

Moves = tuple[Callable[[], object], Callable[[], object]]
"""The order's transition and its visit's."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the journal says of a step beside the ids; `occurred_at` is the device's time of it."""

    kind: str
    more: Mapping[str, JSONValue] = field(default_factory=dict)
    private: Mapping[str, str] = field(default_factory=dict)
    occurred_at: datetime | None = None


def queued_order(order_id: UUID) -> DispatchOrder:
    """The order behind its bureau's queue; refuses with `order_unknown`."""
    bureaus = DispatchOrder.objects.filter(pk=order_id).values_list("visit__bureau_id", flat=True)
    bureau_id = bureaus.first()
    if bureau_id is None:
        raise OrderUnknown
    queue(bureau_id)
    rows = DispatchOrder.objects.select_related("visit", "staff").select_for_update(of=("self",))
    return rows.get(pk=order_id)


def locked_order(order_id: UUID, name: str, report: StepReport, actor: Actor) -> DispatchOrder:
    """The actor's own order, as they saw it and ready for the step.

    Refuses: `order_unknown` (also somebody else's), `order_changed` with what it is now.
    """
    order = queued_order(order_id)
    refusal = policies.may_act(actor, order)
    if refusal is not None:
        raise refusal
    if order.version != report.version or policies.may_step(order, name) is not None:
        raise OrderChanged({"order": now_of(order)})
    return order


def step(order: DispatchOrder, moves: Moves, told: Told, *, actor: Actor) -> None:
    """Move the order and its visit by one fact; the device's time is kept beside the server's."""
    visit = order.visit
    name = told.kind.removeprefix("order.")

    def moved() -> None:
        if told.occurred_at is not None:
            # A new dict: compare-and-set looks for values that changed.
            order.device_times = {**order.device_times, name: clock.iso(told.occurred_at)}
        moves[0]()

    workflow.move(
        order,
        moved,
        along=[(visit, moves[1])],
        actor=actor,
        kind=told.kind,
        stream=visit.stream,
        data=facts(visit, order, **told.more),
        private=told.private,
    )


def now_of(order: DispatchOrder) -> dict[str, JSONValue]:
    """The order as it stands, for whoever saw an older one."""
    return {
        "id": str(order.pk),
        "version": order.version,
        "state": order.state,
        "state_label": OrderState(order.state).label,
        "staff": str(order.staff_id),
        "starts_at": clock.iso(order.starts_at),
        "ends_at": clock.iso(order.ends_at),
        "reason_code": order.reason_code,
    }
