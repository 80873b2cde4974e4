"""Weeks, spans and the one digest over a bureau's chains."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
PAGE_SIZE = 50
EXPORT_ROWS = 50_000
# "One call, and within a day someone is at the door."
DOOR_MINUTES = 24 * 60
WEEK = timedelta(days=7)
# Fewer ratings than this in a week are not told: the meeting is read aloud before the rated.
PUBLISHED_FROM = 5

Span = tuple[datetime, datetime]


def midnight(day: date) -> datetime:
    """The first instant of a Beijing day."""
    return datetime.combine(day, time(), BEIJING)


def days_span(first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
    """From the beginning of the first day to the end of the last (exclusive)."""
    return (
        midnight(first) if first else None,
        midnight(last + timedelta(days=1)) if last else None,
    )


def monday_of(at: datetime) -> date:
    local = at.astimezone(BEIJING).date()
    return local - timedelta(days=local.weekday())


def week_span(monday: date) -> Span:
    return midnight(monday), midnight(monday + WEEK)


def sunday_of(monday: date) -> date:
    return monday + timedelta(days=6)


def is_monday(day: date) -> bool:
    return day.weekday() == 0


def tree(heads: Iterable[tuple[str, int, str]]) -> str:
    """One digest over the heads of many chains: stream, length and last digest, by stream."""
    lines = [f"{stream}\x00{length}\x00{digest}" for stream, length, digest in sorted(heads)]
    return sha256("\n".join(lines).encode()).hexdigest()


def median(values: Iterable[int]) -> int | None:
    found = sorted(values)
    if not found:
        return None
    middle = len(found) // 2
    if len(found) % 2:
        return found[middle]
    return round((found[middle - 1] + found[middle]) / 2)
