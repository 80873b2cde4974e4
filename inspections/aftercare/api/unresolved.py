"""The "办不成事" window: its forms in the order they are signed."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from fieldsvc.kernel import clock
from fieldsvc.kernel.answers import Word, words
from fieldsvc.kernel.idempotency import idempotent
from fieldsvc.kernel.masking import mask_name, mask_phone
from inspections.aftercare import selectors, services
from inspections.aftercare.api.schemas import FormOut, Strict, Versioned
from inspections.aftercare.models import Unresolved
from inspections.aftercare.services import Extension, NewUnresolved
from inspections.aftercare.states import Complexity, Source, ToldWay, UnresolvedState
from inspections.people.auth import staff_auth
from inspections.people.models import Staff
from inspections.people.selectors import actor_of

router = Router(tags=["aftercare"], auth=staff_auth)


class UnresolvedOut(Schema):
    """Name and phone are masked in the list and full in the answer to one's own write or read."""

    id: str
    version: int
    number: str
    state: str
    state_label: str
    source: str
    source_label: str
    delegation: str | None
    report_kind: str | None
    applicant_name: str
    phone: str
    text: str
    complexity: str
    complexity_label: str
    department: str
    opinion: str
    instruction: str
    reply: str
    resolved: bool | None
    registered_at: datetime
    due_at: datetime
    provisional: bool
    overdue: bool
    extended: bool
    extension_reason: str
    told_way: str | None
    forms: list[FormOut]


class UnresolvedList(Schema):
    items: list[UnresolvedOut]
    open: int
    overdue: int
    sources: list[Word]
    complexities: list[Word]
    told_ways: list[Word]


class RegisterIn(Strict):
    text: str = Field(min_length=1, max_length=1000)
    source: Source
    complexity: Complexity = Complexity.NORMAL
    applicant_name: str = Field(default="", max_length=40)
    phone: str = Field(default="", max_length=20)
    delegation: UUID | None = None


class ProposeIn(Versioned):
    department: str = Field(min_length=1, max_length=80)
    opinion: str = Field(default="", max_length=500)


class AssignIn(Versioned):
    department: str = Field(min_length=1, max_length=80)
    instruction: str = Field(default="", max_length=500)


class ReplyIn(Versioned):
    text: str = Field(min_length=1, max_length=1000)


class ExtendIn(Versioned):
    days: int = Field(ge=1, le=15)
    reason: str = Field(min_length=1, max_length=300)
    told_way: ToldWay


class CloseIn(Versioned):
    resolved: bool


class UnresolvedQuery(Schema):
    state: UnresolvedState | None = None
    overdue: bool = False


@router.get("/aftercare/matters", response=UnresolvedList)
def list_unresolved(request: HttpRequest, query: Query[UnresolvedQuery]) -> UnresolvedList:
    rows = selectors.list_unresolved(actor_of(request), query.state, overdue=query.overdue)
    items = [_out(row, masked=True) for row in rows]
    return UnresolvedList(
        items=items,
        open=sum(one.state != UnresolvedState.CLOSED.value for one in items),
        overdue=sum(one.overdue for one in items),
        sources=words(Source),
        complexities=words(Complexity),
        told_ways=words(ToldWay),
    )


@router.post("/aftercare/matters", response={201: UnresolvedOut})
@idempotent
def register(request: HttpRequest, body: RegisterIn) -> Status[UnresolvedOut]:
    new = NewUnresolved(
        text=body.text,
        source=body.source,
        complexity=body.complexity,
        applicant_name=body.applicant_name,
        phone=body.phone,
        delegation=body.delegation,
    )
    return Status(201, _out(services.register(new, actor=actor_of(request))))


@router.get("/aftercare/matters/{unresolved_id}", response=UnresolvedOut)
def unresolved(request: HttpRequest, unresolved_id: UUID) -> UnresolvedOut:
    return _out(selectors.access_unresolved(actor_of(request), unresolved_id))


@router.post("/aftercare/matters/{unresolved_id}/propose", response=UnresolvedOut)
@idempotent
def propose(request: HttpRequest, unresolved_id: UUID, body: ProposeIn) -> UnresolvedOut:
    actor = actor_of(request)
    row = selectors.access_unresolved(actor, unresolved_id)
    return _out(services.propose(row, **body.dict(), actor=actor))


@router.post("/aftercare/matters/{unresolved_id}/assign", response=UnresolvedOut)
@idempotent
def assign(request: HttpRequest, unresolved_id: UUID, body: AssignIn) -> UnresolvedOut:
    actor = actor_of(request)
    row = selectors.access_unresolved(actor, unresolved_id)
    return _out(services.assign(row, **body.dict(), actor=actor))


@router.post("/aftercare/matters/{unresolved_id}/reply", response=UnresolvedOut)
@idempotent
def reply(request: HttpRequest, unresolved_id: UUID, body: ReplyIn) -> UnresolvedOut:
    actor = actor_of(request)
    row = selectors.access_unresolved(actor, unresolved_id)
    return _out(services.reply(row, version=body.version, text=body.text, actor=actor))


@router.post("/aftercare/matters/{unresolved_id}/return", response=UnresolvedOut)
@idempotent
def send_back(request: HttpRequest, unresolved_id: UUID, body: Versioned) -> UnresolvedOut:
    actor = actor_of(request)
    row = selectors.access_unresolved(actor, unresolved_id)
    return _out(services.send_back(row, version=body.version, actor=actor))


@router.post("/aftercare/matters/{unresolved_id}/extend", response=UnresolvedOut)
@idempotent
def extend(request: HttpRequest, unresolved_id: UUID, body: ExtendIn) -> UnresolvedOut:
    actor = actor_of(request)
    row = selectors.access_unresolved(actor, unresolved_id)
    extension = Extension(body.version, body.days, body.reason, body.told_way)
    return _out(services.extend(row, extension, actor=actor))


@router.post("/aftercare/matters/{unresolved_id}/close", response=UnresolvedOut)
@idempotent
def close(request: HttpRequest, unresolved_id: UUID, body: CloseIn) -> UnresolvedOut:
    actor = actor_of(request)
    row = selectors.access_unresolved(actor, unresolved_id)
    return _out(services.close(row, version=body.version, resolved=body.resolved, actor=actor))


def _out(row: Unresolved, *, masked: bool = False) -> UnresolvedOut:
    is_open = row.state != UnresolvedState.CLOSED.value
    return UnresolvedOut(
        id=str(row.pk),
        version=row.version,
        number=row.number,
        state=row.state,
        state_label=UnresolvedState(row.state).label,
        source=row.source,
        source_label=Source(row.source).label,
        delegation=str(row.delegation) if row.delegation else None,
        report_kind=row.report_kind or None,
        applicant_name=mask_name(row.applicant_name) if masked else row.applicant_name,
        phone=mask_phone(row.phone) if masked else row.phone,
        text=row.text,
        complexity=row.complexity,
        complexity_label=Complexity(row.complexity).label,
        department=row.department,
        opinion=row.opinion,
        instruction=row.instruction,
        reply=row.reply,
        resolved=row.resolved,
        registered_at=row.registered_at,
        due_at=row.due_at,
        provisional=row.provisional,
        overdue=is_open and row.due_at <= clock.now(),
        extended=row.extended_at is not None,
        extension_reason=row.extension_reason,
        told_way=row.told_way or None,
        forms=_forms(row),
    )


def _forms(row: Unresolved) -> list[FormOut]:
    signed: list[tuple[str, Staff | None, datetime | None]] = [
        ("收件登记表", row.registered_by, row.registered_at),
        ("分办呈批表", row.proposed_by or row.assigned_by, row.proposed_at or row.assigned_at),
        ("交办单", row.assigned_by, row.assigned_at),
        ("部门回复", row.replied_by, row.replied_at),
        ("办结", row.closed_by, row.closed_at),
    ]
    if row.extended_at is not None:
        signed.insert(3, ("延期告知", row.extended_by, row.extended_at))
    return [FormOut(form=form, by=by.name if by else None, at=at) for form, by, at in signed]
