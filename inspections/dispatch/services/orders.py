"""The steps a delegate takes with an order."""

import secrets
from enum import StrEnum
from functools import partial
from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import clock
from fieldsvc.kernel.errors import Invalid
from fieldsvc.kernel.journal import Actor
from inspections.bookings import services as bookings
from inspections.dispatch import rules
from inspections.dispatch.models import DispatchOrder
from inspections.dispatch.services.common import touch_board
from inspections.dispatch.services.promises import keep_promise
from inspections.dispatch.services.stepping import Told, locked_order, step
from inspections.dispatch.shapes import StepReport
from inspections.dispatch.states import AbortReason, DeclineReason


@transaction.atomic
def accept(order_id: UUID, report: StepReport, *, actor: Actor) -> DispatchOrder:
    """Give one's word to go: from now on no plan moves this visit.

    Refuses: `order_unknown`, `order_changed` (`fields.order`). Journal: `order.accepted`.
    """
    order = locked_order(order_id, "accept", report, actor)
    moves = partial(order.accept, at=clock.now()), order.visit.accept
    step(order, moves, Told("order.accepted", occurred_at=report.occurred_at), actor=actor)
    return order


@transaction.atomic
def decline(order_id: UUID, report: StepReport, *, actor: Actor) -> DispatchOrder:
    """Say no, with a reason: the visit waits again, the bounce is counted, no clock stops.

    Refuses: `order_unknown`, `order_changed`, `invalid` (reason_code). Journal: `order.declined`.
    """
    order = locked_order(order_id, "decline", report, actor)
    code = _reason(report, DeclineReason)
    _bounce(
        order,
        partial(order.decline, at=clock.now(), reason_code=code, reason=report.reason),
        _why("order.declined", code, report),
        actor=actor,
    )
    return order


@transaction.atomic
def depart(order_id: UUID, report: StepReport, *, actor: Actor) -> DispatchOrder:
    """Set out: the six digits are made that prove each to the other at the door.

    Refuses: `order_unknown`, `order_changed`. Journal: `order.departed`.
    """
    order = locked_order(order_id, "depart", report, actor)
    code = f"{secrets.randbelow(1_000_000):06d}"
    moves = partial(order.depart, at=clock.now(), code=code), order.visit.depart
    step(order, moves, Told("order.departed", occurred_at=report.occurred_at), actor=actor)
    return order


@transaction.atomic
def finish(order_id: UUID, report: StepReport, *, actor: Actor) -> DispatchOrder:
    """Done at this door; what was planned longer is free again.

    Refuses: `order_unknown`, `order_changed`. Journal: `order.finished`.
    """
    order = locked_order(order_id, "finish", report, actor)
    now = clock.now()
    moves = (
        partial(order.finish, at=now, summary=report.summary),
        partial(order.visit.finish, at=now),
    )
    private = {"summary": report.summary} if report.summary else {}
    told = Told("order.finished", private=private, occurred_at=report.occurred_at)
    step(order, moves, told, actor=actor)
    bookings.release(order.pk)
    return order


@transaction.atomic
def abort(order_id: UUID, report: StepReport, *, actor: Actor) -> DispatchOrder:
    """Break off, with a reason: the visit waits again, the bounce is counted, no clock stops.

    Refuses: `order_unknown`, `order_changed`, `invalid` (reason_code). Journal: `order.aborted`.
    """
    order = locked_order(order_id, "abort", report, actor)
    code = _reason(report, AbortReason)
    _bounce(
        order,
        partial(order.abort, at=clock.now(), reason_code=code, reason=report.reason),
        _why("order.aborted", code, report),
        actor=actor,
    )
    return order


def _bounce(order: DispatchOrder, move: partial[object], told: Told, *, actor: Actor) -> None:
    step(order, (move, partial(order.visit.give_back, bounced=1)), told, actor=actor)
    bookings.release(order.pk)
    keep_promise(order.visit, avoid=order.staff_id)
    touch_board(order.visit.bureau_id, rules.local_day(order.starts_at))


def _why(kind: str, code: str, report: StepReport) -> Told:
    private = {"reason": report.reason} if report.reason else {}
    return Told(kind, {"reason": code}, private, report.occurred_at)


def _reason(report: StepReport, known: type[StrEnum]) -> str:
    if report.reason_code not in {one.value for one in known}:
        raise Invalid({"reason_code": "请选择原因"})
    if report.reason_code == "OTHER" and not report.reason.strip():
        raise Invalid({"reason": "请写明原因"})
    return report.reason_code
