"""Proof of time: the spoken challenge, receipts, and where the dossier stands in the tree."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from ninja import Router

from fieldsvc.kernel.idempotency import idempotent
from inspections.evidence import authority
from inspections.evidence import selectors as evidence
from inspections.evidence.models import TimestampToken
from inspections.evidence.states import LOCAL_AUTHORITY, LOCAL_AUTHORITY_LABEL, TokenState
from inspections.inspection import selectors, services
from inspections.inspection.api import present
from inspections.inspection.api.proofs import (
    AnchoringOut,
    ChallengeOut,
    CheckpointOut,
    ReceiptOut,
    TokenOut,
)
from inspections.people.auth import applicant_auth, staff_auth
from inspections.people.selectors import actor_of

router = Router(tags=["evidence"], auth=staff_auth)


@router.post("/inspections/{inspection_id}/challenge", response=ChallengeOut)
@idempotent
def show_challenge(request: HttpRequest, inspection_id: UUID) -> ChallengeOut:
    actor = actor_of(request)
    wanted = selectors.access_inspection(actor, inspection_id)
    return present.challenge_out(services.show_challenge(wanted, actor=actor))


@router.post("/inspections/{inspection_id}/challenge/{checkpoint}/spoken", response=ChallengeOut)
@idempotent
def note_spoken(request: HttpRequest, inspection_id: UUID, checkpoint: int) -> ChallengeOut:
    actor = actor_of(request)
    wanted = selectors.access_inspection(actor, inspection_id)
    return present.challenge_out(services.note_spoken(wanted, checkpoint, actor=actor))


@router.get("/inspections/{inspection_id}/anchoring", response=AnchoringOut)
def anchoring(request: HttpRequest, inspection_id: UUID) -> AnchoringOut:
    wanted = selectors.access_inspection(actor_of(request), inspection_id)
    found = evidence.anchoring_of(wanted.dossier)
    point = found.checkpoint
    return AnchoringOut(
        checkpoint=CheckpointOut.from_orm(point) if point else None,
        complete=found.complete,
        tokens=[_token(one) for one in found.tokens],
        authority=settings.AUTHORITY_LABEL,
        fingerprint=authority.fingerprint(),
    )


@router.get("/join/evidence/{evidence_id}/receipt", response=ReceiptOut, auth=applicant_auth)
def receipt(request: HttpRequest, evidence_id: UUID) -> ReceiptOut:
    return present.receipt_out(selectors.access_evidence(actor_of(request), evidence_id))


def _token(row: TimestampToken) -> TokenOut:
    own = row.authority == LOCAL_AUTHORITY
    return TokenOut(
        authority=row.authority,
        label=LOCAL_AUTHORITY_LABEL if own else row.authority,
        state=row.state,
        state_label=TokenState(row.state).label,
        stamped_at=row.stamped_at,
        outside=not own,
    )
