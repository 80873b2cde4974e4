"""Totals of the grades, and the remedies of the bad ones."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from fieldsvc.kernel import clock
from fieldsvc.kernel.answers import Word, words
from fieldsvc.kernel.idempotency import idempotent
from inspections.aftercare import policies, selectors, services
from inspections.aftercare.api.schemas import PersonOut, Versioned, person
from inspections.aftercare.models import Remedy
from inspections.aftercare.rules import PUBLISHED_FROM
from inspections.aftercare.selectors import MonthTotal
from inspections.aftercare.services import Closing
from inspections.aftercare.states import Grade, RemedyOutcome, RemedyState, SubjectKind, Tag
from inspections.people.auth import staff_auth
from inspections.people.selectors import actor_of

router = Router(tags=["aftercare"], auth=staff_auth)


class MonthOut(Schema):
    """`count` and `grades` (grade → count) are None where fewer than `published_from` were
    given or the month is not over."""

    month: str
    count: int | None
    grades: dict[int, int] | None


class SummaryOut(Schema):
    published_from: int
    grade_labels: dict[int, str]
    own: list[MonthOut]
    bureau: list[MonthOut] | None


class RemedyOut(Schema):
    id: str
    version: int
    state: str
    state_label: str
    subject_kind: str
    subject_kind_label: str
    subject: str
    number: str
    grade: int
    grade_label: str
    tags: list[Word]
    text: str
    rated: list[PersonOut]
    owner: PersonOut | None
    opened_at: datetime
    due_at: datetime
    provisional: bool
    overdue: bool
    escalated: bool
    outcome: str | None
    outcome_label: str | None
    found: str
    answer: str
    closed_by: PersonOut | None
    closed_at: datetime | None
    may_close: bool


class RemedyList(Schema):
    items: list[RemedyOut]
    outcomes: list[Word]


class OwnerIn(Versioned):
    staff: UUID


class ClosingIn(Versioned):
    outcome: RemedyOutcome
    found: str = Field(min_length=1, max_length=1000)
    answer: str = Field(min_length=1, max_length=1000)


@router.get("/aftercare/ratings/summary", response=SummaryOut)
def summary(request: HttpRequest) -> SummaryOut:
    found = selectors.summary(actor_of(request))
    return SummaryOut(
        published_from=PUBLISHED_FROM,
        grade_labels={grade.value: grade.label for grade in Grade},
        own=[_month(one) for one in found.own],
        bureau=None if found.bureau is None else [_month(one) for one in found.bureau],
    )


@router.get("/aftercare/remedies", response=RemedyList)
def list_remedies(request: HttpRequest) -> RemedyList:
    rows = selectors.list_remedies(actor_of(request))
    return RemedyList(
        items=[_out(request, row) for row in rows],
        outcomes=words(RemedyOutcome),
    )


@router.post("/aftercare/remedies/{remedy_id}/assign", response=RemedyOut)
@idempotent
def assign_remedy(request: HttpRequest, remedy_id: UUID, body: OwnerIn) -> RemedyOut:
    actor = actor_of(request)
    remedy = selectors.access_remedy(actor, remedy_id)
    services.assign_remedy(remedy, body.staff, version=body.version, actor=actor)
    return _out(request, selectors.access_remedy(actor, remedy_id))


@router.post("/aftercare/remedies/{remedy_id}/close", response=RemedyOut)
@idempotent
def close_remedy(request: HttpRequest, remedy_id: UUID, body: ClosingIn) -> RemedyOut:
    actor = actor_of(request)
    remedy = selectors.access_remedy(actor, remedy_id)
    closing = Closing(body.version, body.outcome, body.found, body.answer)
    services.close_remedy(remedy, closing, actor=actor)
    return _out(request, selectors.access_remedy(actor, remedy_id))


def _month(one: MonthTotal) -> MonthOut:
    return MonthOut(month=one.month, count=one.count, grades=one.grades)


def _out(request: HttpRequest, row: Remedy) -> RemedyOut:
    rating = row.rating
    outcome = RemedyOutcome(row.outcome) if row.outcome else None
    is_open = row.state == RemedyState.OPEN.value
    return RemedyOut(
        id=str(row.pk),
        version=row.version,
        state=row.state,
        state_label=RemedyState(row.state).label,
        subject_kind=rating.subject_kind,
        subject_kind_label=SubjectKind(rating.subject_kind).label,
        subject=str(rating.subject),
        number=rating.number,
        grade=rating.grade,
        grade_label=Grade(rating.grade).label,
        tags=words(Tag(tag) for tag in rating.tags),
        text=rating.text,
        rated=[PersonOut(id=str(one.pk), name=one.name) for one in rating.rated.all()],
        owner=person(row.owner),
        opened_at=row.opened_at,
        due_at=row.due_at,
        provisional=row.provisional,
        overdue=is_open and row.due_at <= clock.now(),
        escalated=row.escalated_at is not None,
        outcome=outcome.value if outcome else None,
        outcome_label=outcome.label if outcome else None,
        found=row.found,
        answer=row.answer,
        closed_by=person(row.closed_by),
        closed_at=row.closed_at,
        may_close=is_open and policies.may_close_remedy(actor_of(request), row) is None,
    )
