from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import AwareDatetime, ConfigDict, Field

from fieldsvc.kernel.idempotency import idempotent
from inspections.cases import selectors, services
from inspections.cases.models import Case
from inspections.cases.services import NewCase
from inspections.cases.states import CaseState
from inspections.catalog.selectors import service_item_title
from inspections.catalog.states import Outcome
from inspections.people.auth import client_auth, staff_auth, staff_or_client
from inspections.people.selectors import actor_of

router = Router(tags=["cases"])


class Strict(Schema):
    # Bounds here only keep absurd bodies out; what a field must look like is said by the rules.
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, str_max_length=1000)


class ApplicantIn(Strict):
    name: str
    credit_code: str


class PremisesIn(Strict):
    name: str
    address: str
    longitude: float | None = Field(default=None, allow_inf_nan=False)
    latitude: float | None = Field(default=None, allow_inf_nan=False)


class ContactIn(Strict):
    name: str
    phone: str


class CaseIn(Strict):
    number: str
    service_item: str
    applicant: ApplicantIn
    premises: PremisesIn
    contact: ContactIn
    callback_url: str
    accepted_at: AwareDatetime | None = None
    scale: str = Field(default="", max_length=40)

    def to_new(self) -> NewCase:
        return NewCase(
            number=self.number,
            service_item=self.service_item,
            applicant_name=self.applicant.name,
            credit_code=self.applicant.credit_code,
            premises_name=self.premises.name,
            address=self.premises.address,
            contact_name=self.contact.name,
            contact_phone=self.contact.phone,
            callback_url=self.callback_url,
            longitude=self.premises.longitude,
            latitude=self.premises.latitude,
            accepted_at=self.accepted_at,
            scale=self.scale,
        )


class TimelineOut(Schema):
    at: datetime
    kind: str
    label: str


class CaseOut(Schema):
    id: str
    number: str
    state: str
    state_label: str
    service_item: str
    service_item_title: str
    applicant_name: str
    premises_name: str
    address: str
    outcome: str | None
    outcome_label: str | None
    result_version: int | None
    result_delivered_at: datetime | None
    timeline: list[TimelineOut]


class CaseRowOut(Schema):
    id: str
    number: str
    state: str
    state_label: str
    service_item: str
    service_item_title: str
    applicant_name: str
    premises_name: str
    address: str
    received_at: datetime


class CaseList(Schema):
    items: list[CaseRowOut]


@router.post("/cases", auth=client_auth, response={200: CaseOut, 201: CaseOut})
@idempotent
def receive(request: HttpRequest, body: CaseIn) -> Status[CaseOut]:
    case, fresh = services.receive(body.to_new(), actor=actor_of(request))
    return Status(201 if fresh else 200, _out(case))


@router.get("/cases", auth=staff_auth, response=CaseList)
def list_cases(request: HttpRequest, q: str = "") -> CaseList:
    rows = selectors.list_cases(actor_of(request), q[:64])
    return CaseList(items=[CaseRowOut.from_orm(row) for row in rows])


@router.get("/cases/{path:number}", auth=staff_or_client, response=CaseOut)
def get_case(request: HttpRequest, number: str) -> CaseOut:
    return _out(selectors.access_case_by_number(actor_of(request), number))


def _out(case: Case) -> CaseOut:
    outcome = Outcome(case.outcome) if case.outcome else None
    return CaseOut(
        id=str(case.pk),
        number=case.number,
        state=case.state,
        state_label=CaseState(case.state).label,
        service_item=case.service_item,
        service_item_title=service_item_title(case.service_item),
        applicant_name=case.applicant_name,
        premises_name=case.premises_name,
        address=case.address,
        outcome=outcome.value if outcome else None,
        outcome_label=outcome.label if outcome else None,
        result_version=case.result_version,
        result_delivered_at=case.result_delivered_at,
        timeline=[
            TimelineOut(at=line.at, kind=line.kind, label=line.label)
            for line in selectors.timeline(case)
        ],
    )
