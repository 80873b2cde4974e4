"""People as answers."""

from collections.abc import Iterable

from fieldsvc.kernel import clock
from fieldsvc.kernel.journal import Actor
from fieldsvc.kernel.masking import mask_phone
from inspections.people import policies, rules, selectors
from inspections.people.api.schemas import (
    AbsenceOut,
    AreaOut,
    AreaRef,
    DelegateOut,
    LevelOut,
    PersonOut,
    PublicDelegate,
    PublicLevel,
    PublicResponsible,
    PublicTeam,
    ResponsibleOut,
    ShiftOut,
    SkillOut,
    TeamOut,
)
from inspections.people.models import Absence, Area, ExpertTeam, Responsibility, Shift, Staff
from inspections.people.states import AbsenceReason, ResponsibilityLevel, Skill


def delegate(staff: Staff, actor: Actor) -> DelegateOut:
    profile = selectors.profile_of(staff)
    now = clock.now()
    return DelegateOut(
        id=str(staff.pk),
        version=staff.version,
        name=staff.name,
        badge_number=staff.badge_number,
        unit=staff.unit,
        roles=list(staff.roles),
        phone_masked=mask_phone(profile.phone) if profile and profile.phone else "",
        introduction=profile.introduction if profile else "",
        home=_home(staff),
        skills=_skills(staff),
        areas=[AreaRef(id=str(one.area_id), title=one.area.title) for one in staff.areas.all()],
        shifts=[shift(one) for one in sorted(staff.shifts.all(), key=lambda one: one.weekday)],
        absences=[absence(one) for one in staff.absences.all() if one.ends_at > now],
        photo_url=selectors.photo_url(staff),
        is_public=bool(profile and profile.is_public),
        lacks=_lacks(staff),
        abilities=policies.abilities(actor, staff),
    )


def shift(one: Shift) -> ShiftOut:
    return ShiftOut(
        weekday=one.weekday,
        starts=one.starts,
        ends=one.ends,
        break_earliest=one.break_earliest,
        break_latest=one.break_latest,
        break_minutes=one.break_minutes,
    )


def absence(one: Absence) -> AbsenceOut:
    return AbsenceOut(
        id=str(one.pk),
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        reason=one.reason,
        reason_label=AbsenceReason(one.reason).label,
    )


def area(one: Area) -> AreaOut:
    return AreaOut(
        id=str(one.pk),
        code=one.code,
        title=one.title,
        polygon=list(rules.polygon_of(one.polygon)),
        staff=[str(row.staff_id) for row in one.assignments.all()],
    )


def levels(rows: Iterable[Responsibility]) -> list[LevelOut]:
    """All four levels, highest first, also those nobody answers for yet."""
    known = list(rows)
    return [
        LevelOut(
            level=level.value,
            label=level.label,
            items=[
                ResponsibleOut(id=str(one.pk), title=one.title, staff=person(one.staff))
                for one in known
                if one.level == level.value
            ],
        )
        for level in ResponsibilityLevel
    ]


def team(one: ExpertTeam) -> TeamOut:
    members = [person(staff) for staff in one.members.all()]
    return TeamOut(id=str(one.pk), title=one.title, scope=one.scope, members=members)


def person(staff: Staff) -> PersonOut:
    return PersonOut(
        id=str(staff.pk), name=staff.name, badge_number=staff.badge_number, unit=staff.unit
    )


def public_delegate(staff: Staff) -> PublicDelegate:
    card = selectors.card_of(staff)
    held = selectors.skills_on(staff, rules.local_day(clock.now()))
    return PublicDelegate(
        id=str(staff.pk),
        name=card.name,
        badge_number=card.badge_number,
        unit=card.unit,
        photo_url=card.photo_url,
        skills=[one.label for one in Skill if one.value in held],
        areas=[one.area.title for one in staff.areas.all()],
        introduction=card.introduction,
    )


def public_levels(rows: Iterable[Responsibility]) -> list[PublicLevel]:
    known = list(rows)
    return [
        PublicLevel(
            level=level.value,
            label=level.label,
            items=[
                PublicResponsible(
                    title=one.title, unit=one.staff.unit, name=_public_name(one.staff)
                )
                for one in known
                if one.level == level.value
            ],
        )
        for level in ResponsibilityLevel
    ]


def public_team(one: ExpertTeam) -> PublicTeam:
    names = [_public_name(staff) for staff in one.members.all()]
    return PublicTeam(
        title=one.title, scope=one.scope, members=[name for name in names if name is not None]
    )


def _public_name(staff: Staff) -> str | None:
    return staff.name if selectors.is_public(staff) else None


def _skills(staff: Staff) -> list[SkillOut]:
    today = rules.local_day(clock.now())
    return [
        SkillOut(
            code=one.skill,
            label=Skill(one.skill).label,
            valid_from=one.valid_from,
            valid_until=one.valid_until,
            valid=rules.is_held(one.valid_from, one.valid_until, today),
        )
        for one in sorted(staff.skills.all(), key=lambda one: one.skill)
    ]


def _home(staff: Staff) -> tuple[float, float] | None:
    profile = selectors.profile_of(staff)
    if profile is None or profile.home_longitude is None or profile.home_latitude is None:
        return None
    return profile.home_longitude, profile.home_latitude


def _lacks(staff: Staff) -> list[str]:
    lacks = []
    if selectors.start_of(staff) is None:
        lacks.append("没有出发地点，也没有片区，暂不能派单")
    if not staff.shifts.all():
        lacks.append("没有班次，暂不能派单")
    return lacks
