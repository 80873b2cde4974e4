"""Who goes out: skills, areas, hours, and the card shown at the door."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from fieldsvc.kernel.errors import NotFound
from fieldsvc.kernel.journal import Actor
from fieldsvc.kernel.masking import mask_phone
from inspections.people import policies, rules
from inspections.people.models import (
    Absence,
    Area,
    AreaAssignment,
    DelegateProfile,
    ExpertTeam,
    Responsibility,
    Shift,
    ShiftException,
    Staff,
)
from inspections.people.rules import Place, Polygon

IsHoliday = Callable[[UUID, date], bool]


@dataclass(frozen=True, slots=True)
class OnDuty:
    """One who is on duty that day; instants are aware, `home` is (longitude, latitude)."""

    staff_id: UUID
    name: str
    skills: frozenset[str]
    areas: tuple[Polygon, ...]
    starts_at: datetime
    ends_at: datetime
    break_earliest: datetime | None
    break_latest: datetime | None
    break_minutes: int
    home: Place
    absences: tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True, slots=True)
class DelegateCard:
    """What the one at the door may know: no number to call but a masked one."""

    name: str
    badge_number: str
    unit: str
    photo_url: str | None
    phone_masked: str
    introduction: str


@dataclass(frozen=True, slots=True)
class _Hours:
    starts: int
    ends: int
    shift: Shift | None


_holidays: Final[list[IsHoliday]] = []


def holidays_by(is_holiday: IsHoliday) -> None:
    """Let a slice above, which keeps the calendar, say which days are a bureau's holidays."""
    _holidays[:] = [is_holiday]


def delegates_of(bureau_id: UUID) -> list[Staff]:
    """Active staff of the bureau who go out (代办专员, 包联专员), by badge number, with all of
    skills, areas, shifts, absences not revoked and profile at hand."""
    everyone = _with_all(Staff.objects.filter(bureau_id=bureau_id, is_active=True))
    return [one for one in everyone if policies.GOES_OUT & set(one.roles)]


def access_delegate(actor: Actor, staff_id: UUID) -> Staff:
    """A delegate of the actor's own bureau; refuses with `not_found`."""
    staff = access_delegates(actor).filter(pk=staff_id).first()
    if staff is None or not policies.GOES_OUT & set(staff.roles):
        raise NotFound
    return staff


def access_delegates(actor: Actor) -> QuerySet[Staff]:
    staff = Staff.objects.filter(is_active=True)
    found = staff.filter(bureau_id=actor.scope) if actor.kind == "staff" else staff.none()
    return _with_all(found)


def access_colleague(actor: Actor, staff_id: UUID) -> Staff:
    """Anybody who works for the actor's own bureau; refuses with `not_found`."""
    staff = access_delegates(actor).filter(pk=staff_id).first()
    if staff is None:
        raise NotFound
    return staff


def access_absence(actor: Actor, absence_id: UUID) -> Absence:
    """An absence within the actor's own bureau; refuses with `not_found`."""
    if actor.kind == "staff":
        found = Absence.objects.select_related("staff").filter(
            pk=absence_id, staff__bureau_id=actor.scope
        )
        if absence := found.first():
            return absence
    raise NotFound


def areas_of(bureau_id: UUID) -> list[Area]:
    areas = Area.objects.filter(bureau_id=bureau_id).prefetch_related("assignments")
    return list(areas.order_by("code"))


def roster(bureau_id: UUID, day: date) -> list[OnDuty]:
    """Who is on duty on that local day, by badge number.

    Shifts are the truth. On a holiday only those with a ShiftException for the day are on duty;
    an absence does not take somebody off the roster, it blocks a part of the day. Without a
    starting place nobody can be sent anywhere: see `start_of`.
    """
    everyone = delegates_of(bureau_id)
    exceptions = {
        one.staff_id: one
        for one in ShiftException.objects.filter(day=day, staff__bureau_id=bureau_id)
    }
    holiday = is_holiday(bureau_id, day)
    found = []
    for staff in everyone:
        hours = _hours(staff, day, exceptions.get(staff.pk), holiday=holiday)
        home = start_of(staff)
        if hours is not None and home is not None:
            found.append(_on_duty(staff, day, hours, home))
    return found


def is_holiday(bureau_id: UUID, day: date) -> bool:
    """Whether the calendar says that this day is a holiday of the bureau."""
    return any(ask(bureau_id, day) for ask in _holidays)


def in_area(polygons: Iterable[Polygon], longitude: float, latitude: float) -> bool:
    """Whether a WGS-84 place lies in one of the areas; the edge belongs to the area."""
    return rules.in_area(polygons, longitude, latitude)


def delegate_card(staff_id: UUID) -> DelegateCard:
    """The card of somebody who goes out; refuses with `not_found`."""
    staff = Staff.objects.select_related("profile").filter(pk=staff_id).first()
    if staff is None:
        raise NotFound
    return card_of(staff)


def card_of(staff: Staff) -> DelegateCard:
    """The same of a row at hand."""
    profile = profile_of(staff)
    return DelegateCard(
        name=staff.name,
        badge_number=staff.badge_number,
        unit=staff.unit,
        photo_url=photo_url(staff),
        phone_masked=mask_phone(profile.phone) if profile and profile.phone else "",
        introduction=profile.introduction if profile else "",
    )


def profile_of(staff: Staff) -> DelegateProfile | None:
    return getattr(staff, "profile", None)


def is_public(staff: Staff) -> bool:
    """Whether this member of staff agreed to be shown to anybody."""
    profile = profile_of(staff)
    return profile is not None and profile.is_public


def photo_url(staff: Staff) -> str | None:
    """Where to fetch the photo: by anybody when it is public, else by the bureau's staff and
    applicants only; None when there is none."""
    profile = profile_of(staff)
    if profile is None or not profile.photo_key:
        return None
    if profile.is_public:
        return f"/api/public/delegates/{staff.pk}/photo"
    return f"/api/people/delegates/{staff.pk}/photo"


def access_photo(actor: Actor, staff_id: UUID) -> str:
    """The blob key of a badge photo, for staff and applicants of the same bureau: whoever comes
    to the door has to be recognised. Refuses with `not_found`."""
    if actor.kind in {"staff", "applicant"}:
        return _photo_key(Staff.objects.filter(bureau_id=actor.scope), staff_id)
    raise NotFound


def public_photo(staff_id: UUID) -> str:
    """The blob key of a photo that anybody may see; refuses with `not_found`."""
    return _photo_key(Staff.objects.filter(profile__is_public=True), staff_id)


def responsibility_of(bureau_id: UUID) -> list[Responsibility]:
    rows = Responsibility.objects.filter(bureau_id=bureau_id, staff__is_active=True)
    return list(rows.select_related("staff", "staff__profile").order_by("level", "title"))


def expert_teams_of(bureau_id: UUID) -> list[ExpertTeam]:
    members = Staff.objects.filter(is_active=True).select_related("profile").order_by("name")
    teams = ExpertTeam.objects.filter(bureau_id=bureau_id).order_by("title")
    return list(teams.prefetch_related(Prefetch("members", queryset=members)))


def skills_on(staff: Staff, day: date) -> frozenset[str]:
    """The codes of the skills held on that local day."""
    return frozenset(
        one.skill
        for one in staff.skills.all()
        if rules.is_held(one.valid_from, one.valid_until, day)
    )


def start_of(staff: Staff) -> Place | None:
    """Where the day's way begins: the profile's place, else a point within the first area."""
    profile = profile_of(staff)
    if profile and profile.home_longitude is not None and profile.home_latitude is not None:
        return profile.home_longitude, profile.home_latitude
    rings = _rings(staff)
    return rules.point_within(rings[0]) if rings else None


def _hours(
    staff: Staff, day: date, exception: ShiftException | None, *, holiday: bool
) -> _Hours | None:
    shift = next((one for one in staff.shifts.all() if one.weekday == day.isoweekday()), None)
    if exception is not None:
        if exception.starts is None or exception.ends is None:
            return None
        return _Hours(exception.starts, exception.ends, shift)
    if holiday or shift is None:
        return None
    return _Hours(shift.starts, shift.ends, shift)


def _on_duty(staff: Staff, day: date, hours: _Hours, home: Place) -> OnDuty:
    starts_at, ends_at = rules.instant(day, hours.starts), rules.instant(day, hours.ends)
    earliest, latest, minutes = _break(hours)
    return OnDuty(
        staff_id=staff.pk,
        name=staff.name,
        skills=skills_on(staff, day),
        areas=_rings(staff),
        starts_at=starts_at,
        ends_at=ends_at,
        break_earliest=None if earliest is None else rules.instant(day, earliest),
        break_latest=None if latest is None else rules.instant(day, latest),
        break_minutes=minutes,
        home=home,
        absences=tuple(
            (one.starts_at, one.ends_at)
            for one in staff.absences.all()
            if one.starts_at < ends_at and one.ends_at > starts_at
        ),
    )


def _break(hours: _Hours) -> tuple[int | None, int | None, int]:
    shift = hours.shift
    if shift is None or shift.break_earliest is None or shift.break_latest is None:
        return None, None, 0
    # A shortened day keeps its break only if all of the break's range lies inside it.
    if hours.starts > shift.break_earliest or hours.ends < shift.break_latest + shift.break_minutes:
        return None, None, 0
    return shift.break_earliest, shift.break_latest, shift.break_minutes


def _rings(staff: Staff) -> tuple[Polygon, ...]:
    return tuple(rules.polygon_of(one.area.polygon) for one in staff.areas.all())


def _with_all(staff: QuerySet[Staff]) -> QuerySet[Staff]:
    return (
        staff.select_related("bureau", "profile")
        .prefetch_related("skills", "shifts", _areas(), _standing_absences())
        .order_by("badge_number", "pk")
    )


def _photo_key(staff: QuerySet[Staff], staff_id: UUID) -> str:
    found = staff.select_related("profile").filter(pk=staff_id, is_active=True).first()
    profile = profile_of(found) if found else None
    if profile is None or not profile.photo_key:
        raise NotFound
    return profile.photo_key


def _areas() -> "Prefetch[str, QuerySet[AreaAssignment], str]":
    rows = AreaAssignment.objects.select_related("area").order_by("area__code")
    return Prefetch("areas", queryset=rows)


def _standing_absences() -> "Prefetch[str, QuerySet[Absence], str]":
    rows = Absence.objects.filter(revoked_at__isnull=True).order_by("starts_at")
    return Prefetch("absences", queryset=rows)
