"""Who reads the ledger, who speaks at the Monday meeting."""

from fieldsvc.kernel.errors import NotAllowed, NotFound, Refusal
from fieldsvc.kernel.journal import Actor
from inspections.ledger.models import Decision, Obstacle
from inspections.people.states import Role

READERS = frozenset({Role.HEAD.value, Role.DISPATCHER.value, Role.AUDITOR.value})
SPEAKERS = frozenset({Role.HEAD.value, Role.DISPATCHER.value})
HEADS = frozenset({Role.HEAD.value})


def may_read(actor: Actor) -> Refusal | None:
    return _role(actor, READERS)


def may_speak(actor: Actor) -> Refusal | None:
    """Bring up an obstacle, take one over, settle it."""
    return _role(actor, SPEAKERS)


def may_decide(actor: Actor) -> Refusal | None:
    """Decisions and the frozen report are the head's."""
    return _role(actor, HEADS)


def may_see(actor: Actor, row: Obstacle | Decision) -> Refusal | None:
    refusal = may_read(actor)
    if refusal is not None:
        return refusal
    return None if actor.scope == str(row.bureau_id) else NotFound()


def _role(actor: Actor, roles: frozenset[str]) -> Refusal | None:
    return None if actor.kind == "staff" and actor.roles & roles else NotAllowed()
