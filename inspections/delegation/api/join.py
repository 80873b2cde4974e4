"""The applicant's page of a home visit: who comes, when, with which digits, under what mandate."""

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema, Status

from fieldsvc.kernel import clock
from fieldsvc.kernel.idempotency import idempotent
from fieldsvc.kernel.journal import Actor
from inspections.delegation import policies, selectors, services
from inspections.delegation.api import present
from inspections.delegation.api.bodies import ChooseIn, CodeIn, DoorIn, RevokeIn
from inspections.delegation.api.schemas import (
    Coded,
    HandOverOut,
    MandateOut,
    MaterialOut,
    Span,
    TimelineOut,
)
from inspections.delegation.models import Delegation
from inspections.delegation.states import DelegationState
from inspections.dispatch.models import DispatchOrder, Visit
from inspections.dispatch.rules import qr_text
from inspections.dispatch.selectors import get_visit, live_order_of
from inspections.dispatch.states import UNDER_WAY, OrderState
from inspections.people.auth import applicant_auth
from inspections.people.selectors import actor_of, delegate_card

router = Router(tags=["join"], auth=applicant_auth)


class BureauOut(Schema):
    """`code` is what the public roster is found by: /p/{code}/."""

    code: str
    name: str
    phone: str
    address: str


class DelegateOut(Schema):
    """The badge at the door. `phone` is masked: call the bureau."""

    name: str
    badge_number: str
    unit: str
    photo_url: str | None
    phone: str
    introduction: str


class JoinVisit(Schema):
    """`code` and `qr` from departure on: the applicant reads them out, or lets them be scanned."""

    number: str
    state: str
    state_label: str
    applicant_name: str
    items: list[Coded]
    bureau: BureauOut
    delegate: DelegateOut | None
    promised: Span | None
    starts_at: datetime | None
    visit_state: str | None
    visit_state_label: str | None
    order_state: str | None
    order_state_label: str | None
    code: str | None
    qr: str | None
    arrived_at: datetime | None
    mandate: MandateOut | None
    materials: list[MaterialOut]
    hand_overs: list[HandOverOut]
    due_at: datetime
    provisional: bool
    timeline: list[TimelineOut]
    now: datetime
    abilities: list[str]


@router.get("/join/visit", response=JoinVisit, by_alias=True)
def visit(request: HttpRequest) -> JoinVisit:
    return _page(actor_of(request))


@router.post("/join/visit/report", response={204: None})
@idempotent
def report_door(request: HttpRequest, body: DoorIn) -> Status[None]:
    actor = actor_of(request)
    own = selectors.access_own_delegation(actor)
    services.report_door(own.pk, body.kind, body.text, actor=actor)
    return Status(204, None)


@router.post("/join/visit/revoke-mandate", response=JoinVisit, by_alias=True)
@idempotent
def revoke_mandate(request: HttpRequest, body: RevokeIn) -> JoinVisit:
    actor = actor_of(request)
    own = selectors.access_own_delegation(actor)
    services.revoke_mandate(own.pk, body.reason, actor=actor)
    return _page(actor)


@router.post("/join/visit/confirm-arrival", response=JoinVisit, by_alias=True)
@idempotent
def confirm_arrival(request: HttpRequest, body: CodeIn) -> JoinVisit:
    actor = actor_of(request)
    own = selectors.access_own_delegation(actor)
    services.confirm_arrival(own.pk, body.code, actor=actor)
    return _page(actor)


@router.post("/join/visit/delegate", response=JoinVisit, by_alias=True)
@idempotent
def choose_delegate(request: HttpRequest, body: ChooseIn) -> JoinVisit:
    actor = actor_of(request)
    own = selectors.access_own_delegation(actor)
    services.choose_delegate(own.pk, body.staff, actor=actor)
    return _page(actor)


def _page(actor: Actor) -> JoinVisit:
    delegation = selectors.access_own_delegation(actor)
    coming = get_visit(delegation.visit) if delegation.visit else None
    order = live_order_of(coming.pk) if coming else None
    mandate = selectors.mandate_of(delegation)
    under_way = order is not None and order.state in UNDER_WAY
    bureau = delegation.bureau
    return JoinVisit(
        number=delegation.number,
        state=delegation.state,
        state_label=DelegationState(delegation.state).label,
        applicant_name=delegation.applicant_name,
        items=[
            Coded(code=code, title=selectors.item_title(code, delegation.guides.get(code)))
            for code in delegation.items
        ],
        bureau=BureauOut(
            code=bureau.code, name=bureau.name, phone=bureau.phone, address=bureau.address
        ),
        delegate=_delegate(order, delegation),
        promised=_promised(coming, order),
        starts_at=order.starts_at if order else None,
        visit_state=coming.state if coming else None,
        visit_state_label=present.visit_label(coming) if coming else None,
        order_state=order.state if order else None,
        order_state_label=OrderState(order.state).label if order else None,
        code=order.code if order and under_way else None,
        qr=qr_text(str(order.pk), order.code) if order and under_way else None,
        arrived_at=order.arrived_at if order else None,
        mandate=present.mandate_out(mandate, delegation) if mandate else None,
        materials=present.materials_out(delegation),
        hand_overs=[present.hand_over_out(one) for one in delegation.hand_overs.all()],
        due_at=delegation.due_at,
        provisional=delegation.provisional,
        timeline=present.timeline_out(delegation),
        now=clock.now(),
        abilities=policies.abilities(actor, delegation),
    )


def _delegate(order: DispatchOrder | None, delegation: Delegation) -> DelegateOut | None:
    """Whoever has given their word; an offer that may still be declined names nobody."""
    staff_id = delegation.staff_id
    if order is not None and order.state != OrderState.OFFERED.value:
        staff_id = order.staff_id
    if staff_id is None:
        return None
    card = delegate_card(staff_id)
    return DelegateOut(
        name=card.name,
        badge_number=card.badge_number,
        unit=card.unit,
        photo_url=card.photo_url,
        phone=card.phone_masked,
        introduction=card.introduction,
    )


def _promised(coming: Visit | None, order: DispatchOrder | None) -> Span | None:
    if coming is None:
        return None
    if coming.promised_from is None and order is not None:
        return present.span_out(order.starts_at, order.ends_at)
    return present.span_out(coming.promised_from, coming.promised_until)
