"""实名核验: whether an applicant's name and citizen's number belong together."""

from django.db import transaction

from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.errors import Invalid
from fieldsvc.kernel.journal import Actor
from inspections.signing import rules, selectors
from inspections.signing.errors import IdentityDifferent, IdentityTriesSpent, NotAskedFor
from inspections.signing.models import IdentityCheck, SignatureRequest
from inspections.signing.services.common import locked, refuse_answered
from inspections.signing.services.outside import Found, IdentityService, identity_service
from inspections.signing.states import IdentityResult


def needs_identity(request: SignatureRequest) -> bool:
    """Of applicants, where the bureau has somebody to ask; staff are known by their account."""
    return selectors.needs_code(request) and identity_service() is not None


def check_identity(request: SignatureRequest, number: str, *, actor: Actor) -> IdentityCheck:
    """Ask the identity service about the applicant; journals `signature.identity_checked` with its
    answer and its reference. The number is handed on and kept nowhere.

    A service that does not answer keeps nobody from signing: that is journalled and shown instead.
    Refuses with `not_asked_for`, `invalid` for what is no citizen's number, `identity_different`
    (counts though it refuses), `identity_tries_spent`, `already_signed`, `document_changed`.

    Not to be called in a transaction: the service takes its time.
    """
    service = identity_service()
    if service is None or not needs_identity(request):
        raise NotAskedFor
    if not rules.is_identity_number(number):
        raise Invalid({"number": "身份证号码应为 18 位，请核对"})
    refuse_answered(request)
    known = selectors.identity_of(request)
    if known is not None and known.result == IdentityResult.MATCHED.value:
        return known
    if _tries_left(request) <= 0:
        raise IdentityTriesSpent
    found = service.check(request.name, number.upper())
    check = _note(request, service, found, actor)
    if found.result is IdentityResult.DIFFERENT:
        raise IdentityDifferent(fields={"tries_left": _tries_left(request)})
    return check


def _note(
    request: SignatureRequest, service: IdentityService, found: Found, actor: Actor
) -> IdentityCheck:
    with transaction.atomic():
        mine = locked(request)
        refuse_answered(mine)
        check = IdentityCheck.objects.create(
            request=mine,
            result=found.result.value,
            service=service.name,
            reference=found.reference,
            at=clock.now(),
        )
        journal.append(
            mine.dossier.stream,
            "signature.identity_checked",
            actor=actor,
            data={
                "signature": str(mine.pk),
                "result": check.result,
                "service": check.service,
                "reference": check.reference,
            },
        )
        return check


def _tries_left(request: SignatureRequest) -> int:
    wrong = request.identity_checks.filter(result=IdentityResult.DIFFERENT.value)
    return rules.IDENTITY_TRIES - wrong.count()
