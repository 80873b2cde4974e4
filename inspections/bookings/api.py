from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import AwareDatetime

from fieldsvc.kernel.idempotency import idempotent
from inspections.bookings import selectors, services
from inspections.bookings.models import Appointment
from inspections.cases.selectors import own_case
from inspections.people.auth import applicant_auth
from inspections.people.selectors import actor_of

router = Router(tags=["bookings"])


class SlotOut(Schema):
    starts_at: datetime
    ends_at: datetime
    label: str


class SlotsOut(Schema):
    slots: list[SlotOut]


class AppointmentIn(Schema):
    starts_at: AwareDatetime


class AppointmentOut(Schema):
    id: str
    starts_at: datetime
    ends_at: datetime
    label: str
    state: str


@router.get("/join/slots", auth=applicant_auth, response=SlotsOut)
def slots(request: HttpRequest, after: AwareDatetime | None = None) -> SlotsOut:
    case = own_case(actor_of(request))
    offers = selectors.offer(case.bureau_id, after=after)
    return SlotsOut(slots=[SlotOut.from_orm(one) for one in offers])


@router.post("/join/appointment", auth=applicant_auth, response=AppointmentOut)
@idempotent
def book(request: HttpRequest, body: AppointmentIn) -> AppointmentOut:
    actor = actor_of(request)
    return _out(services.book(own_case(actor), body.starts_at, actor=actor))


@router.delete("/join/appointment", auth=applicant_auth, response={204: None})
@idempotent
def cancel(request: HttpRequest) -> Status[None]:
    actor = actor_of(request)
    services.cancel(own_case(actor), actor=actor)
    return Status(204, None)


def _out(appointment: Appointment) -> AppointmentOut:
    return AppointmentOut(
        id=str(appointment.pk),
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        label=selectors.label_of(appointment.starts_at),
        state=appointment.state,
    )
