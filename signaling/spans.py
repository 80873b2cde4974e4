"""Arithmetic of stretches of time, half open, in order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from signaling.states import Cause

Stretch: TypeAlias = tuple[datetime, datetime]


class Kept(StrEnum):
    """Whether a span is recorded."""

    COVERED = "COVERED"
    GAP = "GAP"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch that is recorded, or is not and says why."""

    starts_at: datetime
    ends_at: datetime
    state: Kept
    cause: Cause | None


def union(stretches: list[Stretch], sliver: timedelta = timedelta()) -> list[Stretch]:
    """The stretches in order, those that overlap or are at most `sliver` apart made one."""
    joined: list[Stretch] = []
    for start, end in sorted(stretches):
        if joined and start - joined[-1][1] <= sliver:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        elif end > start:
            joined.append((start, end))
    return joined


def subtract(stretches: list[Stretch], holes: list[Stretch]) -> list[Stretch]:
    """What is left of the stretches outside the holes."""
    left = stretches
    for hole_start, hole_end in union(holes):
        left = [
            piece
            for start, end in left
            for piece in ((start, min(end, hole_start)), (max(start, hole_end), end))
            if piece[0] < piece[1]
        ]
    return left


def clip(stretches: list[Stretch], since: datetime, until: datetime) -> list[Stretch]:
    """What is left of the stretches between two instants."""
    cut = [(max(start, since), min(end, until)) for start, end in stretches]
    return [(start, end) for start, end in cut if start < end]


def name_holes(
    covered: list[Stretch],
    since: datetime,
    until: datetime,
    cause: Callable[[datetime, datetime], Cause],
) -> list[Span]:
    """Spans from `since` to `until` without a break: covered ones, and holes with their cause."""
    found: list[Span] = []
    at = since
    for start, end in covered:
        if start > at:
            found.append(Span(at, start, Kept.GAP, cause(at, start)))
        found.append(Span(start, end, Kept.COVERED, None))
        at = end
    if at < until:
        found.append(Span(at, until, Kept.GAP, cause(at, until)))
    return found
