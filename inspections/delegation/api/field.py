"""The delegate's phone: the day pack, and what is done at the door."""

from datetime import date, datetime
from typing import BinaryIO
from uuid import UUID

from django.http import HttpRequest
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile

from fieldsvc.kernel import clock
from fieldsvc.kernel.answers import Word
from fieldsvc.kernel.idempotency import idempotent
from fieldsvc.kernel.journal import Actor
from inspections.delegation import rules, selectors, services
from inspections.delegation.api import present
from inspections.delegation.api.bodies import FileForm, HandOverIn, StepIn
from inspections.delegation.api.schemas import (
    FileOut,
    HandOverOut,
    ItemOut,
    MandateOut,
    MaterialOut,
    ReceiptOut,
    StepOut,
)
from inspections.delegation.models import Delegation
from inspections.delegation.selectors import Stop
from inspections.delegation.services import NewFile
from inspections.delegation.states import DelegationState, FilePurpose
from inspections.dispatch.models import DispatchOrder
from inspections.dispatch.rules import code_head
from inspections.dispatch.states import OrderState, VisitKind
from inspections.evidence.answers import handed_in
from inspections.people.auth import staff_auth
from inspections.people.selectors import actor_of

router = Router(tags=["field"], auth=staff_auth)


class PackVisit(Schema):
    id: UUID
    kind: str
    kind_label: str
    title: str
    case_label: str
    address: str
    note: str
    door_note: str
    contact_name: str
    contact_phone: str
    longitude: float
    latitude: float
    minutes: int
    window_from: datetime
    window_until: datetime
    promised_from: datetime | None
    promised_until: datetime | None


class PackOrder(Schema):
    """`code_head` are the digits this phone shows at the door, once departed."""

    id: UUID
    version: int
    state: str
    state_label: str
    starts_at: datetime
    ends_at: datetime
    travel_seconds: int
    code_head: str
    visit: PackVisit
    delegation: UUID | None


class PackDelegation(Schema):
    id: UUID
    version: int
    number: str
    state: str
    state_label: str
    person_type: str
    applicant_name: str
    wish: str
    needs: list[Word]
    items: list[ItemOut]
    materials: list[MaterialOut]
    mandate: MandateOut | None
    hand_overs: list[HandOverOut]
    files: list[FileOut]


class StopOut(Schema):
    order: PackOrder
    delegation: PackDelegation | None


class PackOut(Schema):
    day: date
    now: datetime
    stops: list[StopOut]


@router.get("/field/pack", response=PackOut)
def pack(request: HttpRequest, day: date | None = None) -> PackOut:
    wanted = day or rules.local_day(clock.now())
    stops = selectors.day_pack(actor_of(request), wanted)
    return PackOut(day=wanted, now=clock.now(), stops=[_stop(one) for one in stops])


@router.post("/field/delegations/{delegation_id}/steps/{step_id}", response=StepOut)
@idempotent
def finish_step(request: HttpRequest, delegation_id: UUID, step_id: UUID, body: StepIn) -> StepOut:
    actor = _entered(request, delegation_id)
    step = services.finish_step(delegation_id, step_id, body.to_report(), actor=actor)
    return present.step_out(step)


@router.post("/field/delegations/{delegation_id}/hand-overs", response={201: HandOverOut})
@idempotent
def hand_over(request: HttpRequest, delegation_id: UUID, body: HandOverIn) -> Status[HandOverOut]:
    actor = _entered(request, delegation_id)
    return Status(
        201, present.hand_over_out(services.hand_over(delegation_id, body.to_new(), actor=actor))
    )


@router.post("/field/delegations/{delegation_id}/files", response={201: ReceiptOut})
@idempotent
def add_file(
    request: HttpRequest,
    delegation_id: UUID,
    body: Form[FileForm],
    file: File[UploadedFile | None] = None,
) -> Status[ReceiptOut]:
    actor = _entered(request, delegation_id)
    with handed_in(file, body.upload, actor=actor) as bytes_of_it:
        done = services.add_file(delegation_id, _new(body, bytes_of_it), actor=actor)
    return Status(201, present.receipt_out(done))


def _new(body: FileForm, file: BinaryIO) -> NewFile:
    return NewFile(
        file=file,
        sha256=body.sha256,
        purpose=FilePurpose(body.purpose),
        item=body.item,
        material=body.material,
        taken_at=body.taken_at,
        longitude=body.longitude,
        latitude=body.latitude,
    )


def _entered(request: HttpRequest, delegation_id: UUID) -> Actor:
    """The actor, who is the delegate of this delegation."""
    actor = actor_of(request)
    selectors.access_work(actor, delegation_id)
    return actor


def _stop(stop: Stop) -> StopOut:
    found = stop.delegation
    return StopOut(
        order=_order(stop.order, found), delegation=_delegation(found) if found else None
    )


def _order(order: DispatchOrder, delegation: Delegation | None) -> PackOrder:
    visit = order.visit
    return PackOrder(
        id=order.pk,
        version=order.version,
        state=order.state,
        state_label=OrderState(order.state).label,
        starts_at=order.starts_at,
        ends_at=order.ends_at,
        travel_seconds=order.travel_seconds,
        code_head=code_head(order.code),
        visit=PackVisit(
            id=visit.pk,
            kind=visit.kind,
            kind_label=VisitKind(visit.kind).label,
            title=visit.title,
            case_label=visit.case_label,
            address=visit.address,
            note=visit.note,
            door_note=visit.door_note,
            contact_name=visit.contact_name,
            contact_phone=visit.contact_phone,
            longitude=visit.longitude,
            latitude=visit.latitude,
            minutes=visit.minutes,
            window_from=visit.window_from,
            window_until=visit.window_until,
            promised_from=visit.promised_from,
            promised_until=visit.promised_until,
        ),
        delegation=delegation.pk if delegation else None,
    )


def _delegation(delegation: Delegation) -> PackDelegation:
    mandate = selectors.mandate_of(delegation)
    return PackDelegation(
        id=delegation.pk,
        version=delegation.version,
        number=delegation.number,
        state=delegation.state,
        state_label=DelegationState(delegation.state).label,
        person_type=delegation.person_type,
        applicant_name=delegation.applicant_name,
        wish=delegation.wish,
        needs=present.needs_out(delegation),
        items=present.items_out(delegation),
        materials=present.materials_out(delegation),
        mandate=present.mandate_out(mandate, delegation) if mandate else None,
        hand_overs=[present.hand_over_out(one) for one in delegation.hand_overs.all()],
        files=present.files_out(delegation),
    )
