"""Who may read and settle what people said; those who were rated never, whatever else they are."""

from fieldsvc.kernel.errors import NotAllowed, NotFound, Refusal
from fieldsvc.kernel.journal import Actor
from inspections.aftercare.errors import NotTheOwner
from inspections.aftercare.models import FollowUp, Remedy, SupervisorSample, Unresolved
from inspections.people.states import Role

CALLERS = frozenset({Role.DISPATCHER.value, Role.HEAD.value})
READERS = CALLERS | {Role.AUDITOR.value}
HEADS = frozenset({Role.HEAD.value})
DRAWERS = frozenset({Role.HEAD.value, Role.AUDITOR.value})


def may_list_remedies(actor: Actor) -> Refusal | None:
    return _role(actor, READERS)


def may_see_remedy(actor: Actor, remedy: Remedy) -> Refusal | None:
    """For the rated a remedy does not exist: it would tell them that they were rated."""
    if actor.kind == "staff" and remedy.rating.rated.filter(pk=actor.id).exists():
        return NotFound() if actor.roles & READERS else NotAllowed()
    return _own_bureau(actor, remedy.bureau_id, READERS)


def may_close_remedy(actor: Actor, remedy: Remedy) -> Refusal | None:
    refusal = _role(actor, CALLERS)
    if refusal is not None:
        return refusal
    if str(remedy.owner_id) == actor.id or actor.roles & HEADS:
        return None
    return NotTheOwner()


def may_assign_remedy(actor: Actor) -> Refusal | None:
    return _role(actor, HEADS)


def may_list_follow_ups(actor: Actor) -> Refusal | None:
    return _role(actor, READERS)


def may_see_follow_up(actor: Actor, call: FollowUp) -> Refusal | None:
    """Nobody calls back about a service of their own, nor learns that somebody will."""
    if actor.kind == "staff" and call.rated.filter(pk=actor.id).exists():
        return NotFound() if actor.roles & READERS else NotAllowed()
    return _own_bureau(actor, call.bureau_id, READERS)


def may_call(actor: Actor) -> Refusal | None:
    return _role(actor, CALLERS)


def may_list_unresolved(actor: Actor) -> Refusal | None:
    return _role(actor, READERS)


def may_see_unresolved(actor: Actor, row: Unresolved) -> Refusal | None:
    return _own_bureau(actor, row.bureau_id, READERS)


def may_handle_unresolved(actor: Actor) -> Refusal | None:
    return _role(actor, CALLERS)


def may_approve_unresolved(actor: Actor) -> Refusal | None:
    """The 分办呈批表 is signed, and time given, by a head."""
    return _role(actor, HEADS)


def may_list_samples(actor: Actor) -> Refusal | None:
    return _role(actor, DRAWERS)


def may_see_sample(actor: Actor, sample: SupervisorSample) -> Refusal | None:
    return _own_bureau(actor, sample.bureau_id, DRAWERS)


def may_see_summary(actor: Actor) -> Refusal | None:
    return None if actor.kind == "staff" else NotAllowed()


def _role(actor: Actor, roles: frozenset[str]) -> Refusal | None:
    return None if actor.kind == "staff" and actor.roles & roles else NotAllowed()


def _own_bureau(actor: Actor, bureau_id: object, roles: frozenset[str]) -> Refusal | None:
    if _role(actor, roles) is not None:
        return NotAllowed()
    return None if actor.scope == str(bureau_id) else NotFound()
