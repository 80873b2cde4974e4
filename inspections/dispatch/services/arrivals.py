"""Being at the door, and how that is proven. Nothing here follows anybody: one look, when asked."""

import secrets
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import clock
from fieldsvc.kernel.errors import Invalid
from fieldsvc.kernel.journal import Actor
from inspections.dispatch import policies, rules
from inspections.dispatch.errors import (
    ArrivalPhotoMissing,
    ArrivalUnproven,
    CodeWrong,
    OrderChanged,
    TooFarAway,
)
from inspections.dispatch.models import DispatchOrder
from inspections.dispatch.rules import Arrival, Report
from inspections.dispatch.selectors import is_photo_received
from inspections.dispatch.services.stepping import (
    Told,
    locked_order,
    now_of,
    queued_order,
    step,
)
from inspections.dispatch.services.travel import learn
from inspections.dispatch.shapes import StepReport
from inspections.dispatch.states import ArrivalMethod, OrderState

_THERE = {OrderState.ARRIVED.value, OrderState.DONE.value}


@transaction.atomic
def arrive(order_id: UUID, report: StepReport, shown: Report, *, actor: Actor) -> DispatchOrder:
    """Be at the door, proven by the applicant's digits or QR, or by a photo near the address.

    The place is only what the open page said once; where it was refused, digits, QR or photo
    stand alone. A photo counts once the server holds it in this visit's dossier, received since
    the departure. Refuses: `order_unknown`, `order_changed`, `arrival_unproven`, `code_wrong`,
    `arrival_photo_missing`, `too_far_away` (a photo only, and far off), `invalid`. Journal:
    `order.arrived`.
    """
    order = locked_order(order_id, "arrive", report, actor)
    _record(order, _judge(order, shown), actor, occurred_at=report.occurred_at)
    return order


@transaction.atomic
def confirm_arrival(order_id: UUID, code: str, *, actor: Actor) -> DispatchOrder:
    """The applicant's own page says that the digits shown at the door are the right ones.

    The caller has made sure whose visit it is. The same again changes nothing. Refuses:
    `order_unknown`, `order_changed`, `code_wrong`. Journal: `order.arrived`.
    """
    order = queued_order(order_id)
    if not _same(code, order.code):
        raise CodeWrong({"code": "与专员手机上的数字不一致"})
    if order.state in _THERE:
        return order
    if policies.may_step(order, "arrive") is not None:
        raise OrderChanged({"order": now_of(order)})
    arrival = Arrival(ArrivalMethod.CODE, None, None, place_denied=False, near=None)
    _record(order, arrival, actor)
    return order


def _record(
    order: DispatchOrder, arrival: Arrival, actor: Actor, *, occurred_at: datetime | None = None
) -> None:
    moves = (
        partial(order.arrive, at=clock.now(), arrival=arrival.to_json()),
        order.visit.arrive,
    )
    more = {"method": arrival.method.value, "near": arrival.near}
    step(order, moves, Told("order.arrived", more, occurred_at=occurred_at), actor=actor)
    learn(order)


def _judge(order: DispatchOrder, shown: Report) -> Arrival:
    method = rules.method_of(shown)
    if method is None:
        raise ArrivalUnproven({"code": "必填其一：六位数字、二维码、照片"})
    if method is ArrivalMethod.CODE and not _same(shown.code, order.code):
        raise CodeWrong({"code": "与当事人手机上的数字不一致"})
    if method is ArrivalMethod.QR and not _same(shown.qr, rules.qr_text(str(order.pk), order.code)):
        raise CodeWrong({"qr": "与当事人手机上的二维码不一致"})
    if method is ArrivalMethod.PHOTO and not is_photo_received(order, shown.photo_sha256):
        raise ArrivalPhotoMissing
    if shown.place is None:
        if not shown.place_denied:
            raise Invalid({"place": "请带上定位，或说明定位被拒绝"})
        return Arrival(method, None, None, place_denied=True, near=None)
    distance = rules.distance_m(shown.place, order.visit.place)
    allowed = rules.allowed_m(shown.accuracy_m)
    near = distance <= allowed
    if method is ArrivalMethod.PHOTO and not near:
        raise TooFarAway({"distance_m": round(distance), "allowed_m": round(allowed)})
    accuracy = None if shown.accuracy_m is None else round(shown.accuracy_m)
    return Arrival(method, round(distance), accuracy, place_denied=False, near=near)


def _same(one: str, other: str) -> bool:
    return bool(other) and secrets.compare_digest(one.encode(), other.encode())
