"""The queue of calls."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from fieldsvc.kernel import clock
from fieldsvc.kernel.answers import Word, words
from fieldsvc.kernel.idempotency import idempotent
from inspections.aftercare import selectors, services
from inspections.aftercare.api.schemas import PersonOut, Versioned, person
from inspections.aftercare.models import FollowUp
from inspections.aftercare.services import Call
from inspections.aftercare.states import (
    BlockedPoint,
    Cause,
    FollowUpOutcome,
    FollowUpState,
    SubjectKind,
)
from inspections.people.auth import staff_auth
from inspections.people.selectors import actor_of

router = Router(tags=["aftercare"], auth=staff_auth)


class FollowUpOut(Schema):
    """`phone` and `contact_name` are full: this is the list people are called from."""

    id: str
    version: int
    state: str
    state_label: str
    subject_kind: str
    subject: str
    number: str
    cause: str
    causes: list[Word]
    contact_name: str
    phone: str
    opened_at: datetime
    due_at: datetime
    provisional: bool
    overdue: bool
    script: list[str]
    tries: int
    last_try_at: datetime | None
    outcome: str | None
    outcome_label: str | None
    said: str
    blocked_point: str | None
    blocked_point_label: str | None
    blocked_text: str
    done_by: PersonOut | None
    done_at: datetime | None


class FollowUpList(Schema):
    items: list[FollowUpOut]
    open: int
    overdue: int
    outcomes: list[Word]
    blocked_points: list[Word]


class DoneIn(Versioned):
    outcome: FollowUpOutcome
    said: str = Field(default="", max_length=1000)
    blocked_point: BlockedPoint | None = None
    blocked_text: str = Field(default="", max_length=200)


@router.get("/aftercare/follow-ups", response=FollowUpList)
def list_follow_ups(request: HttpRequest, state: FollowUpState | None = None) -> FollowUpList:
    rows = selectors.list_follow_ups(actor_of(request), state)
    items = _all_out(rows)
    return FollowUpList(
        items=items,
        open=sum(one.state == FollowUpState.OPEN.value for one in items),
        overdue=sum(one.overdue for one in items),
        outcomes=words(FollowUpOutcome),
        blocked_points=words(BlockedPoint),
    )


@router.post("/aftercare/follow-ups/{follow_up_id}/done", response=FollowUpOut)
@idempotent
def finish(request: HttpRequest, follow_up_id: UUID, body: DoneIn) -> FollowUpOut:
    actor = actor_of(request)
    call = selectors.access_follow_up(actor, follow_up_id)
    done = Call(body.version, body.outcome, body.said, body.blocked_point, body.blocked_text)
    services.finish_call(call, done, actor=actor)
    return _all_out([selectors.access_follow_up(actor, follow_up_id)])[0]


@router.post("/aftercare/follow-ups/{follow_up_id}/unreachable", response=FollowUpOut)
@idempotent
def unreachable(request: HttpRequest, follow_up_id: UUID, body: Versioned) -> FollowUpOut:
    actor = actor_of(request)
    call = selectors.access_follow_up(actor, follow_up_id)
    services.note_unreachable(call, version=body.version, actor=actor)
    return _all_out([selectors.access_follow_up(actor, follow_up_id)])[0]


def _all_out(rows: list[FollowUp]) -> list[FollowUpOut]:
    contacts = selectors.contacts_of(rows)
    return [_out(row, *contacts[row.pk]) for row in rows]


def _out(row: FollowUp, contact_name: str, phone: str) -> FollowUpOut:
    outcome = FollowUpOutcome(row.outcome) if row.outcome else None
    point = BlockedPoint(row.blocked_point) if row.blocked_point else None
    is_open = row.state == FollowUpState.OPEN.value
    return FollowUpOut(
        id=str(row.pk),
        version=row.version,
        state=row.state,
        state_label=FollowUpState(row.state).label,
        subject_kind=SubjectKind(row.subject_kind).value,
        subject=str(row.subject),
        number=row.number,
        cause=row.cause,
        causes=words(Cause(one) for one in row.causes),
        contact_name=contact_name,
        phone=phone,
        opened_at=row.opened_at,
        due_at=row.due_at,
        provisional=row.provisional,
        overdue=is_open and row.due_at <= clock.now(),
        script=row.script,
        tries=row.tries,
        last_try_at=row.last_try_at,
        outcome=outcome.value if outcome else None,
        outcome_label=outcome.label if outcome else None,
        said=row.said,
        blocked_point=point.value if point else None,
        blocked_point_label=point.label if point else None,
        blocked_text=row.blocked_text,
        done_by=person(row.done_by),
        done_at=row.done_at,
    )
