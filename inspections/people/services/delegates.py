"""One save of the people page: whatever of a delegate was changed there, together or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F

from fieldsvc.kernel.errors import StaleVersion
from fieldsvc.kernel.journal import Actor
from inspections.people.models import Staff
from inspections.people.services.workforce import (
    NewProfile,
    NewShift,
    NewSkill,
    assign_areas,
    set_profile,
    set_shifts,
    set_skills,
)


@dataclass(frozen=True, slots=True)
class DelegateChange:
    """What is None stays as it is; anything else takes the place of the old."""

    profile: NewProfile | None = None
    skills: Sequence[NewSkill] | None = None
    shifts: Sequence[NewShift] | None = None
    area_ids: Sequence[UUID] | None = None


@transaction.atomic
def change_delegate(staff: Staff, version: int, change: DelegateChange, *, actor: Actor) -> None:
    """Put the changed parts in place of the old ones; `version` is the one that was read.

    Refuses, with nothing changed: `stale_version` (fields.version is the present one) when
    somebody saved in between, `profile_refused`, `skill_refused`, `shift_refused`, `not_found`,
    `not_a_delegate`. Journal: `staff.profile_set`, `staff.skills_set`, `staff.shifts_set`,
    `staff.areas_set`, one for each part.
    """
    row = Staff.objects.filter(pk=staff.pk)
    if row.filter(version=version).update(version=F("version") + 1) != 1:
        raise StaleVersion({"version": row.values_list("version", flat=True).get()})
    if change.profile is not None:
        set_profile(staff, change.profile, actor=actor)
    if change.skills is not None:
        set_skills(staff, change.skills, actor=actor)
    if change.shifts is not None:
        set_shifts(staff, change.shifts, actor=actor)
    if change.area_ids is not None:
        assign_areas(staff, change.area_ids, actor=actor)
