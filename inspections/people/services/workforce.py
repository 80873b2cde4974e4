"""What those who go out can do, where and when: skills, areas, shifts, profile."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.errors import NotFound
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.people import media, policies, rules
from inspections.people.errors import (
    AreaRefused,
    NotADelegate,
    ProfileRefused,
    ShiftRefused,
    SkillRefused,
)
from inspections.people.models import (
    Area,
    AreaAssignment,
    Bureau,
    DelegateProfile,
    Shift,
    ShiftException,
    SkillHolding,
    Staff,
)
from inspections.people.rules import Place
from inspections.people.states import Skill


@dataclass(frozen=True, slots=True)
class NewShift:
    """One weekday (ISO, 1 is Monday); times in minutes of the local day."""

    weekday: int
    starts: int
    ends: int
    break_earliest: int | None = None
    break_latest: int | None = None
    break_minutes: int = 0


@dataclass(frozen=True, slots=True)
class NewSkill:
    skill: Skill
    valid_from: date
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class NewProfile:
    """`home` is (longitude, latitude) in WGS-84 degrees; None leaves what is known as it is."""

    phone: str | None = None
    home: Place | None = None
    introduction: str | None = None
    is_public: bool | None = None


@transaction.atomic
def hold_skill(
    staff: Staff,
    skill: Skill,
    *,
    actor: Actor,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> SkillHolding:
    """Let somebody hold a skill from one local day to another; the newest word holds.

    `valid_from` is today by default, `valid_until` None means for good. Refuses with
    `not_a_delegate`, `skill_refused`. Journal: `staff.skill_held`.
    """
    _must_go_out(staff)
    start = valid_from or rules.local_day(clock.now())
    _check_skill(NewSkill(skill, start, valid_until))
    holding, _ = SkillHolding.objects.update_or_create(
        staff=staff,
        skill=skill.value,
        defaults={"valid_from": start, "valid_until": valid_until},
    )
    _note(staff, "staff.skill_held", actor, {"skill": skill.value})
    return holding


@transaction.atomic
def drop_skill(staff: Staff, skill: Skill, *, actor: Actor) -> None:
    """Take a skill away; nothing happens when it is not held. Journal: `staff.skill_dropped`."""
    deleted, _ = SkillHolding.objects.filter(staff=staff, skill=skill.value).delete()
    if deleted:
        _note(staff, "staff.skill_dropped", actor, {"skill": skill.value})


@transaction.atomic
def set_skills(staff: Staff, skills: Iterable[NewSkill], *, actor: Actor) -> None:
    """Put these skills in place of all that were held.

    Refuses with `not_a_delegate`, `skill_refused`. Journal: `staff.skills_set`.
    """
    _must_go_out(staff)
    wanted = list(skills)
    if len({one.skill for one in wanted}) != len(wanted):
        raise SkillRefused({"skills": "同一项技能只能登记一次"})
    for one in wanted:
        _check_skill(one)
    # The append queues parallel changes behind each other: the last one replaces all.
    codes: list[JSONValue] = [one.skill.value for one in wanted]
    _note(staff, "staff.skills_set", actor, {"skills": codes})
    SkillHolding.objects.filter(staff=staff).delete()
    SkillHolding.objects.bulk_create(
        SkillHolding(
            staff=staff,
            skill=one.skill.value,
            valid_from=one.valid_from,
            valid_until=one.valid_until,
        )
        for one in wanted
    )


@transaction.atomic
def set_shifts(staff: Staff, shifts: Iterable[NewShift], *, actor: Actor) -> list[Shift]:
    """Put these weekdays in place of the whole rota, one shift a weekday at most.

    Refuses with `not_a_delegate`, `shift_refused`. Journal: `staff.shifts_set`.
    """
    _must_go_out(staff)
    wanted = list(shifts)
    _check_shifts(wanted)
    _note(staff, "staff.shifts_set", actor, {"weekdays": [one.weekday for one in wanted]})
    Shift.objects.filter(staff=staff).delete()
    return Shift.objects.bulk_create(
        Shift(
            staff=staff,
            weekday=one.weekday,
            starts=one.starts,
            ends=one.ends,
            break_earliest=one.break_earliest,
            break_latest=one.break_latest,
            break_minutes=one.break_minutes,
        )
        for one in wanted
    )


@transaction.atomic
def except_shift(
    staff: Staff, day: date, hours: tuple[int, int] | None, *, actor: Actor
) -> ShiftException:
    """Let other hours (minutes of the local day) hold on one day; None means off duty.

    This is also how somebody serves on a holiday. Refuses with `not_a_delegate`, `shift_refused`.
    Journal: `staff.shift_excepted`.
    """
    _must_go_out(staff)
    if hours is not None and (problem := rules.hours_problem(*hours)):
        raise ShiftRefused({"hours": problem})
    starts, ends = hours or (None, None)
    exception, _ = ShiftException.objects.update_or_create(
        staff=staff, day=day, defaults={"starts": starts, "ends": ends}
    )
    data: dict[str, JSONValue] = {"day": day.isoformat(), "starts": starts, "ends": ends}
    _note(staff, "staff.shift_excepted", actor, data)
    return exception


@transaction.atomic
def set_profile(staff: Staff, new: NewProfile, *, actor: Actor) -> DelegateProfile:
    """Keep what is said of phone, starting place and introduction; the photo has its own verb.

    Leaders and experts may have one, too: `is_public` lets their name be shown to anybody.
    Refuses with `profile_refused`. Journal: `staff.profile_set`.
    """
    if new.home is not None and not rules.is_place(*new.home):
        raise ProfileRefused({"home": "出发地点不在我国范围内，请核对经度、纬度的先后"})
    longitude, latitude = new.home or (None, None)
    said = {
        "phone": new.phone,
        "home_longitude": longitude,
        "home_latitude": latitude,
        "introduction": new.introduction,
        "is_public": new.is_public,
    }
    profile, _ = DelegateProfile.objects.update_or_create(
        staff=staff, defaults={name: value for name, value in said.items() if value is not None}
    )
    _note(staff, "staff.profile_set", actor, {"is_public": profile.is_public})
    return profile


def set_photo(staff: Staff, picture: bytes, *, actor: Actor) -> DelegateProfile:
    """Keep a small fresh copy of the picture as the badge photo; the original is not kept.

    Refuses with `photo_refused`. Journal: `staff.photo_set`.
    """
    key = media.keep_photo(picture)
    with transaction.atomic():
        profile, _ = DelegateProfile.objects.update_or_create(
            staff=staff, defaults={"photo_key": key}
        )
        _note(staff, "staff.photo_set", actor, {})
    return profile


@transaction.atomic
def add_area(
    bureau: Bureau, code: str, title: str, polygon: Sequence[Sequence[float]], *, actor: Actor
) -> Area:
    """Create an area of the bureau or bring the one with this code up to date.

    `polygon` is a ring of [longitude, latitude] in WGS-84 degrees, at least 3 points, closed or
    not. Refuses with `area_refused`. Journal: `area.set`.
    """
    ring = rules.polygon_of(polygon)
    if problem := rules.polygon_problem(ring):
        raise AreaRefused({"polygon": problem})
    area, _ = Area.objects.update_or_create(
        bureau=bureau,
        code=code,
        defaults={"title": title, "polygon": [list(point) for point in ring]},
    )
    journal.append(f"bureau:{bureau.pk}", "area.set", actor=actor, data={"area": str(area.pk)})
    return area


@transaction.atomic
def assign_areas(staff: Staff, area_ids: Iterable[UUID], *, actor: Actor) -> None:
    """Put these areas of the own bureau in place of all that were assigned.

    Refuses with `not_a_delegate`, and `not_found` for an area of another bureau.
    Journal: `staff.areas_set`.
    """
    _must_go_out(staff)
    wanted = set(area_ids)
    areas = list(Area.objects.filter(pk__in=wanted, bureau_id=staff.bureau_id).order_by("code"))
    if len(areas) != len(wanted):
        raise NotFound({"what": "area"})
    _note(staff, "staff.areas_set", actor, {"areas": [str(one.pk) for one in areas]})
    AreaAssignment.objects.filter(staff=staff).delete()
    AreaAssignment.objects.bulk_create(AreaAssignment(area=one, staff=staff) for one in areas)


def _must_go_out(staff: Staff) -> None:
    if not policies.GOES_OUT & set(staff.roles):
        raise NotADelegate


def _check_skill(new: NewSkill) -> None:
    if new.valid_until is not None and new.valid_until < new.valid_from:
        raise SkillRefused({"skills": f"{new.skill.label}的失效日期早于生效日期"})


def _check_shifts(wanted: list[NewShift]) -> None:
    if len({one.weekday for one in wanted}) != len(wanted):
        raise ShiftRefused({"shifts": "同一个星期几只能有一个班次"})
    for one in wanted:
        if not 1 <= one.weekday <= 7:
            raise ShiftRefused({"shifts": "星期几应为 1（星期一）到 7（星期日）"})
        hours = (one.starts, one.ends)
        problem = rules.hours_problem(*hours) or rules.break_problem(
            hours, one.break_earliest, one.break_latest, one.break_minutes
        )
        if problem:
            raise ShiftRefused({"shifts": problem})


def _note(staff: Staff, kind: str, actor: Actor, data: dict[str, JSONValue]) -> None:
    stream = f"bureau:{staff.bureau_id}"
    journal.append(stream, kind, actor=actor, data={"staff": str(staff.pk), **data})
