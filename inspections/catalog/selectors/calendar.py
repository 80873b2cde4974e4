"""The working-day calendar of a bureau, as it is or as it was."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Max, Q

from fieldsvc.kernel import clock
from inspections.catalog.models import CalendarDay, CalendarVersion, CalendarYear
from inspections.catalog.rules import Calendar
from inspections.people.rules import local_day

# The State Council has always named next year's holidays by then.
WARN_FROM = (12, 25)


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A day that is named in the calendar; `own` when the bureau itself said so."""

    day: date
    is_working: bool
    note: str
    own: bool


def calendar_of(bureau_id: UUID | None, version: str | None = None) -> Calendar:
    """The calendar of a bureau (national with None), now or as it was at an older version."""
    number = int(version) if version is not None else _newest(bureau_id)
    return Calendar(
        version=str(number),
        working={row.day: row.is_working for row in _in_force(bureau_id, number)},
        known_years=frozenset(_bases(bureau_id, number)),
    )


def named_days(bureau_id: UUID, year: int) -> list[NamedDay]:
    """The days of a year that the calendar names, in order."""
    rows = _in_force(bureau_id, _newest(bureau_id))
    found = {row.day: row for row in rows if row.day.year == year}
    return [
        NamedDay(row.day, row.is_working, row.note, row.bureau_id is not None)
        for _, row in sorted(found.items())
    ]


def is_holiday(bureau_id: UUID, day: date) -> bool:
    """Whether the bureau's calendar names that day as off duty."""
    return calendar_of(bureau_id).is_holiday(day)


def unknown_year(bureau_id: UUID) -> int | None:
    """The year whose holidays should be known by now and are not: this one, or from 25 December
    the next; None while all is well."""
    today = local_day(clock.now())
    known = calendar_of(bureau_id).known_years
    wanted = [today.year]
    if (today.month, today.day) >= WARN_FROM:
        wanted.append(today.year + 1)
    return next((year for year in wanted if year not in known), None)


def _in_force(bureau_id: UUID | None, number: int) -> list[CalendarDay]:
    """Later rows overrule earlier ones and a bureau's own the national; a year that was published
    anew forgets what was said of it before."""
    bases = _bases(bureau_id, number)
    rows = CalendarDay.objects.filter(_scope(bureau_id), calendar_version__lte=number)
    kept = []
    for row in rows:
        own, since = bases.get(row.day.year, (False, 0))
        is_own = row.bureau_id is not None
        if (is_own and not own) or (is_own == own and row.calendar_version >= since):
            kept.append(row)
    return sorted(kept, key=lambda row: (row.bureau_id is not None, row.calendar_version))


def _bases(bureau_id: UUID | None, number: int) -> dict[int, tuple[bool, int]]:
    """For each published year: whether the bureau itself did, and the version that began it."""
    rows = CalendarYear.objects.filter(_scope(bureau_id), calendar_version__lte=number)
    found: dict[int, tuple[bool, int]] = {}
    for row in rows:
        base = (row.bureau_id is not None, row.calendar_version)
        found[row.year] = max(found.get(row.year, base), base)
    return found


def _newest(bureau_id: UUID | None) -> int:
    rows = CalendarVersion.objects.filter(_scope(bureau_id))
    return int(rows.aggregate(Max("number"))["number__max"] or 0)


def _scope(bureau_id: UUID | None) -> Q:
    return Q(bureau__isnull=True) | Q(bureau_id=bureau_id)
