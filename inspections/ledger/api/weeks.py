"""The Monday meeting: the week, its obstacles, its decisions, its report."""

from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field

from fieldsvc.kernel import clock
from fieldsvc.kernel.idempotency import idempotent
from fieldsvc.kernel.journal import Actor
from inspections.ledger import policies, rules, selectors, services
from inspections.ledger.api.schemas import ContentOut
from inspections.ledger.models import Decision, Obstacle, WeeklyReport
from inspections.ledger.rules.shapes import WeekContent
from inspections.ledger.services import NewDecision
from inspections.ledger.states import DecisionState, ObstacleState, Origin
from inspections.people.auth import staff_auth
from inspections.people.models import Staff
from inspections.people.selectors import actor_of, get_bureau

router = Router(tags=["ledger"], auth=staff_auth)


class Strict(Schema):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, str_max_length=500)


class Versioned(Strict):
    version: int = Field(ge=0)


class StaffOut(Schema):
    id: str
    name: str


class ObstacleOut(Schema):
    """`filter` opens the services it was met in (GET /ledger)."""

    id: str
    version: int
    week: date
    origin: str
    origin_label: str
    title: str
    detail: str
    count: int
    state: str
    state_label: str
    claimed_by: StaffOut | None
    due: date | None
    result: str
    closed_at: datetime | None
    filter: dict[str, str] | None


class DecisionOut(Schema):
    id: str
    version: int
    week: date
    text: str
    owner: str
    due: date
    state: str
    state_label: str
    made_by: StaffOut | None
    done_at: datetime | None
    note: str


class ReportOut(Schema):
    frozen_at: datetime
    frozen_by: StaffOut | None
    content_sha256: str
    pdf_sha256: str
    head: str


class WeekOut(Schema):
    """`content` is frozen when `report` is there. Obstacles and decisions are live either way."""

    monday: date
    sunday: date
    read_on: date
    is_over: bool
    report: ReportOut | None
    content: ContentOut
    obstacles: list[ObstacleOut]
    decisions: list[DecisionOut]
    last_decisions: list[DecisionOut]
    may_freeze: bool
    may_decide: bool
    may_speak: bool


class ObstacleIn(Strict):
    title: str = Field(min_length=1, max_length=200)
    detail: str = Field(default="", max_length=500)


class ClaimIn(Versioned):
    due: date
    staff: UUID | None = None


class CloseIn(Versioned):
    result: str = Field(min_length=1, max_length=500)


class DecisionIn(Strict):
    text: str = Field(min_length=1, max_length=500)
    owner: str = Field(min_length=1, max_length=60)
    due: date


class DoneIn(Versioned):
    note: str = Field(default="", max_length=500)


@router.get("/ledger/weeks/{monday}", response=WeekOut)
def week(request: HttpRequest, monday: date) -> WeekOut:
    return _week(actor_of(request), monday)


@router.post("/ledger/weeks/{monday}/freeze", response=WeekOut)
@idempotent
def freeze(request: HttpRequest, monday: date) -> WeekOut:
    actor = actor_of(request)
    services.freeze(monday, actor=actor)
    return _week(actor, monday)


@router.get("/ledger/weeks/{monday}/report.pdf")
def report_pdf(request: HttpRequest, monday: date) -> HttpResponse:
    report = selectors.access_report(actor_of(request), monday)
    answer = HttpResponse(services.pdf_of(report), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="week-{monday:%Y%m%d}.pdf"'
    return answer


@router.post("/ledger/weeks/{monday}/obstacles", response={201: ObstacleOut})
@idempotent
def bring_up(request: HttpRequest, monday: date, body: ObstacleIn) -> Status[ObstacleOut]:
    row = services.bring_up(monday, body.title, body.detail, actor=actor_of(request))
    return Status(201, _obstacle(row))


@router.post("/ledger/obstacles/{obstacle_id}/claim", response=ObstacleOut)
@idempotent
def claim(request: HttpRequest, obstacle_id: UUID, body: ClaimIn) -> ObstacleOut:
    actor = actor_of(request)
    row = selectors.access_obstacle(actor, obstacle_id)
    done = services.claim(row, version=body.version, due=body.due, staff_id=body.staff, actor=actor)
    return _obstacle(done)


@router.post("/ledger/obstacles/{obstacle_id}/close", response=ObstacleOut)
@idempotent
def close(request: HttpRequest, obstacle_id: UUID, body: CloseIn) -> ObstacleOut:
    actor = actor_of(request)
    row = selectors.access_obstacle(actor, obstacle_id)
    return _obstacle(services.close(row, version=body.version, result=body.result, actor=actor))


@router.post("/ledger/weeks/{monday}/decisions", response={201: DecisionOut})
@idempotent
def decide(request: HttpRequest, monday: date, body: DecisionIn) -> Status[DecisionOut]:
    new = NewDecision(body.text, body.owner, body.due)
    return Status(201, _decision(services.decide(monday, new, actor=actor_of(request))))


@router.post("/ledger/decisions/{decision_id}/done", response=DecisionOut)
@idempotent
def finish(request: HttpRequest, decision_id: UUID, body: DoneIn) -> DecisionOut:
    actor = actor_of(request)
    row = selectors.access_decision(actor, decision_id)
    done = services.finish_decision(row, version=body.version, note=body.note, actor=actor)
    return _decision(done)


def _week(actor: Actor, monday: date) -> WeekOut:
    selectors.check_week(actor, monday)
    bureau = get_bureau(actor.scope)
    report = selectors.report_of(bureau.pk, monday)
    content = services.content_of(report) if report else services.preview(bureau, monday)
    is_over = selectors.is_over(monday, clock.now())
    may_decide = policies.may_decide(actor) is None
    return WeekOut(
        monday=monday,
        sunday=rules.sunday_of(monday),
        read_on=monday + rules.WEEK,
        is_over=is_over,
        report=_report(report) if report else None,
        content=_content(content),
        obstacles=[_obstacle(row) for row in selectors.obstacles_of(bureau.pk, monday)],
        decisions=[_decision(row) for row in selectors.decisions_of(bureau.pk, monday)],
        last_decisions=[
            _decision(row) for row in selectors.decisions_to_look_at(bureau.pk, monday)
        ],
        may_freeze=may_decide and is_over and report is None,
        may_decide=may_decide,
        may_speak=policies.may_speak(actor) is None,
    )


def _content(content: WeekContent) -> ContentOut:
    return ContentOut.model_validate(content)


def _report(row: WeeklyReport) -> ReportOut:
    return ReportOut(
        frozen_at=row.frozen_at,
        frozen_by=_staff(row.frozen_by),
        content_sha256=row.content_sha256,
        pdf_sha256=row.pdf_sha256,
        head=row.head,
    )


def _obstacle(row: Obstacle) -> ObstacleOut:
    return ObstacleOut(
        id=str(row.pk),
        version=row.version,
        week=row.monday,
        origin=row.origin,
        origin_label=Origin(row.origin).label,
        title=row.title,
        detail=row.detail,
        count=row.count,
        state=row.state,
        state_label=ObstacleState(row.state).label,
        claimed_by=_staff(row.claimed_by),
        due=row.due,
        result=row.result,
        closed_at=row.closed_at,
        filter={"obstacle": str(row.pk)} if row.subjects else None,
    )


def _decision(row: Decision) -> DecisionOut:
    return DecisionOut(
        id=str(row.pk),
        version=row.version,
        week=row.monday,
        text=row.text,
        owner=row.owner,
        due=row.due,
        state=row.state,
        state_label=DecisionState(row.state).label,
        made_by=_staff(row.made_by),
        done_at=row.done_at,
        note=row.note,
    )


def _staff(one: Staff | None) -> StaffOut | None:
    return StaffOut(id=str(one.pk), name=one.name) if one else None
