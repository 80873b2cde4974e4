"""Who may change the working-day calendar."""

from fieldsvc.kernel.errors import NotAllowed, Refusal
from fieldsvc.kernel.journal import Actor
from inspections.people.policies import permit
from inspections.people.states import Role

__all__ = ["abilities", "may_edit_calendar", "permit"]


def may_edit_calendar(actor: Actor) -> Refusal | None:
    allowed = actor.kind == "staff" and Role.ADMINISTRATOR.value in actor.roles
    return None if allowed else NotAllowed()


def abilities(actor: Actor) -> list[str]:
    return ["edit"] if may_edit_calendar(actor) is None else []
