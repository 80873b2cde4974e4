"""What goes in and out of the ledger: filters, rows, statistics, the content of a week."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from inspections.ledger.states import By, GradeBucket, LineKind, Phase

# Stands for "none" where a filter names an area or a delegate.
NOBODY = "NONE"

# Of each chain: its name, its length, its last digest.
Heads = list[tuple[str, int, str]]


def _outside(name: str) -> str:
    """`from` is no name for a field; it is one for a parameter."""
    return name.rstrip("_")


class Filters(BaseModel):
    """All of them together, as they may stand in an address: no name, no number to call.

    Days are Beijing days, both ends in. None asks for nothing.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        str_strip_whitespace=True,
        str_max_length=80,
        alias_generator=_outside,
        populate_by_name=True,
    )

    kind: LineKind | None = None
    number: str | None = None
    item: str | None = None
    includes: str | None = None
    area: str | None = None
    delegate: str | None = None
    channel: str | None = None
    state: str | None = None
    phase: Phase | None = None
    overdue: bool | None = None
    grade: GradeBucket | None = None
    from_: date | None = None
    until: date | None = None
    finished_from: date | None = None
    finished_until: date | None = None
    due_from: date | None = None
    due_until: date | None = None
    late: bool | None = None
    bounced: bool | None = None
    bounced_from: date | None = None
    bounced_until: date | None = None
    rated_from: date | None = None
    rated_until: date | None = None
    followed_from: date | None = None
    followed_until: date | None = None
    many_trips: bool | None = None
    reached: bool | None = None
    within_day: bool | None = None
    obstacle: UUID | None = None

    def set_names(self) -> list[str]:
        """The filters that ask for something."""
        return [name for name in type(self).model_fields if getattr(self, name) is not None]

    def query(self) -> dict[str, str]:
        """The filters that are set, as the parameters of GET /ledger; never a person's."""
        found: dict[str, str] = {}
        for name in Filters.model_fields:
            value = getattr(self, name)
            if value is not None:
                text = str(value)
                found[_outside(name)] = text.lower() if isinstance(value, bool) else text
        return found


class PersonFilters(Filters):
    """The same with what may only come in a body."""

    phone_digest: str | None = None
    applicant: str | None = None


# Not frozen: ten thousand of these are made for one export, and freezing doubles the cost.
@dataclass(slots=True)
class LedgerRow:
    """One service; name, phone and address are masked, `wish` is what the applicant wrote.

    `rating_grade` is None where there is none, and always where the reader is one of the rated.
    """

    id: UUID
    kind: LineKind
    number: str
    registered_at: datetime
    items: tuple[str, ...]
    item: str
    area: str
    delegate: str
    channel: str
    channel_label: str
    applicant_name: str
    phone: str
    address: str
    wish: str
    state: str
    state_label: str
    phase: Phase
    due_at: datetime | None
    overdue: bool
    finished_at: datetime | None
    trips: int
    bounces: int
    minutes_to_door: int | None
    rating_grade: int | None
    stream: str
    head_hash: str


@dataclass(frozen=True, slots=True)
class Page:
    items: list[LedgerRow]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A number and the filter that opens exactly the cases it counts."""

    value: int
    filter: dict[str, str]


@dataclass(frozen=True, slots=True)
class Statistic:
    """One line of a breakdown; `minutes_to_door` is the median, for the record only."""

    key: str
    label: str
    cells: dict[str, Cell]
    minutes_to_door: int | None


@dataclass(frozen=True, slots=True)
class Breakdown:
    by: By
    measures: dict[str, str]
    rows: list[Statistic]
    total: Statistic


class Figure(TypedDict):
    """`value` and `before` are None where the number may not be told."""

    key: str
    label: str
    unit: str
    value: int | None
    before: int | None
    change: str
    better: bool | None
    filter: dict[str, str] | None


class Share(TypedDict):
    label: str
    total: int
    before: int
    finished: int
    late: int


class ObstacleLine(TypedDict):
    title: str
    origin: str
    count: int
    detail: str
    owner: str
    due: str
    state: str
    from_week: str


class DecisionLine(TypedDict):
    text: str
    owner: str
    due: str
    state: str
    late: bool
    note: str


class Quote(TypedDict):
    number: str
    text: str


class WeekContent(TypedDict):
    """Everything a weekly report says; the PDF is set from nothing else."""

    v: int
    title: str
    bureau: str
    monday: str
    sunday: str
    read_on: str
    made_at: str
    # 上周, 本周 or 这一周, as it was true when the content was gathered.
    week_name: str
    opening: list[str]
    figures: list[Figure]
    by_item: list[Share]
    by_area: list[Share]
    by_delegate: list[Share]
    obstacles: list[ObstacleLine]
    obstacle_sentence: str
    quotes: list[Quote]
    decisions: list[DecisionLine]
    decision_sentence: str
    decided_now: list[DecisionLine]
    closing: list[str]
    streams: int
    head: str
