"""Being away, and being back."""

from datetime import datetime

from django.db import transaction

from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.errors import Conflict
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.people import policies, rules
from inspections.people.errors import AbsenceOver, AbsenceRefused, NotADelegate
from inspections.people.models import Absence, Staff
from inspections.people.states import AbsenceReason


@transaction.atomic
def report_absence(
    staff: Staff, span: tuple[datetime, datetime], reason: AbsenceReason, *, actor: Actor
) -> Absence:
    """Note that somebody is away in that half-open span; overlapping absences are fine.

    Refuses with `not_a_delegate`, `absence_refused`. Journal: `staff.absent` on `bureau:<id>` with
    {staff, starts_at, ends_at, absence}; those who plan start from there. The reason is personal
    and stays out of the chain.
    """
    if not policies.GOES_OUT & set(staff.roles):
        raise NotADelegate
    starts_at, ends_at = span
    if not starts_at < ends_at <= starts_at + rules.MAX_ABSENCE:
        raise AbsenceRefused({"ends_at": "结束时间要晚于开始时间，且不超过一年"})
    absence = Absence.objects.create(
        staff=staff,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason.value,
        reported_at=clock.now(),
    )
    _note(absence, "staff.absent", actor)
    return absence


@transaction.atomic
def revoke_absence(absence: Absence, *, actor: Actor) -> Absence:
    """Undo an absence that is not over yet; doing it again changes nothing.

    Refuses with `absence_over`. Journal: `staff.back` on `bureau:<id>`, the same data.
    """
    now = clock.now()
    if absence.revoked_at is not None:
        return absence
    if absence.ends_at <= now:
        raise AbsenceOver
    revoked = Absence.objects.filter(pk=absence.pk, revoked_at__isnull=True).update(revoked_at=now)
    if revoked != 1:
        raise Conflict
    absence.revoked_at = now
    _note(absence, "staff.back", actor)
    return absence


def _note(absence: Absence, kind: str, actor: Actor) -> None:
    data: dict[str, JSONValue] = {
        "staff": str(absence.staff_id),
        "absence": str(absence.pk),
        "starts_at": clock.iso(absence.starts_at),
        "ends_at": clock.iso(absence.ends_at),
    }
    journal.append(f"bureau:{absence.staff.bureau_id}", kind, actor=actor, data=data)
