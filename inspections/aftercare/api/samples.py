"""What invited supervisors (特邀监督员) draw and look at."""

from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from fieldsvc.kernel.answers import Word, words
from fieldsvc.kernel.idempotency import idempotent
from inspections.aftercare import selectors, services
from inspections.aftercare.api.schemas import PersonOut, Strict, person
from inspections.aftercare.models import SampledCase, SupervisorSample
from inspections.aftercare.services import Draw
from inspections.aftercare.states import Answer, Check
from inspections.people.auth import staff_auth
from inspections.people.selectors import actor_of

router = Router(tags=["aftercare"], auth=staff_auth)


class SampledCaseOut(Schema):
    delegation: str
    number: str
    position: int
    checks: dict[str, str]
    remark: str
    checked_by: PersonOut | None
    checked_at: datetime | None


class SampleOut(Schema):
    """Draw again with the same seed and days: the same digest and the same cases in order."""

    id: str
    supervisor: str
    seed: str
    from_day: date
    until_day: date
    population: int
    population_sha256: str
    drawn_at: datetime
    drawn_by: PersonOut | None
    cases: list[SampledCaseOut]
    how: str


class SampleList(Schema):
    items: list[SampleOut]
    checks: list[Word]
    answers: list[Word]


class DrawIn(Strict):
    supervisor: str = Field(min_length=1, max_length=40)
    from_day: date
    until_day: date
    size: int = Field(default=5, ge=1, le=50)
    seed: str = Field(default="", max_length=40)


class CheckIn(Strict):
    delegation: UUID
    checks: dict[Check, Answer]
    remark: str = Field(default="", max_length=500)


HOW = (
    "抽取办法：把起止日期内送达的每件代办的内部编号接在种子和冒号后面，按 SHA-256 值从小到大排列，"
    "取前几件。用同一个种子和同样的日期再抽一次，结果相同。"
)


@router.get("/aftercare/samples", response=SampleList)
def list_samples(request: HttpRequest) -> SampleList:
    return SampleList(
        items=[_out(row) for row in selectors.list_samples(actor_of(request))],
        checks=words(Check),
        answers=words(Answer),
    )


@router.post("/aftercare/samples", response={201: SampleOut})
@idempotent
def draw(request: HttpRequest, body: DrawIn) -> Status[SampleOut]:
    wish = Draw(body.supervisor, body.from_day, body.until_day, body.size, body.seed)
    return Status(201, _out(services.draw(wish, actor=actor_of(request))))


@router.post("/aftercare/samples/{sample_id}/checks", response=SampleOut)
@idempotent
def check(request: HttpRequest, sample_id: UUID, body: CheckIn) -> SampleOut:
    actor = actor_of(request)
    sample = selectors.access_sample(actor, sample_id)
    services.check(sample, body.delegation, body.checks, body.remark, actor=actor)
    return _out(sample)


def _out(row: SupervisorSample) -> SampleOut:
    return SampleOut(
        id=str(row.pk),
        supervisor=row.supervisor,
        seed=row.seed,
        from_day=row.from_day,
        until_day=row.until_day,
        population=row.population,
        population_sha256=row.population_sha256,
        drawn_at=row.drawn_at,
        drawn_by=person(row.drawn_by),
        cases=[_case(one) for one in selectors.cases_of(row)],
        how=HOW,
    )


def _case(one: SampledCase) -> SampledCaseOut:
    return SampledCaseOut(
        delegation=str(one.delegation),
        number=one.number,
        position=one.position,
        checks=one.checks,
        remark=one.remark,
        checked_by=person(one.checked_by),
        checked_at=one.checked_at,
    )
