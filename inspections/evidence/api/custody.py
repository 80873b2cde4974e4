"""案卷保管: retention, holds, disposal and who has looked."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Annotated, Protocol
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from fieldsvc.kernel.errors import Refusal
from fieldsvc.kernel.idempotency import idempotent
from fieldsvc.kernel.journal import Actor, JournalEntry
from inspections.evidence import policies, selectors, services
from inspections.evidence.selectors import Custody
from inspections.evidence.states import DisposalState
from inspections.people.auth import staff_auth
from inspections.people.models import Staff
from inspections.people.selectors import actor_of

router = Router(tags=["evidence"], auth=staff_auth)

Reason = Annotated[str, Field(min_length=2, max_length=200)]


class ReasonIn(Schema):
    reason: Reason


class CustodyOut(Schema):
    """`kept_until` is null for a dossier kept for good."""

    id: UUID
    label: str
    sealed_at: datetime | None
    retention_class: str
    kept_until: date | None
    hold_reason: str
    disposal: str
    disposal_label: str


class CustodiesOut(Schema):
    items: list[CustodyOut]


class CustodyEntryOut(Schema):
    number: int
    kind: str
    at: datetime
    who: str
    data: dict[str, object]


class CustodyDetailOut(CustodyOut):
    """`entries` are the whole custody chain, views and the certificate of disposal included."""

    entries: list[CustodyEntryOut]


@router.get("/custody", response=CustodiesOut)
def custodies(request: HttpRequest) -> CustodiesOut:
    actor = actor_of(request)
    policies.permit(policies.may_see_custody(actor))
    return CustodiesOut(items=[_custody_out(one) for one in selectors.custodies(actor.scope)])


@router.get("/custody/{dossier_id}", response=CustodyDetailOut)
def custody(request: HttpRequest, dossier_id: UUID) -> CustodyDetailOut:
    return _detail(request, dossier_id)


@router.post("/custody/{dossier_id}/hold", response=CustodyDetailOut)
@idempotent
def hold(request: HttpRequest, dossier_id: UUID, body: ReasonIn) -> CustodyDetailOut:
    verb = partial(services.hold, reason=body.reason)
    return _do(request, dossier_id, policies.may_hold, verb)


@router.post("/custody/{dossier_id}/lift-hold", response=CustodyDetailOut)
@idempotent
def lift_hold(request: HttpRequest, dossier_id: UUID) -> CustodyDetailOut:
    return _do(request, dossier_id, policies.may_hold, services.lift_hold)


@router.post("/custody/{dossier_id}/disposal", response=CustodyDetailOut)
@idempotent
def propose(request: HttpRequest, dossier_id: UUID, body: ReasonIn) -> CustodyDetailOut:
    verb = partial(services.propose_disposal, reason=body.reason)
    return _do(request, dossier_id, policies.may_propose_disposal, verb)


@router.post("/custody/{dossier_id}/disposal/withdraw", response=CustodyDetailOut)
@idempotent
def withdraw(request: HttpRequest, dossier_id: UUID) -> CustodyDetailOut:
    return _do(request, dossier_id, policies.may_hold, services.withdraw_disposal)


@router.post("/custody/{dossier_id}/disposal/confirm", response=CustodyDetailOut)
@idempotent
def confirm(request: HttpRequest, dossier_id: UUID) -> CustodyDetailOut:
    return _do(request, dossier_id, policies.may_confirm_disposal, services.confirm_disposal)


class _Verb(Protocol):
    def __call__(self, dossier_id: UUID, *, actor: Actor) -> object: ...


def _do(
    request: HttpRequest, dossier_id: UUID, may: Callable[[Actor], Refusal | None], verb: _Verb
) -> CustodyDetailOut:
    """One step of custody: a dossier of the own bureau, leave to take the step, how it stands."""
    actor = actor_of(request)
    dossier = selectors.access_dossier(actor, dossier_id)
    policies.permit(may(actor))
    verb(dossier.pk, actor=actor)
    return _detail(request, dossier_id)


def _custody_out(one: Custody) -> CustodyOut:
    state = DisposalState(one.disposal.state) if one.disposal else None
    return CustodyOut(
        id=one.dossier.pk,
        label=one.dossier.label,
        sealed_at=one.dossier.sealed_at,
        retention_class=one.kind.title,
        kept_until=one.kept_until,
        hold_reason=one.hold.reason if one.hold else "",
        disposal=state.value if state else "",
        disposal_label=state.label if state else "",
    )


def _detail(request: HttpRequest, dossier_id: UUID) -> CustodyDetailOut:
    dossier = selectors.access_dossier(actor_of(request), dossier_id)
    entries = selectors.custody_entries(dossier)
    names = _names(entries)
    return CustodyDetailOut(
        **_custody_out(selectors.custody_of(dossier)).dict(),
        entries=[
            CustodyEntryOut(
                number=entry.number,
                kind=entry.kind,
                at=entry.at,
                who=names.get(entry.actor.id, _WORDS.get(entry.actor.kind, entry.actor.kind)),
                data=dict(entry.data),
            )
            for entry in entries
        ],
    )


_WORDS = {"applicant": "申请人", "system": "系统", "client": "审批系统", "staff": "工作人员"}


def _names(entries: list[JournalEntry]) -> dict[str, str]:
    ids = {entry.actor.id for entry in entries if entry.actor.kind == "staff"}
    return {str(one.pk): one.name for one in Staff.objects.filter(pk__in=ids)}
