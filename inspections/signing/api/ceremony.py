"""The way to a certified signature: reading, objecting, the code, the certificate."""

import base64
import binascii
from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import AfterValidator, Field

from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.idempotency import idempotent
from inspections.people.selectors import actor_of
from inspections.signing import rules, selectors, services
from inspections.signing.models import Identification, SignatureRequest
from inspections.signing.services import Claim, Objection, Reading
from inspections.signing.states import IdentityResult, SignatureState, SignerKind

router = Router(tags=["signing"])


def _is_base64(text: str) -> str:
    try:
        base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("is not base64") from error
    return text


Base64 = Annotated[str, Field(max_length=1200), AfterValidator(_is_base64)]


class PageRead(Schema):
    page: Annotated[int, Field(ge=1, le=500)]
    ms: Annotated[int, Field(ge=0, le=86_400_000)]


class ReadIn(Schema):
    pages: Annotated[list[PageRead], Field(max_length=500)]
    large_type: bool = False
    read_aloud: bool = False


class ObjectIn(Schema):
    text: Annotated[str, Field(max_length=2000)] = ""
    voice: UUID | None = None


class IdentifyIn(Schema):
    """`certificate_request` is PKCS#10 (DER, P-256, subject O=云勘验, OU=SIGNER, CN=the id of the
    signature) in base64; null where the device cannot make a key."""

    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")] | None = None
    consent_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    certificate_request: Base64 | None = None


class IdentityIn(Schema):
    number: Annotated[str, Field(pattern=r"^[0-9]{17}[0-9Xx]$")]


class IdentityOut(Schema):
    """`result` is what the identity service said last."""

    needed: bool
    result: str | None
    label: str | None


class IdentifiedOut(Schema):
    """`attributes` are the bytes (base64) the device's key signs; null where the server's will."""

    certificate: str | None
    attributes: str | None
    key: str
    expires_at: datetime


class ReadOut(Schema):
    needed: bool
    pages: list[int]
    complete: bool


class ConsentOut(Schema):
    version: str
    title: str
    text: str
    sha256: str


class CodeOut(Schema):
    """`resend_after` and `locked_until` only while they lie ahead."""

    needed: bool
    sent_to: str | None
    expires_at: datetime | None
    resend_after: datetime | None
    tries_left: int
    locked_until: datetime | None


class ObjectionOut(Schema):
    text: str | None
    voice: bool
    at: datetime


class CeremonyOut(Schema):
    """`consent` is null where a handwritten signature is all that is asked for."""

    id: UUID
    state: str
    state_label: str
    assurance: str
    document_sha256: str
    document_number: str
    pages: int
    read: ReadOut
    consent: ConsentOut | None
    identity: IdentityOut
    code: CodeOut
    identified: bool
    key: str | None
    cms_sha256: str | None
    objection: ObjectionOut | None
    superseded_by: UUID | None


@router.get("/signatures/{signature_id}", response=CeremonyOut)
def ceremony(request: HttpRequest, signature_id: UUID) -> CeremonyOut:
    return _out(selectors.access_signature(actor_of(request), signature_id))


@router.post("/signatures/{signature_id}/read", response=CeremonyOut)
@idempotent
def read(request: HttpRequest, signature_id: UUID, body: ReadIn) -> CeremonyOut:
    actor = actor_of(request)
    wanted = selectors.access_signature(actor, signature_id)
    seen: dict[int, int] = {}
    for one in body.pages:
        seen[one.page] = seen.get(one.page, 0) + one.ms
    reading = Reading(seen, body.large_type, body.read_aloud)
    return _out(services.note_read(wanted, reading, actor=actor))


@router.post("/signatures/{signature_id}/object", response=CeremonyOut)
@idempotent
def object_to(request: HttpRequest, signature_id: UUID, body: ObjectIn) -> CeremonyOut:
    actor = actor_of(request)
    wanted = selectors.access_signature(actor, signature_id)
    return _out(services.object_to(wanted, Objection(body.text, body.voice), actor=actor))


@router.post("/signatures/{signature_id}/code", response=CeremonyOut)
@idempotent
def send_code(request: HttpRequest, signature_id: UUID) -> CeremonyOut:
    actor = actor_of(request)
    wanted = selectors.access_signature(actor, signature_id)
    services.send_code(wanted, actor=actor)
    return _out(wanted)


# Not @idempotent: a number that does not fit has to count, and a service outside is not asked in a
# transaction. Asked again after it fitted, nobody is asked.
@router.post("/signatures/{signature_id}/identity", response=CeremonyOut)
def check_identity(request: HttpRequest, signature_id: UUID, body: IdentityIn) -> CeremonyOut:
    actor = actor_of(request)
    wanted = selectors.access_signature(actor, signature_id)
    services.check_identity(wanted, body.number, actor=actor)
    return _out(wanted)


# Not @idempotent: a wrong try has to count, and that undoes whatever is refused. The same code
# with the same key gives the same answer all the same.
@router.post("/signatures/{signature_id}/identify", response=IdentifiedOut)
def identify(request: HttpRequest, signature_id: UUID, body: IdentifyIn) -> IdentifiedOut:
    actor = actor_of(request)
    wanted = selectors.access_signature(actor, signature_id)
    csr = base64.b64decode(body.certificate_request) if body.certificate_request else None
    claim = Claim(body.consent_sha256, body.code or "", csr)
    found = services.identify(wanted, claim, actor=actor)
    return IdentifiedOut(
        certificate=found.certificate or None,
        attributes=base64.b64encode(found.attributes).decode() or None,
        key=found.key,
        expires_at=found.expires_at,
    )


def _out(request: SignatureRequest) -> CeremonyOut:
    request.refresh_from_db()
    certified = selectors.is_certified(request)
    later = selectors.successor_of(request)
    left = selectors.pages_left(request)
    return CeremonyOut(
        id=request.pk,
        state=request.state,
        state_label=SignatureState(request.state).label,
        assurance=request.assurance,
        document_sha256=request.document_sha256,
        document_number=request.document_number,
        pages=request.pages,
        read=ReadOut(
            needed=selectors.needs_code(request), pages=request.pages_read, complete=not left
        ),
        consent=_consent(SignerKind(request.signer)) if certified else None,
        identity=_identity(request),
        code=_code(request),
        identified=_is_live(selectors.identification_of(request)),
        key=request.key or None,
        cms_sha256=request.message.sha256 if request.message else None,
        objection=_objection(request),
        superseded_by=later.pk if later else None,
    )


def _consent(kind: SignerKind) -> ConsentOut:
    found = selectors.consent_for(kind)
    return ConsentOut(
        version=found.version, title=found.title, text=found.text, sha256=found.sha256
    )


def _identity(request: SignatureRequest) -> IdentityOut:
    found = selectors.identity_of(request)
    return IdentityOut(
        needed=services.needs_identity(request),
        result=found.result if found else None,
        label=IdentityResult(found.result).label if found else None,
    )


def _code(request: SignatureRequest) -> CodeOut:
    now = clock.now()
    sent = selectors.newest_code(request)
    is_live = sent is not None and sent.used_at is None and sent.expires_at > now
    again = sent.sent_at + rules.CODE_RESEND if sent else now
    until = request.code_locked_until
    return CodeOut(
        needed=selectors.needs_code(request),
        sent_to=request.phone_hint or None,
        expires_at=sent.expires_at if sent and is_live else None,
        resend_after=again if again > now else None,
        tries_left=rules.CODE_TRIES - request.wrong_codes,
        locked_until=until if until is not None and until > now else None,
    )


def _is_live(found: Identification | None) -> bool:
    return found is not None and found.expires_at > clock.now()


def _objection(request: SignatureRequest) -> ObjectionOut | None:
    entry = selectors.objection_to(request)
    if entry is None:
        return None
    return ObjectionOut(
        text=journal.reveal(entry, "text"), voice=entry.data["voice"] is not None, at=entry.at
    )
