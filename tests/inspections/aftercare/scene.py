"""A delivered delegation made by hand, the people around it, and their browsers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from fieldsvc.kernel import clock, ids, journal, outbox
from fieldsvc.kernel.journal import SYSTEM, Actor
from inspections.aftercare import rules
from inspections.delegation.models import Delegation
from inspections.dispatch.models import DispatchOrder, Visit
from inspections.dispatch.services.common import facts
from inspections.dispatch.states import VisitKind
from inspections.evidence.services import open_dossier
from inspections.people import services as people
from inspections.people.models import Bureau, Staff
from inspections.people.selectors import actor_of_staff
from inspections.people.services import Addressee, NewStaff
from inspections.people.states import Role
from tests.inspections.cast import Cast

PHONE = "13805331234"
WISH = "=HYPERLINK(1) 我腿脚不便，请上门帮我办"


@dataclass(frozen=True)
class People:
    """Two delegates, a dispatcher and an administrator beside the cast."""

    cast: Cast
    zhou: Staff
    wu: Staff
    feng: Staff
    wei: Staff

    def actor(self, staff: Staff) -> Actor:
        return actor_of_staff(staff)


def hire(bureau: Bureau, username: str, name: str, *roles: Role) -> Staff:
    new = NewStaff(username, name, list(roles), badge_number=username, unit="代办科")
    return people.add_staff(bureau, new, password="x")


def people_of(cast: Cast) -> People:
    return People(
        cast=cast,
        zhou=hire(cast.bureau, "zhou", "周代办", Role.DELEGATE),
        wu=hire(cast.bureau, "wu", "吴代办", Role.DELEGATE),
        feng=hire(cast.bureau, "feng", "冯调度", Role.DISPATCHER),
        wei=hire(cast.bureau, "wei", "魏管理", Role.ADMINISTRATOR),
    )


def key(*, sampled: bool) -> UUID:
    """An id that the sample of calls takes, or leaves out: a tenth of all ids are in it."""
    return next(one for one in iter(ids.new, None) if rules.in_sample(one) is sampled)


def new_delegation(bureau: Bureau, staff: Staff | None, number: int = 1, **more: Any) -> Delegation:
    """A row as delegation would leave it; HANDLING, and not in the sample of calls, unless `more`
    says otherwise.
    """
    now = clock.now()
    chosen = more.pop("id", None) or key(sampled=False)
    dossier = open_dossier(
        f"DB-2026-{number:06d}",
        scope=str(bureau.pk),
        actor=Actor("system", "system", str(bureau.pk)),
        stream=f"delegation:{chosen}",
    )
    values: dict[str, Any] = {
        "channel": "HOTLINE",
        "person_type": "PERSON",
        "applicant_name": "李申请",
        "contact_name": "李申请",
        "phone": PHONE,
        "phone_digest": "d" * 64,
        "items": ["SBK"],
        "address": "周村区丝绸路 8 号 3 号楼 1 单元 201",
        "longitude": 117.86,
        "latitude": 36.80,
        "wish": WISH,
        "state": "HANDLING",
        "registered_at": now - timedelta(hours=20),
        "due_at": now + timedelta(days=2),
        "calendar_version": "0",
        "staff": staff,
        **more,
    }
    return Delegation.objects.create(
        id=chosen, bureau=bureau, dossier=dossier, number=f"DB-2026-{number:06d}", **values
    )


def tell(  # type: ignore[no-untyped-def]
    delegation: Delegation, told: str, /, private: dict[str, str] | None = None, **data: Any
):
    """One entry of the delegation's chain, as the slices below would write it."""
    actor = Actor("system", "system", str(delegation.bureau_id))
    with transaction.atomic():
        return journal.append(delegation.stream, told, actor=actor, data=data, private=private)


def go_there(delegation: Delegation, staff: Staff, *kinds: str) -> None:
    """Steps of one order, each told with the facts that dispatch tells it with."""
    order = sent(delegation, staff)
    for kind in kinds or ("order.accepted", "order.departed", "order.arrived"):
        tell(delegation, kind, **facts(order.visit, order))


def sent(delegation: Delegation, staff: Staff) -> DispatchOrder:
    """A visit and its order, their rows written by hand."""
    now = clock.now()
    visit = Visit.objects.create(
        bureau=delegation.bureau,
        stream=delegation.stream,
        subject=delegation.pk,
        kind=VisitKind.DELEGATION.value,
        title="社会保障卡补领",
        longitude=delegation.longitude,
        latitude=delegation.latitude,
        minutes=40,
        window_from=now,
        window_until=now + timedelta(hours=2),
        requested_at=now,
    )
    return DispatchOrder.objects.create(
        visit=visit,
        staff=staff,
        starts_at=now + timedelta(minutes=20),
        ends_at=now + timedelta(minutes=60),
        travel_seconds=900,
        offered_at=now,
    )


def deliver(delegation: Delegation, at: datetime | None = None) -> None:
    """The result is with the applicant; everything that follows from it has run."""
    Delegation.objects.filter(pk=delegation.pk).update(delivered_at=at or clock.now())
    Delegation.objects.filter(pk=delegation.pk).update(state="DELIVERED")
    tell(delegation, "delegation.delivered", subject=str(delegation.pk))
    outbox.drain()
    delegation.refresh_from_db(fields=["delivered_at"])


class Caller:
    """A browser that carries a new Idempotency-Key with every write."""

    def __init__(self) -> None:
        self.client = Client()

    def get(self, path: str) -> HttpResponse:
        return self.client.get(f"/api{path}")  # type: ignore[return-value]

    def post(self, path: str, body: Any = None) -> HttpResponse:
        return self.client.post(  # type: ignore[return-value]
            f"/api{path}",
            body if body is not None else {},
            content_type="application/json",
            headers={"Idempotency-Key": str(ids.new())},
        )


def as_staff(staff: Staff) -> Caller:
    caller = Caller()
    caller.client.force_login(staff)
    return caller


def as_applicant(bureau_id: UUID, subject: UUID, stream: str, label: str = "DB") -> Caller:
    caller = Caller()
    to = Addressee(subject, stream, label, PHONE)
    token = people.issue_link(bureau_id, to, actor=SYSTEM, once=ids.new())
    opened = caller.client.post("/api/join/open", {"token": token}, content_type="application/json")
    assert opened.status_code == 200, opened.content
    return caller


def applicant_of(delegation: Delegation) -> Caller:
    return as_applicant(delegation.bureau_id, delegation.pk, delegation.stream, delegation.number)
