"""Signing and declining."""

import base64
import binascii
from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import AfterValidator, Field

from fieldsvc.kernel.idempotency import idempotent
from inspections.people.selectors import actor_of
from inspections.signing import cms, selectors, services
from inspections.signing.models import SignatureRequest
from inspections.signing.rules import Drawing, Point
from inspections.signing.states import SignatureState

router = Router(tags=["signing"])


class PointIn(Schema):
    x: float
    y: float
    t: float
    p: float = 0.5


def _is_raw(text: str) -> str:
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("is not base64") from error
    if len(raw) != cms.RAW_SIZE:
        raise ValueError("is not 64 bytes")
    return text


RawSignature = Annotated[str, Field(max_length=88), AfterValidator(_is_raw)]


class CompleteIn(Schema):
    """`signature` is what the device's key made of the attributes (r‖s in base64)."""

    document_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    strokes: Annotated[
        list[Annotated[list[PointIn], Field(max_length=5000)]], Field(max_length=400)
    ]
    width: float
    height: float
    will: bool
    signature: RawSignature | None = None


class DeclineIn(Schema):
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class SignatureOut(Schema):
    id: UUID
    signer: str
    name: str
    state: str
    state_label: str
    mine: bool
    completed_at: datetime | None
    assurance: str
    key: str | None
    cms_sha256: str | None


def signature_out(request: SignatureRequest, *, mine: bool) -> SignatureOut:
    return SignatureOut(
        id=request.id,
        signer=request.signer,
        name=request.name,
        state=request.state,
        state_label=SignatureState(request.state).label,
        mine=mine,
        completed_at=request.answered_at,
        assurance=request.assurance,
        key=request.key or None,
        cms_sha256=request.message.sha256 if request.message else None,
    )


@router.post("/signatures/{signature_id}/complete", response=SignatureOut)
@idempotent
def complete(request: HttpRequest, signature_id: UUID, body: CompleteIn) -> SignatureOut:
    actor = actor_of(request)
    wanted = selectors.access_signature(actor, signature_id)
    strokes = tuple(
        tuple(Point(point.x, point.y, point.t, point.p) for point in stroke)
        for stroke in body.strokes
    )
    act = services.Act(
        body.document_sha256,
        Drawing(strokes, body.width, body.height),
        body.will,
        request.headers.get("User-Agent", ""),
        base64.b64decode(body.signature) if body.signature else None,
    )
    return signature_out(services.complete(wanted, act, actor=actor), mine=True)


@router.post("/signatures/{signature_id}/decline", response=SignatureOut)
@idempotent
def decline(request: HttpRequest, signature_id: UUID, body: DeclineIn) -> SignatureOut:
    actor = actor_of(request)
    wanted = selectors.access_signature(actor, signature_id)
    return signature_out(services.decline(wanted, body.reason, actor=actor), mine=True)
