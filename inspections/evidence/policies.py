"""Who keeps dossiers: the head proposes, an administrator confirms, an auditor reads."""

from fieldsvc.kernel.errors import NotAllowed, Refusal
from fieldsvc.kernel.journal import Actor
from inspections.people.states import Role

KEEPERS = frozenset({Role.HEAD.value, Role.ADMINISTRATOR.value})


def may_see_custody(actor: Actor) -> Refusal | None:
    return _has(actor, KEEPERS | {Role.AUDITOR.value})


def may_hold(actor: Actor) -> Refusal | None:
    return _has(actor, KEEPERS)


def may_propose_disposal(actor: Actor) -> Refusal | None:
    return _has(actor, frozenset({Role.HEAD.value}))


def may_confirm_disposal(actor: Actor) -> Refusal | None:
    return _has(actor, frozenset({Role.ADMINISTRATOR.value}))


def may_upload(actor: Actor) -> Refusal | None:
    return None if actor.kind in {"staff", "applicant"} else NotAllowed()


def permit(refusal: Refusal | None) -> None:
    """Raise what a policy answered, if it refused."""
    if refusal is not None:
        raise refusal


def _has(actor: Actor, roles: frozenset[str]) -> Refusal | None:
    return None if actor.kind == "staff" and actor.roles & roles else NotAllowed()
