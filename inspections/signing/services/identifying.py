"""Knowing who signs: the code on the phone, the key, the certificate of one hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from cryptography import x509
from django.db import transaction

from fieldsvc.kernel import clock, hashing, journal
from fieldsvc.kernel.errors import Refusal
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.evidence import certificates
from inspections.signing import cms, rules, selectors
from inspections.signing.errors import (
    CodeExpired,
    CodeLocked,
    CodeTooSoon,
    CodeWrong,
    ConsentChanged,
    IdentityNeeded,
    KeyUnusable,
    NotAskedFor,
)
from inspections.signing.models import (
    Identification,
    SignatureRequest,
    SigningCode,
)
from inspections.signing.services.checking import needs_identity
from inspections.signing.services.common import locked, refuse_answered
from inspections.signing.services.outside import Enrolment, certifier
from inspections.signing.states import BUILT_IN, IdentityResult, Means, SignerKind, SigningKey


@dataclass(frozen=True, slots=True)
class Claim:
    """What the signer's device sends; `certificate_request` is PKCS#10 (DER) signed by the key it
    made, None where it cannot make one."""

    consent_sha256: str
    code: str = ""
    certificate_request: bytes | None = None


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
    """Check code and consent, have the key certified for an hour; journals `signature.identified`.

    The same code with the same key gives the same answer again. Refuses with `not_asked_for`
    where no certificate is needed, `consent_changed`, `key_unusable`, `identity_needed`,
    `signing_code_wrong` (journals `signature.code_wrong`, and counts though it refuses),
    `signing_code_expired`, `signing_code_locked`, `certificate_unavailable` and
    `certificate_refused` (the code still counts for another try), `already_signed`,
    `document_changed`. Electronic Signature Law (电子签名法) art. 13, 16.

    Not to be called in a transaction: a refusal would undo that a wrong try counts, and an
    authority outside takes its time.
    """
    if not selectors.is_certified(request):
        raise NotAskedFor
    refuse_answered(request)
    consent = selectors.consent_for(SignerKind(request.signer))
    if claim.consent_sha256 != consent.sha256:
        raise ConsentChanged
    key_sha256 = _key_digest(request, claim)
    _refuse_unknown(request)
    with transaction.atomic():
        found = locked(request)
        refuse_answered(found)
        code, refusal = _checked(found, claim, key_sha256, actor)
        known = _known(code, key_sha256) if refusal is None else None
    if refusal is not None:
        raise refusal
    if known is not None:
        return known
    made = Identification(code=code, public_key_sha256=key_sha256)
    chain = _enrol(request, claim, made)
    with transaction.atomic():
        found = locked(request)
        refuse_answered(found)
        return _known(code, key_sha256) or _keep(found, made, chain, actor=actor)


def _refuse_unknown(request: SignatureRequest) -> None:
    found = selectors.identity_of(request)
    is_open = found is None or found.result == IdentityResult.DIFFERENT.value
    if is_open and needs_identity(request):
        raise IdentityNeeded


def _key_digest(request: SignatureRequest, claim: Claim) -> str:
    if claim.certificate_request is None:
        return ""
    try:
        key = cms.key_in(claim.certificate_request, str(request.pk))
    except cms.Unusable as error:
        raise KeyUnusable from error
    return hashing.sha256_hex(cms.spki(key))


def _enrol(
    request: SignatureRequest, claim: Claim, made: Identification
) -> Sequence[x509.Certificate]:
    """The signer's certificate and its issuers; none where the server's own key will sign, which
    the built-in root certifies then: nobody licensed vouches for a key that is not the signer's."""
    made.means = (Means.SMS if made.code else Means.SESSION).value
    made.expires_at = clock.now() + rules.CERTIFICATE_LIFETIME
    if claim.certificate_request is None:
        made.key, made.issuer = SigningKey.SERVER.value, BUILT_IN
        return ()
    authority = certifier()
    wanted = Enrolment(claim.certificate_request, str(request.pk), request.name, made.expires_at)
    chain = authority.certify(wanted)
    made.key, made.issuer = SigningKey.DEVICE.value, authority.name
    made.certificate = "".join(certificates.pem_of(one) for one in chain)
    made.expires_at = min(made.expires_at, chain[0].not_valid_after_utc)
    return chain


def _checked(
    request: SignatureRequest, claim: Claim, key_sha256: str, actor: Actor
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
        if code.used_at is not None and _known(code, key_sha256) is None:
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


def _known(code: SigningCode | None, key_sha256: str) -> Identification | None:
    if code is None:
        return None
    return Identification.objects.filter(
        code=code, public_key_sha256=key_sha256, expires_at__gt=clock.now()
    ).first()


def _keep(
    request: SignatureRequest,
    made: Identification,
    chain: Sequence[x509.Certificate],
    *,
    actor: Actor,
) -> Identification:
    code, now = made.code, clock.now()
    unused = SigningCode.objects.filter(pk=code.pk, used_at=None) if code else None
    if unused is not None and not unused.update(used_at=now):
        # The other of two that came at once with the same code and another key.
        raise CodeExpired
    consent = selectors.consent_for(SignerKind(request.signer))
    made.request, made.at = request, now
    made.consent_version, made.consent_sha256 = consent.version, consent.sha256
    if chain:
        made.attributes = cms.attributes(request.document_sha256, chain[0], now)
    made.save(force_insert=True)
    _tell(request, made, cms.fingerprint(chain[0]) if chain else None, actor)
    return made


def _tell(
    request: SignatureRequest, made: Identification, fingerprint: str | None, actor: Actor
) -> None:
    identity = selectors.identity_of(request)
    data: dict[str, JSONValue] = {
        "signature": str(request.pk),
        "document_sha256": request.document_sha256,
        "means": made.means,
        "identity": identity.result if identity else None,
        "consent_version": made.consent_version,
        "consent_sha256": made.consent_sha256,
        "key": made.key,
        "issuer": made.issuer,
        "certificate_sha256": fingerprint,
        "expires_at": clock.iso(made.expires_at),
    }
    journal.append(request.dossier.stream, "signature.identified", actor=actor, data=data)


def _refuse_locked(request: SignatureRequest) -> None:
    until = request.code_locked_until
    if until is not None and until > clock.now():
        raise CodeLocked(retry_after=_seconds(until))


def _seconds(until: datetime) -> int:
    return max(1, ceil((until - clock.now()).total_seconds()))
