"""Who may see how results are handed over, and who may start one anew."""

from fieldsvc.kernel.errors import NotAllowed, Refusal
from fieldsvc.kernel.journal import Actor
from inspections.cases.models import Case
from inspections.cases.policies import may_see
from inspections.people.states import Role

REPLAYERS = frozenset({Role.HEAD.value, Role.ADMINISTRATOR.value})


def may_read(actor: Actor, case: Case) -> Refusal | None:
    """Staff and approval system that may see the case; administrators too, who see no case."""
    if actor.kind not in {"staff", "client"}:
        return NotAllowed()
    if _is_administrator(actor) and actor.scope == str(case.bureau_id):
        return None
    return may_see(actor, case)


def may_replay(actor: Actor) -> Refusal | None:
    return None if actor.kind == "staff" and actor.roles & REPLAYERS else NotAllowed()


def _is_administrator(actor: Actor) -> bool:
    return actor.kind == "staff" and Role.ADMINISTRATOR.value in actor.roles
