"""Working days and minutes: holidays, 调休 and the weekday rule where nothing is published yet.

A calendar is a value: whoever computes a deadline keeps its version beside it, and the same
version gives the same deadline again however the calendar was edited since.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from inspections.people.rules import instant, local_day

# Minutes of the local day.
Windows = tuple[tuple[int, int], ...]
WORKING_HOURS: Final[Windows] = ((9 * 60, 12 * 60), (13 * 60 + 30, 17 * 60))

# A half-open span of time during which a clock stands still.
Pause = tuple[datetime, datetime]

_DAY = timedelta(days=1)
_SATURDAY = 6


@dataclass(frozen=True, slots=True)
class Deadline:
    """`provisional`: some of the days counted lie in a year whose holidays are not known yet."""

    at: datetime
    calendar_version: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """`working` says of single days what the weekday rule would not (or what holds anyway)."""

    version: str
    working: Mapping[date, bool]
    known_years: frozenset[int]

    def is_working(self, day: date) -> bool:
        known = self.working.get(day)
        return day.isoweekday() < _SATURDAY if known is None else known

    def is_holiday(self, day: date) -> bool:
        """A day named as off duty, unlike a plain weekend."""
        return self.working.get(day) is False

    def is_known(self, day: date) -> bool:
        return day.year in self.known_years

    def add_working_days(
        self,
        start: datetime | date,
        days: int,
        *,
        pauses: Iterable[Pause] = (),
        closes: int = WORKING_HOURS[-1][1],
    ) -> Deadline:
        """The close of office on the `days`-th working day after the local day of `start`.

        The day of the event itself does not count, and the last day ends when office closes
        (民法典 §§201, 203); `closes` is in minutes of the local day. Of a pause, the day it began
        does not count any more, the day it ended counts again. With 0 days: that same day, unless
        it is none for work or its working hours are over, then the next.
        """
        stopped = [(local_day(since), local_day(until)) for since, until in pauses]
        first = day = _day(start)
        left = days
        while left > 0:
            day += _DAY
            if self._counts(day, stopped):
                left -= 1
        while days == 0 and not (self._counts(day, stopped) and _is_open(start, day, closes)):
            day += _DAY
        return self._deadline(instant(day, closes), first, day)

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie after `start`, up to and with `end`; 0 backwards."""
        return sum(self.is_working(day) for day in _days(start + _DAY, end))

    def working_minutes_between(
        self, start: datetime, end: datetime, hours: Windows = WORKING_HOURS
    ) -> int:
        """Whole minutes of office hours between two instants; 0 backwards."""
        total = timedelta()
        for opens, closes in self._windows(local_day(start), local_day(end), hours):
            total += max(min(closes, end) - max(opens, start), timedelta())
        return total // timedelta(minutes=1)

    def add_working_minutes(
        self, start: datetime, minutes: int, hours: Windows = WORKING_HOURS
    ) -> Deadline:
        """The instant at which that many minutes of office hours have passed since `start`."""
        left = timedelta(minutes=minutes)
        first = day = local_day(start)
        if not hours:
            raise ValueError("no office hours: such a deadline never comes")
        while True:
            for opens, closes in self._windows(day, day, hours):
                begins = max(opens, start)
                if begins + left <= closes and begins < closes:
                    return self._deadline(begins + left, first, day)
                left -= max(closes - begins, timedelta())
            day += _DAY

    def _counts(self, day: date, stopped: list[tuple[date, date]]) -> bool:
        return self.is_working(day) and not any(since <= day < until for since, until in stopped)

    def _windows(
        self, first: date, last: date, hours: Windows
    ) -> Iterator[tuple[datetime, datetime]]:
        for day in _days(first, last):
            if self.is_working(day):
                for opens, closes in hours:
                    yield instant(day, opens), instant(day, closes)

    def _deadline(self, at: datetime, first: date, last: date) -> Deadline:
        years = range(first.year, last.year + 1)
        return Deadline(at, self.version, any(year not in self.known_years for year in years))


def _day(start: datetime | date) -> date:
    return local_day(start) if isinstance(start, datetime) else start


def _is_open(start: datetime | date, day: date, closes: int) -> bool:
    return not isinstance(start, datetime) or start < instant(day, closes)


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += _DAY
