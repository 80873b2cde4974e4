"""委托书: drafting, signing, revoking, running out."""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import clock, ids, journal, workflow
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.catalog import selectors as catalog
from inspections.delegation import policies, rules
from inspections.delegation.errors import (
    DelegationClosed,
    MandateInForce,
    MandateInvalid,
    MandateUnknown,
)
from inspections.delegation.models import Delegation, Mandate
from inspections.delegation.services.common import facts, locked, move, system, wanted_reason
from inspections.delegation.services.visits import give_up_visit
from inspections.delegation.states import OPEN_STATES, DelegationState, MandateState, SignedWay

_LIVING = [MandateState.DRAFT.value, MandateState.SIGNED.value]


def possible_scope(delegation: Delegation) -> dict[str, str]:
    """Every action an applicant may give away for these items: code → title."""
    found: dict[str, str] = {}
    for code in delegation.items:
        for one in catalog.get_guide(code, delegation.guides[code]).mandate_actions:
            found.setdefault(one.code, one.title)
    return found


@transaction.atomic
def draft_mandate(
    delegation_id: UUID, scope: list[str], valid_until: date, *, actor: Actor
) -> Mandate:
    """Draw up a mandate over `scope` (action codes of the items), good through `valid_until`.

    An unsigned draft is replaced. Refuses with `mandate_invalid` (fields.errors),
    `mandate_in_force` while a signed one stands, `delegation_closed`. Journal: `mandate.drafted`.
    """
    delegation = locked(delegation_id)
    refusal = policies.may_run(actor, delegation)
    if refusal is not None:
        raise refusal
    if delegation.state not in OPEN_STATES:
        raise DelegationClosed
    wanted = list(dict.fromkeys(scope))
    _check(delegation, wanted, valid_until)
    if delegation.mandates.filter(state=MandateState.SIGNED.value).exists():
        raise MandateInForce
    end_mandates(delegation, "REPLACED", "", actor=actor)
    mandate = Mandate.objects.create(
        id=ids.new(),
        delegation=delegation,
        number=rules.mandate_number(delegation.number, delegation.mandates.count() + 1),
        scope=wanted,
        items=list(delegation.items),
        valid_until=valid_until,
        drafted_at=clock.now(),
    )
    _tell(mandate, delegation, "mandate.drafted", actor)
    return mandate


@transaction.atomic
def note_mandate_signed(mandate_id: UUID, way: SignedWay, *, actor: Actor) -> Mandate:
    """The applicant has signed: it is in force from now. A second time changes nothing.

    Refuses with `mandate_unknown`, `transition_refused` for one that has ended. Journal:
    `mandate.signed` {way}.
    """
    delegation, mandate = _locked(mandate_id)
    if mandate.state == MandateState.SIGNED.value:
        return mandate
    workflow.move(
        mandate,
        lambda: mandate.sign(at=clock.now(), way=way.value),
        actor=actor,
        kind="mandate.signed",
        stream=delegation.stream,
        data=_facts(mandate, delegation, way=way.value),
    )
    return mandate


@transaction.atomic
def revoke_mandate(delegation_id: UUID, reason: str, *, actor: Actor) -> Delegation:
    """The applicant takes the mandate back, at any time: nothing more may be done under it.

    A visit that has not reached the door is given up; a delegate who is inside learns it from the
    entry (`told` in it). A delegation under way is suspended. Refuses with `mandate_unknown`,
    `reason_needed` (desk only: an applicant owes none), `not_allowed`. Journal: `mandate.revoked`,
    `visit.cancelled`, `delegation.suspended`.
    """
    delegation = locked(delegation_id)
    refusal = policies.may_revoke(actor, delegation)
    if refusal is not None:
        raise refusal
    text = reason.strip()[:500] if actor.kind == "applicant" else wanted_reason(reason)
    signed = delegation.mandates.filter(state=MandateState.SIGNED.value).exists()
    if not delegation.mandates.filter(state__in=_LIVING).exists():
        raise MandateUnknown
    gone = give_up_visit(delegation, "MANDATE_REVOKED", actor=actor) if signed else True
    end_mandates(delegation, "REVOKED", text, actor=actor, told=not gone)
    if signed and delegation.state in policies.WORKING:
        before = delegation.state
        move(
            delegation,
            lambda: delegation.suspend(at=clock.now(), resumes_to=before),
            "delegation.suspended",
            actor=system(delegation),
            cause="MANDATE_REVOKED",
        )
    return delegation


def end_mandates(
    delegation: Delegation, cause: str, reason: str, *, actor: Actor, told: bool = False
) -> None:
    """Revoke what is living; the caller holds the delegation. Journal: `mandate.revoked`."""
    for mandate in delegation.mandates.filter(state__in=_LIVING):
        _end(mandate, delegation, cause, reason, actor, told=told)


def expire_mandates() -> int:
    """End every mandate whose last day is over and say how many. Journal: `mandate.expired`."""
    today = rules.local_day(clock.now())
    due = Mandate.objects.filter(state__in=_LIVING, valid_until__lt=today)
    return sum(_expire(mandate_id) for mandate_id in due.values_list("pk", flat=True))


@transaction.atomic
def _expire(mandate_id: UUID) -> bool:
    delegation, mandate = _locked(mandate_id)
    if mandate.state not in _LIVING:
        return False
    workflow.move(
        mandate,
        lambda: mandate.expire(at=clock.now()),
        actor=system(delegation),
        kind="mandate.expired",
        stream=delegation.stream,
        data=_facts(mandate, delegation),
    )
    return True


def _end(
    mandate: Mandate,
    delegation: Delegation,
    cause: str,
    reason: str,
    actor: Actor,
    *,
    told: bool,
) -> None:
    workflow.move(
        mandate,
        lambda: mandate.revoke(at=clock.now(), reason=reason),
        actor=actor,
        kind="mandate.revoked",
        stream=delegation.stream,
        data=_facts(mandate, delegation, cause=cause, told=told),
        private={"reason": reason} if reason else None,
    )


def _check(delegation: Delegation, scope: list[str], valid_until: date) -> None:
    today = rules.local_day(clock.now())
    known = possible_scope(delegation)
    errors: dict[str, str] = {}
    if not scope:
        errors["scope"] = "请至少选择一项授权"
    elif any(code not in known for code in scope):
        errors["scope"] = "有的授权不属于所办事项"
    if not today <= valid_until <= today + timedelta(days=2 * rules.MANDATE_DAYS):
        errors["valid_until"] = f"有效期应从今天起，最长 {2 * rules.MANDATE_DAYS} 天"
    if errors:
        raise MandateInvalid(errors)


def _locked(mandate_id: UUID) -> tuple[Delegation, Mandate]:
    owner = Mandate.objects.filter(pk=mandate_id).values_list("delegation_id", flat=True).first()
    if owner is None:
        raise MandateUnknown
    delegation = locked(owner)
    return delegation, Mandate.objects.select_for_update().get(pk=mandate_id)


def _tell(mandate: Mandate, delegation: Delegation, kind: str, actor: Actor) -> None:
    journal.append(
        delegation.stream,
        kind,
        actor=actor,
        data=_facts(
            mandate,
            delegation,
            scope=list(mandate.scope),
            items=list(mandate.items),
            valid_until=mandate.valid_until.isoformat(),
            renewal=delegation.state == DelegationState.SUSPENDED.value,
        ),
    )


def _facts(mandate: Mandate, delegation: Delegation, **more: JSONValue) -> dict[str, JSONValue]:
    told = {"mandate": str(mandate.pk), "mandate_number": mandate.number}
    return facts(delegation, **told, **more)
