"""Knowing who signs: the code on the phone, the key, the certificate of one hour."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from django.db import transaction

from fieldsvc.kernel import clock, hashing, journal
from fieldsvc.kernel.errors import Refusal
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.evidence import authority, certificates
from inspections.evidence.authority import Usage
from inspections.signing import cms, rules, selectors
from inspections.signing.errors import (
    CodeExpired,
    CodeLocked,
    CodeTooSoon,
    CodeWrong,
    ConsentChanged,
    KeyUnusable,
    NotAskedFor,
)
from inspections.signing.models import Identification, SignatureRequest, SigningCode
from inspections.signing.selectors import Consent
from inspections.signing.services.common import locked, refuse_answered
from inspections.signing.states import Means, SignerKind, SigningKey


@dataclass(frozen=True, slots=True)
class Claim:
    """What the signer's device sends; `public_key` is SPKI (DER), None where it cannot make one."""

    consent_sha256: str
    code: str = ""
    public_key: bytes | None = None


def send_code(request: SignatureRequest, *, actor: Actor) -> SigningCode:
    """Have six digits sent to the applicant's phone; journals `signature.code_sent`, which the
    message follows. The entry holds neither the digits nor the number.

    Valid for ten minutes; an earlier code stops working. Refuses with `not_asked_for` where
    no code is needed, `signing_code_too_soon` (60 s), `signing_code_locked`, `already_signed`,
    `document_changed`.
    """
    if not selectors.needs_code(request):
        raise NotAskedFor
    with transaction.atomic():
        found = locked(request)
        refuse_answered(found)
        _refuse_locked(found)
        now = clock.now()
        last = selectors.newest_code(found)
        if last is not None and now < last.sent_at + rules.CODE_RESEND:
            raise CodeTooSoon(retry_after=_seconds(last.sent_at + rules.CODE_RESEND))
        code = SigningCode.objects.create(
            request=found, sent_at=now, expires_at=now + rules.CODE_LIFETIME
        )
        journal.append(
            found.dossier.stream,
            "signature.code_sent",
            actor=actor,
            data={
                "signature": str(found.pk),
                "signer_id": found.signer_id,
                "document_sha256": found.document_sha256,
                "code": str(code.pk),
                "expires_at": clock.iso(code.expires_at),
            },
        )
        return code


def identify(request: SignatureRequest, claim: Claim, *, actor: Actor) -> Identification:
    """Check code and consent, certify the key for one hour; journals `signature.identified`.

    The same code with the same key gives the same answer again. Refuses with `not_asked_for`
    where no certificate is needed, `consent_changed`, `key_unusable`, `signing_code_wrong`
    (journals `signature.code_wrong`, and counts though it refuses), `signing_code_expired`,
    `signing_code_locked`, `already_signed`, `document_changed`. Electronic Signature Law
    (电子签名法) art. 13.

    Not to be called in a transaction that a refusal undoes: a wrong try would not count.
    """
    if not selectors.is_certified(request):
        raise NotAskedFor
    refuse_answered(request)
    consent = selectors.consent_for(SignerKind(request.signer))
    if claim.consent_sha256 != consent.sha256:
        raise ConsentChanged
    if claim.public_key is not None:
        _refuse_unusable(claim.public_key)
    with transaction.atomic():
        found = locked(request)
        refuse_answered(found)
        code, refusal = _checked(found, claim, actor)
        if refusal is None:
            return _known(code, claim) or _certify(found, claim, code, actor=actor)
    raise refusal


def _refuse_unusable(spki: bytes) -> None:
    try:
        cms.public_key(spki)
    except cms.Unusable as error:
        raise KeyUnusable from error


def _checked(
    request: SignatureRequest, claim: Claim, actor: Actor
) -> tuple[SigningCode | None, Refusal | None]:
    """The code that proves it (None for staff), or why not; counts a wrong try."""
    if not selectors.needs_code(request):
        return None, None
    until = request.code_locked_until
    if until is not None and until > clock.now():
        return None, CodeLocked(retry_after=_seconds(until))
    code = selectors.newest_code(request)
    if code is None or code.expires_at <= clock.now():
        return None, CodeExpired()
    if selectors.fits(code, claim.code):
        if code.used_at is not None and _known(code, claim) is None:
            return None, CodeExpired()
        SignatureRequest.objects.filter(pk=request.pk).update(wrong_codes=0)
        return code, None
    return None, _count_wrong(request, code, actor)


def _count_wrong(request: SignatureRequest, code: SigningCode, actor: Actor) -> Refusal:
    left = rules.CODE_TRIES - request.wrong_codes - 1
    locked_until = None if left > 0 else clock.now() + rules.CODE_LOCK
    SignatureRequest.objects.filter(pk=request.pk).update(
        wrong_codes=request.wrong_codes + 1 if left > 0 else 0, code_locked_until=locked_until
    )
    journal.append(
        request.dossier.stream,
        "signature.code_wrong",
        actor=actor,
        data={"signature": str(request.pk), "code": str(code.pk), "tries_left": left},
    )
    if locked_until is not None:
        # What was guessed at five times is not to be guessed at again after the pause.
        request.codes.filter(expires_at__gt=clock.now()).update(expires_at=clock.now())
        return CodeLocked(retry_after=_seconds(locked_until))
    return CodeWrong(fields={"tries_left": left})


def _known(code: SigningCode | None, claim: Claim) -> Identification | None:
    if code is None:
        return None
    return Identification.objects.filter(
        code=code, public_key_sha256=_digest(claim.public_key), expires_at__gt=clock.now()
    ).first()


def _certify(
    request: SignatureRequest, claim: Claim, code: SigningCode | None, *, actor: Actor
) -> Identification:
    now = clock.now()
    consent = selectors.consent_for(SignerKind(request.signer))
    made = Identification(
        request=request,
        means=(Means.SMS if code else Means.SESSION).value,
        code=code,
        key=(SigningKey.DEVICE if claim.public_key else SigningKey.SERVER).value,
        public_key_sha256=_digest(claim.public_key),
        consent_version=consent.version,
        consent_sha256=consent.sha256,
        at=now,
        expires_at=now + rules.CERTIFICATE_LIFETIME,
    )
    fingerprint = None
    if claim.public_key is not None:
        certificate = authority.issue(
            cms.public_key(claim.public_key),
            subject=str(request.pk),
            usage=Usage.SIGNER,
            until=made.expires_at,
        )
        made.certificate = certificates.pem_of(certificate)
        made.attributes = cms.attributes(request.document_sha256, certificate, now)
        fingerprint = cms.fingerprint(certificate)
    made.save(force_insert=True)
    if code is not None:
        SigningCode.objects.filter(pk=code.pk).update(used_at=now)
    _tell(request, made, consent, fingerprint, actor)
    return made


def _tell(
    request: SignatureRequest,
    made: Identification,
    consent: Consent,
    fingerprint: str | None,
    actor: Actor,
) -> None:
    data: dict[str, JSONValue] = {
        "signature": str(request.pk),
        "document_sha256": request.document_sha256,
        "means": made.means,
        "consent_version": consent.version,
        "consent_sha256": consent.sha256,
        "key": made.key,
        "certificate_sha256": fingerprint,
        "expires_at": clock.iso(made.expires_at),
    }
    journal.append(request.dossier.stream, "signature.identified", actor=actor, data=data)


def _refuse_locked(request: SignatureRequest) -> None:
    until = request.code_locked_until
    if until is not None and until > clock.now():
        raise CodeLocked(retry_after=_seconds(until))


def _digest(public_key: bytes | None) -> str:
    return hashing.sha256_hex(public_key) if public_key is not None else ""


def _seconds(until: datetime) -> int:
    return max(1, ceil((until - clock.now()).total_seconds()))
