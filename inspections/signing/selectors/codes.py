"""The codes sent to a signer's phone, and what they prove."""

import hmac
from uuid import UUID

from django.conf import settings

from fieldsvc.kernel import clock
from inspections.signing import rules
from inspections.signing.models import (
    Identification,
    IdentityCheck,
    SignatureRequest,
    SigningCode,
)
from inspections.signing.states import Assurance, SignatureState, SignerKind


def needs_code(request: SignatureRequest) -> bool:
    """An applicant is known by a link alone; staff by the account they are signed in with."""
    return is_certified(request) and request.signer == SignerKind.APPLICANT.value


def is_certified(request: SignatureRequest) -> bool:
    return bool(request.assurance == Assurance.CERTIFIED.value)


def newest_code(request: SignatureRequest) -> SigningCode | None:
    return request.codes.order_by("-sent_at", "-pk").first()


def code(code_id: UUID) -> SigningCode:
    """One code by its id (as journalled), with its request."""
    return SigningCode.objects.select_related("request").get(pk=code_id)


def is_live(code_id: UUID) -> bool:
    """Whether a code may be used; no more once it expired, was used, or has nothing to sign."""
    return SigningCode.objects.filter(
        pk=code_id,
        used_at__isnull=True,
        expires_at__gt=clock.now(),
        request__state=SignatureState.PENDING.value,
    ).exists()


def digits_of(code: SigningCode) -> str:
    """The six digits; whoever calls this sends them to the signer and keeps them nowhere."""
    request = code.request
    secret = settings.SECRET_KEY.encode()
    return rules.code_of(secret, code.pk, request.signer_id, request.document_sha256)


def fits(code: SigningCode, digits: str) -> bool:
    return hmac.compare_digest(digits_of(code).encode(), digits.encode())


def identification_of(request: SignatureRequest) -> Identification | None:
    """The newest identification, expired or not."""
    return request.identifications.order_by("-at", "-pk").first()


def identity_of(request: SignatureRequest) -> IdentityCheck | None:
    """The newest answer of an identity service about the signer."""
    return request.identity_checks.order_by("-at", "-pk").first()


def pages_left(request: SignatureRequest) -> list[int]:
    """Pages the applicant has not opened yet; nobody else has to show that he read."""
    if not needs_code(request):
        return []
    return [page for page in range(1, request.pages + 1) if page not in request.pages_read]
