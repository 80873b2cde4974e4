"""The slot grid: which times a bureau offers, and how they are said."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
# The grain of the occupancy table: slots and visits of any length are whole numbers of cells, so
# that a changed length can never overlap what is booked already.
CELL = timedelta(minutes=5)
# What the office hours are cut into.
GRID = timedelta(minutes=15)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEEDED = 2  # 行政许可法 asks for two or more who inspect


@dataclass(frozen=True, slots=True)
class Hours:
    """Office hours: ISO weekdays, windows in minutes of the local day, lengths in minutes."""

    weekdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    windows: tuple[tuple[int, int], ...] = ((9 * 60, 12 * 60), (13 * 60 + 30, 17 * 60))
    slot_minutes: int = 30
    lead_minutes: int = 30
    days_ahead: int = 5

    def problem(self) -> str | None:
        """Why these hours cannot be used, or None."""
        grid = int(GRID.total_seconds()) // 60
        if self.slot_minutes <= 0 or self.slot_minutes % grid:
            return f"slot_minutes must be a multiple of {grid}"
        if not self.weekdays <= set(range(1, 8)):
            return "weekdays are 1 (Monday) to 7"
        if any(not 0 <= start < end <= 24 * 60 or start % grid for start, end in self.windows):
            return f"a window runs within a day and starts on a multiple of {grid} minutes"
        if self.lead_minutes < 0 or not 1 <= self.days_ahead <= 60:
            return "lead_minutes from 0, days_ahead from 1 to 60"
        return None


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    starts_at: datetime
    ends_at: datetime

    def cells(self) -> list[datetime]:
        """The cells it touches: a time beside the grid takes the whole cell it lies in."""
        first = self.starts_at - (self.starts_at - _EPOCH) % CELL
        count = -((first - self.ends_at) // CELL)
        return [first + CELL * step for step in range(count)]


def slots(hours: Hours, now: datetime) -> Iterator[Slot]:
    """Every slot of the grid that may still be booked, in order, instants in UTC."""
    earliest = now + timedelta(minutes=hours.lead_minutes)
    today = now.astimezone(ZONE).date()
    for offset in range(hours.days_ahead):
        day = today + timedelta(days=offset)
        if day.isoweekday() not in hours.weekdays:
            continue
        for slot in _of_day(hours, day):
            if slot.starts_at >= earliest:
                yield slot


def find_slot(hours: Hours, starts_at: datetime, now: datetime) -> Slot | None:
    """The slot of the grid that starts then, or None when none does."""
    return next((one for one in slots(hours, now) if one.starts_at == starts_at), None)


def free_for(slot: Slot, everyone: Iterable[str], taken: Mapping[str, Set[datetime]]) -> list[str]:
    """Who of `everyone` has none of the slot's cells taken."""
    cells = slot.cells()
    return [who for who in everyone if not any(cell in taken.get(who, ()) for cell in cells)]


def choose(free: Sequence[str], taken: Mapping[str, Set[datetime]], day: date) -> list[str]:
    """The two with the least work on that local day; equals stay in the given order."""

    def load(who: str) -> int:
        return sum(cell.astimezone(ZONE).date() == day for cell in taken.get(who, ()))

    return sorted(free, key=load)[:NEEDED]


def local_day(at: datetime) -> date:
    return at.astimezone(ZONE).date()


def label(starts_at: datetime, now: datetime) -> str:
    """「今天 15:30」, 「明天 9:00」, 「11月26日 周四 9:00」."""
    local = starts_at.astimezone(ZONE)
    days = (local.date() - local_day(now)).days
    clock = f"{local.hour}:{local.minute:02d}"
    near = {0: "今天", 1: "明天", 2: "后天"}.get(days)
    if near is not None:
        return f"{near} {clock}"
    weekday = "一二三四五六日"[local.weekday()]
    return f"{local.month}月{local.day}日 周{weekday} {clock}"


def _of_day(hours: Hours, day: date) -> Iterator[Slot]:
    midnight = datetime.combine(day, time(), ZONE)
    length = timedelta(minutes=hours.slot_minutes)
    for start, end in hours.windows:
        at = midnight + timedelta(minutes=start)
        while at + length <= midnight + timedelta(minutes=end):
            yield Slot(at.astimezone(UTC), (at + length).astimezone(UTC))
            at += length
