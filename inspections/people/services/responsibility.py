"""包联责任制: the four levels, and the expert teams behind the delegates."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from fieldsvc.kernel import journal
from fieldsvc.kernel.errors import NotFound
from fieldsvc.kernel.journal import Actor
from inspections.people.models import Bureau, ExpertTeam, Responsibility, Staff
from inspections.people.states import ResponsibilityLevel


@dataclass(frozen=True, slots=True)
class NewTeam:
    title: str
    scope: str
    members: Iterable[Staff]


@transaction.atomic
def set_responsibility(
    level: ResponsibilityLevel, title: str, staff: Staff, *, actor: Actor
) -> Responsibility:
    """Let that member of staff answer for `title` at that level of the own bureau.

    The newest word holds for a title. Journal: `responsibility.set`.
    """
    row, _ = Responsibility.objects.update_or_create(
        bureau_id=staff.bureau_id, level=level.value, title=title, defaults={"staff": staff}
    )
    data = {"responsibility": str(row.pk), "level": level.value, "staff": str(staff.pk)}
    journal.append(f"bureau:{staff.bureau_id}", "responsibility.set", actor=actor, data=data)
    return row


@transaction.atomic
def set_expert_team(bureau: Bureau, new: NewTeam, *, actor: Actor) -> ExpertTeam:
    """Create an expert team of the bureau or bring the one of this title up to date.

    Refuses with `not_found` a member of another bureau. Journal: `expert_team.set`.
    """
    members = list(new.members)
    if any(one.bureau_id != bureau.pk for one in members):
        raise NotFound({"what": "staff"})
    team, _ = ExpertTeam.objects.update_or_create(
        bureau=bureau, title=new.title, defaults={"scope": new.scope}
    )
    team.members.set(members)
    data = {"team": str(team.pk)}
    journal.append(f"bureau:{bureau.pk}", "expert_team.set", actor=actor, data=data)
    return team
