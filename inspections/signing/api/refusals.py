"""What two inspectors put down when the applicant will not sign."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from fieldsvc.kernel.idempotency import idempotent
from inspections.people.selectors import actor_of
from inspections.signing import selectors, services
from inspections.signing.api.answers import SignatureOut, signature_out

router = Router(tags=["signing"])


class RefusalIn(Schema):
    reason: Annotated[str, Field(min_length=1, max_length=500)]


@router.post("/signatures/{signature_id}/refusal", response=SignatureOut)
@idempotent
def note_refusal(request: HttpRequest, signature_id: UUID, body: RefusalIn) -> SignatureOut:
    actor = actor_of(request)
    wanted = selectors.access_refusal(actor, signature_id)
    return signature_out(services.note_refusal(wanted, body.reason, actor=actor), mine=False)


@router.post("/signatures/{signature_id}/refusal/witness", response=SignatureOut)
@idempotent
def witness_refusal(request: HttpRequest, signature_id: UUID) -> SignatureOut:
    actor = actor_of(request)
    wanted = selectors.access_refusal(actor, signature_id)
    return signature_out(services.witness_refusal(wanted, actor=actor), mine=False)
