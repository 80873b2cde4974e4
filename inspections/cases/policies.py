"""Who may see a case."""

from fieldsvc.kernel.errors import NotAllowed, NotFound, Refusal
from fieldsvc.kernel.journal import Actor
from inspections.cases.models import Case
from inspections.people.states import Role

# Those whose work is cases; auditors read journals, administrators accounts.
READERS = frozenset({Role.INSPECTOR.value, Role.DISPATCHER.value, Role.HEAD.value})


def may_see(actor: Actor, case: Case) -> Refusal | None:
    """Another bureau's, client's or applicant's case does not even exist for the asker."""
    if actor.scope != str(case.bureau_id):
        return NotFound()
    if actor.kind == "staff":
        return None if actor.roles & READERS else NotAllowed()
    if actor.kind == "client":
        return None if actor.id == str(case.client_id) else NotFound()
    if actor.kind == "applicant":
        return None if actor.id == str(case.pk) else NotFound()
    return NotFound()


def may_list(actor: Actor) -> Refusal | None:
    return None if actor.kind == "staff" and actor.roles & READERS else NotAllowed()


def may_hand_in(actor: Actor) -> Refusal | None:
    return None if actor.kind == "client" else NotAllowed()
