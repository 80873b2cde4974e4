"""Who may see and change the people who go out."""

from uuid import UUID

from fieldsvc.kernel.errors import NotAllowed, NotFound, Refusal
from fieldsvc.kernel.journal import Actor
from inspections.people.models import Staff
from inspections.people.states import Role

GOES_OUT = frozenset({Role.DELEGATE.value, Role.LIAISON.value})
READERS = frozenset({Role.DISPATCHER.value, Role.HEAD.value, Role.ADMINISTRATOR.value})
EDITORS = frozenset({Role.HEAD.value, Role.ADMINISTRATOR.value})


def may_see_delegates(actor: Actor) -> Refusal | None:
    return _has(actor, READERS)


def may_see_areas(actor: Actor) -> Refusal | None:
    """Areas and responsibility are no secret inside the bureau."""
    return None if actor.kind == "staff" else NotAllowed()


def may_edit_delegate(actor: Actor, staff: Staff) -> Refusal | None:
    return _has(actor, EDITORS) or _own_bureau(actor, staff.bureau_id)


def may_edit_bureau(actor: Actor, bureau_id: UUID) -> Refusal | None:
    """Areas, responsibility and expert teams."""
    return _has(actor, EDITORS) or _own_bureau(actor, bureau_id)


def may_report_absence(actor: Actor, staff: Staff) -> Refusal | None:
    """Those who plan the day, and everybody for themselves."""
    if actor.kind == "staff" and actor.id == str(staff.pk):
        return None
    return _has(actor, READERS) or _own_bureau(actor, staff.bureau_id)


def abilities(actor: Actor, staff: Staff) -> list[str]:
    """What the actor may do with this delegate, for the buttons."""
    checks = {
        "edit": may_edit_delegate(actor, staff),
        "report_absence": may_report_absence(actor, staff),
    }
    return [name for name, refusal in checks.items() if refusal is None]


def permit(refusal: Refusal | None) -> None:
    """Raise what a policy answered, if it refused."""
    if refusal is not None:
        raise refusal


def _has(actor: Actor, roles: frozenset[str]) -> Refusal | None:
    return None if actor.kind == "staff" and actor.roles & roles else NotAllowed()


def _own_bureau(actor: Actor, bureau_id: UUID) -> Refusal | None:
    return None if actor.scope == str(bureau_id) else NotFound()
