"""Who was asked to sign a record, who answered how, and what was objected before."""

from datetime import datetime
from uuid import UUID

from ninja import Schema

from fieldsvc.kernel import journal
from fieldsvc.kernel.journal import Actor
from inspections.evidence.states import TokenState
from inspections.inspection.models import Inspection
from inspections.reports.models import Record
from inspections.signing import selectors as signing
from inspections.signing.models import SignatureRequest
from inspections.signing.policies import is_signer
from inspections.signing.states import SignatureState, SignerKind


class RefusalOut(Schema):
    """`may_witness`: the caller is another inspector than the one who noted it."""

    reason: str
    noted_by: str
    noted_at: datetime
    may_witness: bool


class StampRef(Schema):
    """An authority's time over a certified signature; PENDING until one has answered."""

    state: str
    state_label: str
    at: datetime | None


class SignatureRef(Schema):
    """`key` is where the key of a certified signature lived; `refusal` is for staff alone."""

    id: UUID
    signer: str
    signer_label: str
    name: str
    state: str
    state_label: str
    mine: bool
    completed_at: datetime | None
    assurance: str
    key: str | None
    stamp: StampRef | None
    refusal: RefusalOut | None


class SupersededRef(Schema):
    """What was asked for an earlier edition; `was` says how it stood when that was replaced."""

    version: int
    signer: str
    name: str
    state: str
    state_label: str
    was: str
    completed_at: datetime | None


class ObjectionRef(Schema):
    """What the applicant said against the edition before; it stands in this one."""

    text: str | None
    voice: bool
    voice_url: str | None
    at: datetime


def signatures_of(actor: Actor, inspection: Inspection, record: Record) -> list[SignatureRef]:
    requests = signing.requests_for(inspection.dossier_id, record.sha256)
    return [_signature(actor, one, requests) for one in requests]


def superseded_of(inspection: Inspection) -> list[SupersededRef]:
    editions = dict(inspection.records.values_list("sha256", "edition"))
    return [
        SupersededRef(
            version=editions[one.document_sha256],
            signer=one.signer,
            name=one.name,
            state=one.state,
            state_label=SignatureState(one.state).label,
            was=(SignatureState.COMPLETED if one.answered_at else SignatureState.PENDING).value,
            completed_at=one.answered_at,
        )
        for one in signing.superseded_in(inspection.dossier_id)
        if one.document_sha256 in editions
    ]


def objection_in(inspection: Inspection, record: Record) -> ObjectionRef | None:
    """The objection that made this edition of the one before."""
    before = inspection.records.filter(edition=record.edition - 1).first()
    entry = signing.objection_against(inspection.stream, before.sha256) if before else None
    if entry is None:
        return None
    voice = entry.data["voice"]
    return ObjectionRef(
        text=journal.reveal(entry, "text"),
        voice=voice is not None,
        voice_url=f"/api/evidence/{voice}/content" if voice else None,
        at=entry.at,
    )


def _signature(
    actor: Actor, one: SignatureRequest, requests: list[SignatureRequest]
) -> SignatureRef:
    return SignatureRef(
        id=one.pk,
        signer=one.signer,
        signer_label=SignerKind(one.signer).label,
        name=one.name,
        state=one.state,
        state_label=SignatureState(one.state).label,
        mine=is_signer(actor, one),
        completed_at=one.answered_at,
        assurance=one.assurance,
        key=one.key or None,
        stamp=_stamp(one),
        refusal=_refusal(actor, one, requests) if actor.kind == "staff" else None,
    )


def _stamp(one: SignatureRequest) -> StampRef | None:
    found = signing.stamp_of(one)
    if found is None:
        return None
    return StampRef(
        state=found.state, state_label=TokenState(found.state).label, at=found.stamped_at
    )


def _refusal(
    actor: Actor, one: SignatureRequest, requests: list[SignatureRequest]
) -> RefusalOut | None:
    if one.refusal_noted_at is None:
        return None
    inspectors = {
        other.signer_id: other.name
        for other in requests
        if other.signer == SignerKind.INSPECTOR.value
    }
    return RefusalOut(
        reason=one.refusal_reason,
        noted_by=inspectors[one.refusal_noted_by],
        noted_at=one.refusal_noted_at,
        may_witness=one.state == SignatureState.PENDING.value
        and actor.id in inspectors
        and actor.id != one.refusal_noted_by,
    )
