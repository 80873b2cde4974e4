"""Who may do what with a delegation; the same answers go to the client as `abilities`."""

from datetime import datetime

from fieldsvc.kernel import clock
from fieldsvc.kernel.errors import NotAllowed, Refusal
from fieldsvc.kernel.journal import Actor
from inspections.delegation import rules
from inspections.delegation.errors import (
    DelegationClosed,
    DelegationUnknown,
    MandateExpired,
    MandateMissing,
    MandateRevoked,
    OutsideMandate,
)
from inspections.delegation.models import Delegation, Mandate
from inspections.delegation.states import (
    OPEN_STATES,
    DelegationState,
    MandateState,
    PersonType,
)
from inspections.dispatch.models import DispatchOrder
from inspections.dispatch.states import LIVE
from inspections.people.states import Role

DESK = frozenset({Role.DISPATCHER.value, Role.HEAD.value})
FIELD = frozenset({Role.DELEGATE.value, Role.LIAISON.value})
WORKING = frozenset({DelegationState.ACCEPTED.value, DelegationState.HANDLING.value})
# Until it is on file: what a phone still holds of a suspended or delivered one must get in.
TAKES_FILES = frozenset(
    {
        *OPEN_STATES,
        DelegationState.DELIVERED.value,
        DelegationState.TERMINATED.value,
    }
)


def may_list(actor: Actor) -> Refusal | None:
    """Dispatchers and heads see all of the bureau's, delegates their own."""
    return None if actor.kind == "staff" and actor.roles & (DESK | FIELD) else NotAllowed()


def may_register(actor: Actor) -> Refusal | None:
    """Dispatchers and heads; the public form and the system register for their bureau, too."""
    if actor.kind in {"anonymous", "system"} and actor.scope:
        return None
    return None if actor.kind == "staff" and actor.roles & DESK else NotAllowed()


def may_see(actor: Actor, delegation: Delegation) -> Refusal | None:
    """Another bureau's, delegate's or applicant's delegation does not exist for the asker."""
    if actor.kind == "applicant":
        return None if actor.id == str(delegation.pk) else DelegationUnknown()
    if actor.kind != "staff" or not actor.roles & (DESK | FIELD):
        return NotAllowed()
    if actor.scope != str(delegation.bureau_id):
        return DelegationUnknown()
    if actor.roles & DESK or is_sent(actor, delegation):
        return None
    return DelegationUnknown()


def may_run(actor: Actor, delegation: Delegation) -> Refusal | None:
    """The verbs of the desk."""
    return may_see(actor, delegation) or (None if actor.roles & DESK else NotAllowed())


def may_work(actor: Actor, delegation: Delegation) -> Refusal | None:
    """The verbs of the field: only the delegate whose delegation it is."""
    return may_see(actor, delegation) or (
        None if actor.roles & FIELD and is_sent(actor, delegation) else NotAllowed()
    )


def may_revoke(actor: Actor, delegation: Delegation) -> Refusal | None:
    """The applicant whose mandate it is; the desk when the applicant asks for it."""
    if actor.kind == "applicant":
        return may_see(actor, delegation)
    return may_run(actor, delegation)


def may_choose(actor: Actor, delegation: Delegation) -> Refusal | None:
    """A firm picks its delegate; for a person the desk does."""
    if actor.kind == "applicant":
        own = delegation.person_type == PersonType.FIRM.value
        return may_see(actor, delegation) or (None if own else NotAllowed())
    return may_run(actor, delegation)


def is_sent(actor: Actor, delegation: Delegation) -> bool:
    """Whether the actor is the delegate, or holds a living order for the visit."""
    if actor.kind != "staff":
        return False
    if str(delegation.staff_id) == actor.id:
        return True
    if delegation.visit is None:
        return False
    orders = DispatchOrder.objects.filter(visit_id=delegation.visit, staff_id=actor.id)
    return orders.filter(state__in=LIVE).exists()


def is_working(delegation: Delegation) -> Refusal | None:
    """Whether anything may be done for the applicant now."""
    return None if delegation.state in WORKING else DelegationClosed()


def may_act(
    delegation: Delegation, action: str, occurred_at: datetime | None = None
) -> Refusal | None:
    """Whether a mandate covers `action`; "" asks for a living mandate only.

    What the delegate did before a revocation or the expiry (by the phone's time) and could only
    send afterwards is still covered: the record must not lose it. Refuses with `mandate_missing`,
    `mandate_revoked`, `mandate_expired`, `outside_mandate`.
    """
    now = clock.now()
    signed = list(delegation.mandates.filter(signed_at__isnull=False).order_by("-drafted_at"))
    if not signed:
        return MandateMissing()
    for mandate in signed:
        if _covers(mandate, occurred_at or now, now):
            return _within(mandate, action)
    newest = signed[0]
    return MandateRevoked() if newest.state == MandateState.REVOKED.value else MandateExpired()


def honest(occurred_at: datetime) -> datetime:
    """The phone's time, but never later than the server's: a clock ahead gains nothing."""
    return min(occurred_at, clock.now())


def is_late(delegation: Delegation) -> bool:
    """Whether no mandate is in force any more, so that what is told now happened before."""
    today = rules.local_day(clock.now())
    living = delegation.mandates.filter(state=MandateState.SIGNED.value, valid_until__gte=today)
    return not living.exists()


def abilities(actor: Actor, delegation: Delegation) -> list[str]:
    """What this actor could do now, by name; sent to the client as it is."""
    if actor.kind == "applicant":
        return _applicant_abilities(delegation)
    found = []
    if may_run(actor, delegation) is None:
        found.extend(_DESK_ABILITIES[delegation.state])
        if not delegation.called_back_at:
            found.append("delegation.call_back")
        if delegation.longitude is None and delegation.state in OPEN_STATES:
            found.append("delegation.locate")
    if may_work(actor, delegation) is None and is_working(delegation) is None:
        found.extend(["step.finish", "document.hand_over", "file.add"])
    return found


_RUNNING = ["delegation.suspend", "delegation.terminate", "mandate.draft", "step.finish"]
_DESK_ABILITIES: dict[str, list[str]] = {
    DelegationState.REGISTERED.value: [
        "delegation.accept",
        "delegation.terminate",
        "delegate.choose",
        "mandate.draft",
    ],
    DelegationState.ACCEPTED.value: [*_RUNNING, "delegate.choose"],
    DelegationState.HANDLING.value: [*_RUNNING, "delegation.deliver"],
    DelegationState.SUSPENDED.value: [
        "delegation.resume",
        "delegation.terminate",
        "mandate.draft",
    ],
    DelegationState.DELIVERED.value: ["delegation.archive"],
    DelegationState.ARCHIVED.value: ["delegation.report"],
    DelegationState.REPORTED.value: [],
    DelegationState.FOLLOWED_UP.value: [],
    DelegationState.TERMINATED.value: [],
}


def _applicant_abilities(delegation: Delegation) -> list[str]:
    found = ["door.report"]
    if delegation.mandates.filter(
        state__in=[MandateState.DRAFT.value, MandateState.SIGNED.value]
    ).exists():
        found.append("mandate.revoke")
    if delegation.staff_id is None and delegation.person_type == PersonType.FIRM.value:
        found.append("delegate.choose")
    return found


def _covers(mandate: Mandate, at: datetime, now: datetime) -> bool:
    if mandate.state == MandateState.SIGNED.value:
        when = now if rules.local_day(now) <= mandate.valid_until else at
        return rules.local_day(when) <= mandate.valid_until
    return mandate.ended_at is not None and at < mandate.ended_at


def _within(mandate: Mandate, action: str) -> Refusal | None:
    if action and action not in mandate.scope:
        return OutsideMandate({"action": action, "scope": list(mandate.scope)})
    return None
