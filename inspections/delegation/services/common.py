"""What every verb of a delegation needs: the locked row, the system as actor, the facts."""

from collections.abc import Callable
from uuid import UUID

from fieldsvc.kernel import workflow
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor, JournalEntry
from inspections.delegation.errors import DelegationUnknown, ReasonNeeded
from inspections.delegation.models import Delegation
from inspections.people.models import Staff

REASON_LONGEST = 500


def locked(delegation_id: UUID) -> Delegation:
    """The delegation under its row lock; two verbs on one delegation run one after the other.

    Always the first lock of a verb: the board's queue and the chain come behind it. Refuses with
    `delegation_unknown`.
    """
    row = (
        Delegation.objects.select_for_update(of=("self",))
        .select_related("bureau", "dossier", "staff")
        .filter(pk=delegation_id)
        .first()
    )
    if row is None:
        raise DelegationUnknown
    return row


def system(delegation: Delegation) -> Actor:
    """The system acting within the bureau, so that the bureau's screens hear of it."""
    return Actor("system", "system", str(delegation.bureau_id))


def facts(delegation: Delegation, **more: JSONValue) -> dict[str, JSONValue]:
    """The ids every entry of a delegation carries, so that subscribers need no look-up."""
    return {"delegation": str(delegation.pk), "number": delegation.number, **more}


def move(
    delegation: Delegation,
    transition: Callable[[], object] | str,
    kind: str,
    *,
    actor: Actor,
    reason: str = "",
    **data: JSONValue,
) -> JournalEntry:
    """Move the delegation and tell of it; a reason is what somebody wrote, so it is a secret."""
    return workflow.move(
        delegation,
        transition,
        actor=actor,
        kind=kind,
        stream=delegation.stream,
        data=facts(delegation, **data),
        private={"reason": reason} if reason else None,
    )


def wanted_reason(reason: str) -> str:
    """The reason without blanks; refuses with `reason_needed`."""
    text = reason.strip()
    if not 2 <= len(text) <= REASON_LONGEST:
        raise ReasonNeeded({"reason": f"请写 2 至 {REASON_LONGEST} 字"})
    return text


def staff_of(actor: Actor) -> Staff | None:
    return Staff.objects.filter(pk=actor.id).first() if actor.kind == "staff" else None
