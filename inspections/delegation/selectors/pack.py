"""The day of one delegate, whole: what the phone keeps while there is no network."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from fieldsvc.kernel.journal import Actor
from inspections.delegation import rules
from inspections.delegation.models import Delegation
from inspections.delegation.selectors.delegations import rows
from inspections.dispatch import policies as dispatch_policies
from inspections.dispatch.models import DispatchOrder
from inspections.dispatch.states import LIVE, OrderState, VisitKind

_SHOWN = (*LIVE, OrderState.DONE.value, OrderState.ABORTED.value)


@dataclass(frozen=True, slots=True)
class Stop:
    """One order of the day; `delegation` is None for a visit of another kind."""

    order: DispatchOrder
    delegation: Delegation | None


def day_pack(actor: Actor, day: date) -> list[Stop]:
    """The delegate's own orders of that local day, in order of time.

    Refuses with `field_not_yours`.
    """
    refusal = dispatch_policies.may_use_field(actor)
    if refusal is not None:
        raise refusal
    start = datetime.combine(day, time(), rules.BEIJING).astimezone(UTC)
    orders = list(
        DispatchOrder.objects.select_related("visit", "staff")
        .filter(
            staff_id=actor.id,
            starts_at__gte=start,
            starts_at__lt=start + timedelta(days=1),
            state__in=_SHOWN,
        )
        .order_by("starts_at", "pk")
    )
    subjects = [order.visit.subject for order in orders if _is_delegation(order)]
    known: dict[UUID, Delegation] = rows().in_bulk(subjects)
    return [
        Stop(order, known.get(order.visit.subject) if _is_delegation(order) else None)
        for order in orders
    ]


def _is_delegation(order: DispatchOrder) -> bool:
    return order.visit.kind == VisitKind.DELEGATION.value
