"""What callers of the verbs hand in and get back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from typing_extensions import TypedDict

Point = tuple[float, float]  # longitude, latitude; WGS-84 degrees


@dataclass(frozen=True, slots=True)
class NewVisit:
    """A visit somebody above asks for; `stream` is the chain it is told in.

    `kind` is a VisitKind; `note` says what is to be done, `door_note` how to get in.
    `window_from`/`window_until`: the start must lie inside. `skills` are codes of people.Skill.
    `case_label` is what the board shows to recognise it by (a number, no personal data).
    """

    bureau_id: UUID
    stream: str
    subject: UUID
    kind: str
    title: str
    place: Point
    minutes: int
    window_from: datetime
    window_until: datetime
    contact_name: str = ""
    contact_phone: str = ""
    address: str = ""
    note: str = ""
    door_note: str = ""
    case_label: str = ""
    skills: frozenset[str] = frozenset()
    priority: int = 20
    protected: bool = False
    may_be_video: bool = False
    wanted_staff: UUID | None = None


@dataclass(frozen=True, slots=True)
class WindowOffer:
    """A time span a visit can really start in; `why` says in Chinese why this one is offered."""

    starts_from: datetime
    starts_until: datetime
    staff_count: int
    why: str
    label: str
    staff_id: UUID
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Spot:
    """One checked place in the live plan."""

    staff_id: UUID
    staff_name: str
    starts_at: datetime
    extra_travel_seconds: int


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at before a move; a failed one that is not `blocking` may be overruled."""

    code: str
    ok: bool
    blocking: bool
    text: str


@dataclass(frozen=True, slots=True)
class Checked:
    """`ok`: nothing that blocks; `travel_seconds` is the way to the visit itself."""

    ok: bool
    extra_travel_seconds: int
    travel_seconds: int
    findings: tuple[Check, ...]


class SpotJSON(TypedDict):
    staff: str
    staff_name: str
    starts_at: str


class AssignmentJSON(TypedDict):
    visit: str
    staff: str
    starts_at: str
    ends_at: str
    travel_seconds: int


class BreakJSON(TypedDict):
    staff: str
    starts_at: str
    minutes: int


class VideoJSON(TypedDict):
    hours_saved: float
    text: str


class UnplacedJSON(TypedDict):
    """`text` is the whole sentence for the caller, `because` its first half without the times."""

    visit: str
    reason: str
    reason_label: str
    because: str
    text: str
    blocker: dict[str, object]
    alternatives: list[SpotJSON]
    video: VideoJSON | None


class Figures(TypedDict):
    placed: int
    unplaced: int
    travel_seconds: int
    moved: int


class PlanBody(TypedDict):
    """What a plan says, as stored and sent."""

    assignments: list[AssignmentJSON]
    breaks: list[BreakJSON]
    unplaced: list[UnplacedJSON]
    figures: Figures


@dataclass(frozen=True, slots=True)
class StepReport:
    """What a delegate's phone sends with each step: the version it saw and its own time."""

    version: int
    occurred_at: datetime
    reason_code: str = ""
    reason: str = ""
    summary: str = ""
