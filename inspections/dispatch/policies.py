"""Who may do what with visits, orders and the board; the same answers go to the client."""

from fieldsvc.kernel.errors import Refusal
from fieldsvc.kernel.journal import Actor
from inspections.dispatch import rules
from inspections.dispatch.errors import (
    BoardNotYours,
    FieldNotYours,
    OrderChanged,
    OrderUnknown,
    VideoImpossible,
    VisitOver,
    VisitUnderWay,
)
from inspections.dispatch.models import DispatchOrder, Visit
from inspections.dispatch.states import LIVE, UNDER_WAY, OrderState
from inspections.people.policies import GOES_OUT
from inspections.people.states import Role

_DESK = frozenset({Role.DISPATCHER.value, Role.HEAD.value})


def may_use_board(actor: Actor) -> Refusal | None:
    """Dispatchers and heads, each for their own bureau."""
    return None if actor.kind == "staff" and actor.roles & _DESK else BoardNotYours()


def may_use_field(actor: Actor) -> Refusal | None:
    """Those who go out, each for their own day."""
    return None if actor.kind == "staff" and actor.roles & GOES_OUT else FieldNotYours()


def may_read_visit(actor: Actor, visit: Visit) -> bool:
    return actor.scope == str(visit.bureau_id) and may_use_board(actor) is None


def may_act(actor: Actor, order: DispatchOrder) -> Refusal | None:
    """Only whoever is sent; to everybody else the order does not exist."""
    own = actor.kind == "staff" and actor.id == str(order.staff_id)
    return None if own else OrderUnknown()


def may_place(visit: Visit, live: DispatchOrder | None) -> Refusal | None:
    """Whether the board may still decide who goes: until somebody is on the way."""
    if visit.is_over:
        return VisitOver()
    if live is not None and live.state in UNDER_WAY:
        return VisitUnderWay()
    return None


def may_order_video(visit: Visit, live: DispatchOrder | None) -> Refusal | None:
    """Whether a video call may take the visit's place: until somebody is on the way."""
    refusal = may_place(visit, live)
    if refusal is None and not becomes_video(visit):
        return VideoImpossible()
    return refusal


def becomes_video(visit: Visit) -> bool:
    """Whether whoever asked for the visit could do it over a call, too."""
    return visit.may_be_video and visit.kind in rules.BY_VIDEO


STEPS: dict[str, frozenset[str]] = {
    "accept": frozenset({OrderState.OFFERED.value}),
    "decline": frozenset({OrderState.OFFERED.value, OrderState.ACCEPTED.value}),
    "depart": frozenset({OrderState.ACCEPTED.value}),
    "arrive": frozenset({OrderState.EN_ROUTE.value}),
    "finish": frozenset({OrderState.ARRIVED.value}),
    "abort": frozenset(
        {OrderState.ACCEPTED.value, OrderState.EN_ROUTE.value, OrderState.ARRIVED.value}
    ),
}


def may_step(order: DispatchOrder, step: str) -> Refusal | None:
    """Whether the order's state allows the step; the caller adds what the order is now."""
    return None if order.state in STEPS[step] else OrderChanged()


def order_abilities(actor: Actor, order: DispatchOrder) -> list[str]:
    """What this delegate could do with the order now, by name."""
    if may_act(actor, order) is not None:
        return []
    return [f"order.{step}" for step in STEPS if may_step(order, step) is None]


def visit_abilities(actor: Actor, visit: Visit, live: DispatchOrder | None) -> list[str]:
    """What a dispatcher could do with the visit now, by name."""
    if not may_read_visit(actor, visit) or may_place(visit, live) is not None:
        return []
    found = ["visit.move"]
    if live is not None and live.state in LIVE:
        found.append("visit.unassign")
    if becomes_video(visit):
        found.append("visit.video")
    return found
