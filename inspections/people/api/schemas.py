"""What the people routes take and give; minutes are minutes of the local day."""

from datetime import date, datetime
from uuid import UUID

from ninja import Field, Schema
from pydantic import AwareDatetime

from inspections.people.states import AbsenceReason, ResponsibilityLevel, Skill


class SkillIn(Schema):
    code: Skill
    valid_from: date | None = None
    valid_until: date | None = None


class ShiftIn(Schema):
    weekday: int
    starts: int
    ends: int
    break_earliest: int | None = None
    break_latest: int | None = None
    break_minutes: int = 0


class ProfileIn(Schema):
    """What is left out stays as it is."""

    phone: str | None = Field(None, max_length=20, pattern=r"^[0-9+\- ]*$")
    home_longitude: float | None = None
    home_latitude: float | None = None
    introduction: str | None = Field(None, max_length=200)
    is_public: bool | None = None


class DelegateIn(Schema):
    """What is left out stays as it is; a list that is sent takes the place of the old one."""

    version: int = Field(ge=0)
    skills: list[SkillIn] | None = Field(None, max_length=50)
    shifts: list[ShiftIn] | None = Field(None, max_length=7)
    area_ids: list[UUID] | None = Field(None, max_length=200)
    profile: ProfileIn | None = None


class DayIn(Schema):
    """Both times, or none for a day off duty."""

    starts: int | None = None
    ends: int | None = None


class AbsenceIn(Schema):
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    reason: AbsenceReason


class AreaIn(Schema):
    title: str = Field(min_length=1, max_length=60)
    polygon: list[tuple[float, float]] = Field(max_length=2000)


class ResponsibilityIn(Schema):
    level: ResponsibilityLevel
    title: str = Field(min_length=1, max_length=80)


class SkillOut(Schema):
    code: str
    label: str
    valid_from: date
    valid_until: date | None
    valid: bool


class AreaRef(Schema):
    id: str
    title: str


class ShiftOut(Schema):
    weekday: int
    starts: int
    ends: int
    break_earliest: int | None
    break_latest: int | None
    break_minutes: int


class AbsenceOut(Schema):
    id: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    reason_label: str


class DelegateOut(Schema):
    """`lacks` says in Chinese what keeps this delegate from being planned."""

    id: str
    version: int
    name: str
    badge_number: str
    unit: str
    roles: list[str]
    phone_masked: str
    introduction: str
    home: tuple[float, float] | None
    skills: list[SkillOut]
    areas: list[AreaRef]
    shifts: list[ShiftOut]
    absences: list[AbsenceOut]
    photo_url: str | None
    is_public: bool
    lacks: list[str]
    abilities: list[str]


class DelegatesOut(Schema):
    items: list[DelegateOut]
    skills: list["Choice"]


class Choice(Schema):
    code: str
    label: str


class AreaOut(Schema):
    id: str
    code: str
    title: str
    polygon: list[tuple[float, float]]
    staff: list[str]


class AreasOut(Schema):
    items: list[AreaOut]


class PersonOut(Schema):
    id: str
    name: str
    badge_number: str
    unit: str


class ResponsibleOut(Schema):
    id: str
    title: str
    staff: PersonOut


class LevelOut(Schema):
    level: str
    label: str
    items: list[ResponsibleOut]


class TeamOut(Schema):
    id: str
    title: str
    scope: str
    members: list[PersonOut]


class ResponsibilityOut(Schema):
    levels: list[LevelOut]
    expert_teams: list[TeamOut]


class BureauLine(Schema):
    name: str
    phone: str


class PublicDelegate(Schema):
    id: str
    name: str
    badge_number: str
    unit: str
    photo_url: str | None
    skills: list[str]
    areas: list[str]
    introduction: str


class PublicResponsible(Schema):
    """`name` only of somebody who agreed to be shown."""

    title: str
    unit: str
    name: str | None


class PublicLevel(Schema):
    level: str
    label: str
    items: list[PublicResponsible]


class PublicTeam(Schema):
    title: str
    scope: str
    members: list[str]


class PublicRoster(Schema):
    bureau: BureauLine
    delegates: list[PublicDelegate]
    responsibility: list[PublicLevel]
    expert_teams: list[PublicTeam]
