"""Delegates on duty, visits that wait, and orders given without the board."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import clock, hashing, ids
from fieldsvc.kernel.journal import Actor
from inspections.bookings import services as bookings
from inspections.bookings.models import Appointment, Occupancy
from inspections.bookings.rules import Slot
from inspections.cases import services as cases
from inspections.cases.api import CaseIn
from inspections.cases.models import Case
from inspections.dispatch import services
from inspections.dispatch.models import DispatchOrder, Visit
from inspections.dispatch.rules import midnight
from inspections.dispatch.services import common
from inspections.dispatch.shapes import NewVisit, StepReport
from inspections.dispatch.states import VisitKind
from inspections.evidence import services as evidence
from inspections.evidence.models import Dossier
from inspections.evidence.services import Circumstances
from inspections.evidence.states import Purpose
from inspections.people import services as people
from inspections.people.models import Bureau, Staff
from inspections.people.selectors import actor_of_staff
from inspections.people.services import NewProfile, NewShift, NewSkill, NewStaff
from inspections.people.states import Role, Skill
from tests.inspections.cases.bodies import body
from tests.inspections.cast import PASSWORD, Cast
from tests.inspections.pictures import picture_bytes

HALL = (117.85, 36.80)
# 2026-11-23 is a Monday; the standing clock shows 09:00 in Beijing.
TODAY = date(2026, 11, 23)
SYSTEM = Actor("system", "system")


@dataclass(frozen=True, slots=True)
class Crew:
    """陈代办 speaks sign language, 刘代办 does not; 杜调度 sends them."""

    bureau: Bureau
    chen: Staff
    liu: Staff
    du: Staff
    desk: Actor


def crew(cast: Cast) -> Crew:
    admin = actor_of_staff(cast.head)
    chen = delegate(cast.bureau, "dbchen", "陈代办", by=admin)
    liu = delegate(cast.bureau, "dbliu", "刘代办", by=admin)
    people.set_skills(
        chen,
        [NewSkill(Skill.SOCIAL_INSURANCE, TODAY), NewSkill(Skill.SIGN_LANGUAGE, TODAY)],
        actor=admin,
    )
    people.set_skills(liu, [NewSkill(Skill.SOCIAL_INSURANCE, TODAY)], actor=admin)
    du = people.add_staff(
        cast.bureau, NewStaff("du", "杜调度", [Role.DISPATCHER]), password=PASSWORD
    )
    return Crew(cast.bureau, chen, liu, du, actor_of_staff(du))


def delegate(
    bureau: Bureau,
    username: str,
    name: str,
    *,
    by: Actor,
    home: tuple[float, float] = HALL,
) -> Staff:
    """On duty every day from 8:30 to 17:30 with 45 minutes of lunch from 11:30 to 13:00."""
    new = NewStaff(username, name, [Role.DELEGATE], badge_number=username, unit="帮代办中心")
    staff = people.add_staff(bureau, new, password=PASSWORD)
    shifts = [
        NewShift(day, 8 * 60 + 30, 17 * 60 + 30, 11 * 60 + 30, 13 * 60, 45) for day in range(1, 8)
    ]
    people.set_shifts(staff, shifts, actor=by)
    people.set_profile(staff, NewProfile("13905330000", home), actor=by)
    return staff


def new_visit(bureau: Bureau, **changes: object) -> NewVisit:
    """社保卡补办 near the hall, wanted today between 10:00 and 16:00."""
    subject = changes.pop("subject", None) or ids.new()
    values: dict[str, object] = {
        "bureau_id": bureau.pk,
        "stream": f"delegation:{subject}",
        "subject": subject,
        "kind": VisitKind.DELEGATION,
        "title": "社保卡补办",
        "case_label": "DB-2026-000001",
        "place": (117.86, 36.81),
        "minutes": 40,
        "window_from": at(10),
        "window_until": at(16),
        "contact_name": "李申请",
        "contact_phone": "13805331234",
        "address": "周村区青年路 12 号 3 单元 201",
        "note": "社保卡丢了，想补一张",
        "door_note": "门铃坏了，请打电话",
        "skills": frozenset({Skill.SOCIAL_INSURANCE.value}),
    }
    return NewVisit(**{**values, **changes})  # type: ignore[arg-type]


def visit(crew: Crew, **changes: object) -> Visit:
    return services.request_visit(new_visit(crew.bureau, **changes), actor=crew.desk)


def door_photo(order: DispatchOrder, shade: int = 10) -> str:
    """A photo of the door in the visit's dossier; its digest."""
    stream = order.visit.stream
    dossier = Dossier.objects.filter(stream=stream).first() or evidence.open_dossier(
        "全代办", scope=str(order.visit.bureau_id), actor=SYSTEM, stream=stream
    )
    data = picture_bytes(shade=shade)
    digest = hashing.sha256_hex(data)
    evidence.admit(dossier, BytesIO(data), digest, Circumstances(Purpose.VISIT), actor=SYSTEM)
    return digest


@transaction.atomic
def sent(crew: Crew, to: Visit, staff: Staff, starts_at: datetime) -> DispatchOrder:
    """An order as a published plan would leave it."""
    common.queue(crew.bureau.pk)
    order = common.new_order(to, staff.pk, common.slot_of(to, starts_at), travel_seconds=600)
    bookings.occupy(staff.pk, order.slot, holder=order.pk)
    common.offer(order, actor=crew.desk)
    return order


def taken_by_an_appointment(crew: Crew, staff: Staff, since: datetime, until: datetime) -> None:
    """The cells of a video call at the desk, as bookings writes them."""
    case = new_case_of(crew.bureau)
    appointment = Appointment.objects.create(
        case=case,
        bureau=crew.bureau,
        starts_at=since,
        ends_at=until,
        first_inspector=staff,
        second_inspector=crew.du,
        created_at=clock.now(),
    )
    Occupancy.objects.bulk_create(
        Occupancy(staff=staff, cell=cell, appointment=appointment)
        for cell in Slot(since, until).cells()
    )


def at(hour: int, minute: int = 0, *, day: date = TODAY) -> datetime:
    """An instant of that local day."""
    return midnight(day) + timedelta(hours=hour, minutes=minute)


def new_case_of(bureau: Bureau) -> Case:
    client, _ = people.add_client(bureau, name=str(ids.new()))
    actor = Actor("client", str(client.pk), str(bureau.pk))
    return cases.receive(CaseIn.model_validate(body(str(ids.new()))).to_new(), actor=actor)[0]


def report(order: DispatchOrder | UUID, **changes: str) -> StepReport:
    row = DispatchOrder.objects.get(pk=order.pk if isinstance(order, DispatchOrder) else order)
    return StepReport(row.version, clock.now(), **changes)


def fresh(row: Visit) -> Visit:
    return Visit.objects.get(pk=row.pk)


def fresh_order(row: DispatchOrder) -> DispatchOrder:
    return DispatchOrder.objects.get(pk=row.pk)
