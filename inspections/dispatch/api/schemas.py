"""Shapes of the wire."""

from datetime import date, datetime
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, Field

from fieldsvc.kernel.answers import Word
from inspections.dispatch.shapes import (
    AssignmentJSON,
    BreakJSON,
    Figures,
    UnplacedJSON,
    VideoJSON,
)


class SpanOut(Schema):
    from_: datetime = Field(serialization_alias="from")
    until: datetime


class BreakOut(Schema):
    earliest: datetime
    latest: datetime
    minutes: int


class DelegateOut(Schema):
    id: UUID
    name: str
    skills: list[Word]
    shift: SpanOut
    break_: BreakOut | None = Field(serialization_alias="break")
    absences: list[SpanOut]
    home: tuple[float, float]


class BoardOrderOut(Schema):
    id: UUID
    visit: UUID
    staff: UUID
    starts_at: datetime
    ends_at: datetime
    travel_seconds: int
    state: str
    state_label: str
    promised: bool
    version: int


class BoardVisitOut(Schema):
    id: UUID
    title: str
    kind: str
    kind_label: str
    state: str
    state_label: str
    address: str
    longitude: float
    latitude: float
    skills: list[Word]
    minutes: int
    window_from: datetime
    window_until: datetime
    promised_from: datetime | None
    promised_until: datetime | None
    overdue: bool
    priority: int
    protected: bool
    bounces: int
    wanted_staff: UUID | None
    requested_at: datetime
    case_label: str
    subject: UUID
    video: VideoJSON | None
    abilities: list[str]
    version: int


class HoldOut(Schema):
    visit: UUID
    staff: UUID
    starts_at: datetime
    ends_at: datetime


class PlanRowOut(Schema):
    id: UUID
    state: str
    state_label: str
    requested_at: datetime
    made_at: datetime | None
    failure: str
    figures: Figures | None


class BoardOut(Schema):
    version: int
    day: date
    now: datetime
    delegates: list[DelegateOut]
    orders: list[BoardOrderOut]
    visits: list[BoardVisitOut]
    holds: list[HoldOut]
    unplaced: list[UnplacedJSON]
    plans: list[PlanRowOut]
    figures: Figures


class PlanOut(PlanRowOut):
    day: date
    board_version: int
    seconds: float
    assignments: list[AssignmentJSON]
    breaks: list[BreakJSON]
    unplaced: list[UnplacedJSON]


class PlanIn(Schema):
    day: date


class PlanStateOut(Schema):
    id: UUID
    state: str
    state_label: str
    board_version: int


class VersionIn(Schema):
    version: int


class MovedOut(Schema):
    visit: str
    title: str
    from_: str = Field(serialization_alias="from")
    to: str


class ComparisonOut(Schema):
    a: Figures
    b: Figures
    moved: list[MovedOut]
    placed_only_in_a: list[str]
    placed_only_in_b: list[str]
    price_text: str


class CheckIn(Schema):
    visit: UUID
    staff: UUID
    starts_at: AwareDatetime


class FindingOut(Schema):
    code: str
    ok: bool
    blocking: bool
    text: str


class CheckOut(Schema):
    ok: bool
    extra_travel_seconds: int
    travel_seconds: int
    findings: list[FindingOut]


class MoveIn(CheckIn):
    """`version` is the visit's."""

    version: int


class UnassignIn(Schema):
    visit: UUID
    version: int


class PromiseIn(Schema):
    """`note`: what was said on the call; it is kept with the entry and shown to nobody."""

    visit: UUID
    version: int
    from_: AwareDatetime = Field(alias="from")
    until: AwareDatetime
    note: str = Field(default="", max_length=500)


class WindowOut(Schema):
    from_: datetime = Field(serialization_alias="from")
    until: datetime
    label: str
    why: str
    staff_count: int


class WindowsOut(Schema):
    items: list[WindowOut]


class UndoIn(Schema):
    day: date | None = None


class TouchedOut(Schema):
    """What a hand on the board has changed: the visit, its order if any, the board's version."""

    visit: UUID
    version: int
    order: UUID | None
    board_version: int


class TravelRowOut(Schema):
    from_: tuple[float, float] = Field(serialization_alias="from")
    to: tuple[float, float]
    hour: int
    seconds: int
    error_seconds: int
    default_seconds: int
    samples: int


class TravelOut(Schema):
    """`from` and `to` are the middles of cells of `cell_degrees`."""

    cell_degrees: float
    samples: int
    error_seconds: float | None
    default_error_seconds: float | None
    rows: list[TravelRowOut]


class FieldVisitOut(Schema):
    id: UUID
    kind: str
    kind_label: str
    title: str
    case_label: str
    subject: UUID
    address: str
    note: str
    door_note: str
    contact_name: str
    contact_phone: str
    longitude: float
    latitude: float
    minutes: int
    skills: list[Word]
    protected: bool
    promised_from: datetime | None
    promised_until: datetime | None


class OrderOut(Schema):
    """`code_head` are the digits this phone shows at the door, `code` all six once arrived."""

    id: UUID
    version: int
    state: str
    state_label: str
    starts_at: datetime
    ends_at: datetime
    travel_seconds: int
    reason_code: str
    visit: FieldVisitOut
    delegation: UUID | None
    code_head: str
    code: str
    offered_at: datetime
    answered_at: datetime | None
    departed_at: datetime | None
    arrived_at: datetime | None
    finished_at: datetime | None
    abilities: list[str]


class MeOut(Schema):
    id: UUID
    name: str
    badge_number: str
    unit: str


class CalendarOut(Schema):
    issued: bool


class DayOut(Schema):
    day: date
    now: datetime
    me: MeOut
    orders: list[OrderOut]
    calendar: CalendarOut
    decline_reasons: list[Word]
    abort_reasons: list[Word]


class CalendarAddressOut(Schema):
    """`path` holds the secret and is shown this once."""

    path: str


class StepIn(Schema):
    version: int
    occurred_at: AwareDatetime


class ReasonIn(StepIn):
    reason_code: str = Field(min_length=1, max_length=24)
    reason: str = Field("", max_length=500)


class FinishIn(StepIn):
    summary: str = Field("", max_length=2000)


class ArriveIn(StepIn):
    code: str = Field("", max_length=6)
    qr: str = Field("", max_length=120)
    photo_sha256: str = Field("", pattern=r"^([0-9a-f]{64})?$")
    longitude: float | None = Field(None, ge=-180, le=180)
    latitude: float | None = Field(None, ge=-90, le=90)
    accuracy_m: float | None = Field(None, ge=0, le=100_000)
    place_denied: bool = False
