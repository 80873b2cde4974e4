"""What a day to be planned is made of, and what a plan is.

Times are seconds from the day's midnight, places are rows of the travel matrix, ids are opaque.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

Skill = str | int
Span = tuple[int, int]

AREA_PREFIX = "area:"  # a skill of this form is an area the agent looks after
DAY_END = 24 * 3600
# What a visit outside of the agent's own area weighs: rather ten minutes more of driving.
OUTSIDE_AREA_S = 10 * 60
# How many starts a caller is given to choose from.
OPENINGS = 3


class Reason(StrEnum):
    NO_SKILL = "NO_SKILL"
    NO_SHIFT_IN_WINDOW = "NO_SHIFT_IN_WINDOW"
    UNREACHABLE_IN_WINDOW = "UNREACHABLE_IN_WINDOW"
    CONTENTION = "CONTENTION"
    OPTIMISER_MISS = "OPTIMISER_MISS"

    @property
    def label(self) -> str:
        return REASON_LABELS[self]


REASON_LABELS = {
    Reason.NO_SKILL: "没有具备条件的人",
    Reason.NO_SHIFT_IN_WINDOW: "这段时间没有人当班",
    Reason.UNREACHABLE_IN_WINDOW: "路上来不及",
    Reason.CONTENTION: "人手已排满",
    Reason.OPTIMISER_MISS: "还能排进去",
}


@dataclass(frozen=True, slots=True)
class Agent:
    """`at` and `free_from` say where the agent stands now; without them: at home.

    `outside` are the places beyond the agent's area. The agent may go there, but whoever looks
    after the place goes first unless the way costs OUTSIDE_AREA_S more.
    """

    id: str
    home: int
    skills: frozenset[Skill]
    shift: Span
    break_start: Span | None = None
    break_len: int = 0
    blocked: tuple[Span, ...] = ()
    name: str = ""
    at: int | None = None
    free_from: int | None = None
    outside: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class VisitJob:
    """The visit must start inside `tw`; a higher priority goes first.

    `promised`: the window itself was promised, no other time may be offered.
    """

    id: str
    loc: int
    need: frozenset[Skill]
    dur: int
    tw: Span
    priority: int
    protected: bool = False
    only_agent: str | None = None
    title: str = ""
    promised: bool = False


@dataclass(frozen=True, slots=True)
class Fixed:
    """A promise already accepted: this agent, this start, give or take `tolerance`."""

    visit: str
    agent: str
    start: int
    tolerance: int


@dataclass(frozen=True, slots=True)
class Day:
    """`durations[i][j]` is the travel from i to j; `now` is 0 for a day not begun.

    A visit that is both done and fixed tells where its agent stands; fixed visits of an absent
    agent may change hands but keep their promised time. `offered` visits were given out but not
    accepted: they stay where they are unless moving them pays.
    """

    agents: tuple[Agent, ...]
    visits: tuple[VisitJob, ...]
    durations: Sequence[Sequence[int]]
    now: int = 0
    fixed: tuple[Fixed, ...] = ()
    offered: tuple[Fixed, ...] = ()
    done: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    skill_names: Mapping[Skill, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assignment:
    visit: str
    agent: str
    start: int


@dataclass(frozen=True, slots=True)
class Break:
    agent: str
    start: int


@dataclass(frozen=True, slots=True)
class Alternative:
    agent: str
    start: int
    in_window: bool


@dataclass(frozen=True, slots=True)
class Blocker:
    """What stands in the way: SKILL, AREA, AGENT (the only one), SHIFT, TRAVEL, VISIT or CREW."""

    kind: str
    agents: tuple[str, ...] = ()
    visit: str | None = None
    skills: tuple[Skill, ...] = ()
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Unplaced:
    """`text` is the whole sentence for the caller; `because` its first half, without the times."""

    visit: str
    reason: Reason
    text: str
    blocker: Blocker
    alternatives: tuple[Alternative, ...] = ()
    because: str = ""


@dataclass(frozen=True, slots=True)
class PlanResult:
    assignments: tuple[Assignment, ...]
    breaks: tuple[Break, ...]
    unplaced: tuple[Unplaced, ...]
    travel_s: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Insertion:
    """Room for one more visit; `route` is the agent's whole day re-timed around it."""

    agent: str
    start: int
    extra_travel_s: int
    position: int
    route: tuple[Assignment, ...] = ()
    lunch: Break | None = None


@dataclass(frozen=True, slots=True)
class Violation:
    code: str
    text: str
    visit: str | None = None
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    code: str
    ok: bool
    text: str


@dataclass(frozen=True, slots=True)
class MoveCheck:
    """`route` and `lunch` are the agent's day re-timed around the move; empty when it is not ok."""

    ok: bool
    extra_travel_s: int
    findings: tuple[Finding, ...]
    route: tuple[Assignment, ...] = ()
    lunch: Break | None = None


def hhmm(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"
