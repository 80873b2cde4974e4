"""The delegate's phone."""

from datetime import date
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from fieldsvc.kernel import clock
from fieldsvc.kernel.answers import words
from fieldsvc.kernel.idempotency import idempotent
from inspections.dispatch import rules, selectors, services
from inspections.dispatch.api import present
from inspections.dispatch.api.schemas import (
    ArriveIn,
    CalendarAddressOut,
    CalendarOut,
    DayOut,
    FinishIn,
    MeOut,
    OrderOut,
    ReasonIn,
    StepIn,
)
from inspections.dispatch.rules import Report
from inspections.dispatch.shapes import StepReport
from inspections.dispatch.states import AbortReason, DeclineReason
from inspections.people.auth import staff_auth
from inspections.people.selectors import actor_of, get_staff

router = Router(tags=["field"], auth=staff_auth)


@router.get("/field/day", response=DayOut)
def field_day(request: HttpRequest, day: date | None = None) -> DayOut:
    actor = actor_of(request)
    wanted = day or rules.local_day(clock.now())
    orders = selectors.orders_of_day(actor, wanted)
    me = get_staff(actor)
    return DayOut(
        day=wanted,
        now=clock.now(),
        me=MeOut(id=me.pk, name=me.name, badge_number=me.badge_number, unit=me.unit),
        orders=[present.order_out(one, actor) for one in orders],
        calendar=CalendarOut(issued=selectors.has_calendar(me.pk)),
        decline_reasons=words(DeclineReason),
        abort_reasons=words(AbortReason),
    )


@router.post("/field/orders/{order_id}/accept", response=OrderOut)
@idempotent
def accept(request: HttpRequest, order_id: UUID, body: StepIn) -> OrderOut:
    actor = actor_of(request)
    order = selectors.access_order(actor, order_id)
    return present.order_out(services.accept(order.pk, _report(body), actor=actor), actor)


@router.post("/field/orders/{order_id}/decline", response=OrderOut)
@idempotent
def decline(request: HttpRequest, order_id: UUID, body: ReasonIn) -> OrderOut:
    actor = actor_of(request)
    order = selectors.access_order(actor, order_id)
    done = services.decline(order.pk, _reasoned(body), actor=actor)
    return present.order_out(done, actor)


@router.post("/field/orders/{order_id}/depart", response=OrderOut)
@idempotent
def depart(request: HttpRequest, order_id: UUID, body: StepIn) -> OrderOut:
    actor = actor_of(request)
    order = selectors.access_order(actor, order_id)
    return present.order_out(services.depart(order.pk, _report(body), actor=actor), actor)


@router.post("/field/orders/{order_id}/arrive", response=OrderOut)
@idempotent
def arrive(request: HttpRequest, order_id: UUID, body: ArriveIn) -> OrderOut:
    actor = actor_of(request)
    order = selectors.access_order(actor, order_id)
    place = None
    if body.longitude is not None and body.latitude is not None:
        place = (body.longitude, body.latitude)
    shown = Report(
        code=body.code.strip(),
        qr=body.qr.strip(),
        photo_sha256=body.photo_sha256,
        place=place,
        accuracy_m=body.accuracy_m,
        place_denied=body.place_denied,
    )
    done = services.arrive(order.pk, _report(body), shown, actor=actor)
    return present.order_out(done, actor)


@router.post("/field/orders/{order_id}/finish", response=OrderOut)
@idempotent
def finish(request: HttpRequest, order_id: UUID, body: FinishIn) -> OrderOut:
    actor = actor_of(request)
    order = selectors.access_order(actor, order_id)
    report = StepReport(body.version, body.occurred_at, summary=body.summary.strip())
    return present.order_out(services.finish(order.pk, report, actor=actor), actor)


@router.post("/field/orders/{order_id}/abort", response=OrderOut)
@idempotent
def abort(request: HttpRequest, order_id: UUID, body: ReasonIn) -> OrderOut:
    actor = actor_of(request)
    order = selectors.access_order(actor, order_id)
    return present.order_out(services.abort(order.pk, _reasoned(body), actor=actor), actor)


@router.post("/field/calendar-token", response=CalendarAddressOut)
@idempotent
def issue_calendar(request: HttpRequest) -> CalendarAddressOut:
    actor = actor_of(request)
    selectors.check_field(actor)
    token = services.issue_calendar(get_staff(actor), actor=actor)
    return CalendarAddressOut(path=f"/api/calendar/{token}.ics")


@router.delete("/field/calendar-token", response={204: None})
@idempotent
def revoke_calendar(request: HttpRequest) -> Status[None]:
    actor = actor_of(request)
    selectors.check_field(actor)
    services.revoke_calendar(get_staff(actor), actor=actor)
    return Status(204, None)


def _report(body: StepIn) -> StepReport:
    return StepReport(body.version, body.occurred_at)


def _reasoned(body: ReasonIn) -> StepReport:
    return StepReport(
        body.version,
        body.occurred_at,
        reason_code=body.reason_code,
        reason=body.reason.strip(),
    )
