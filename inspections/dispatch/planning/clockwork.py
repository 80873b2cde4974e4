"""When an agent gets where: the earliest times along a given order of visits.

An agent is in one of two conditions, lunch still owed or lunch had (or none owed). Both are carried
along, because being later with lunch had can be better than being earlier without. Travel stands
still during lunch and absences; a visit is never cut in two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from inspections.dispatch.planning.shapes import Span

NEVER = 1 << 40

Conditions = tuple[int, int]
"""Earliest moment the agent is free: (lunch owed, lunch had); NEVER where impossible."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A visit as the clock sees it: the start lies in [earliest, latest]."""

    visit: str
    loc: int
    earliest: int
    latest: int
    dur: int


@dataclass(frozen=True, slots=True)
class Track:
    """The part of an agent's day that can still be planned."""

    origin: int
    home: int
    opens: int
    closes: int
    lunch: Span | None
    lunch_len: int
    blocked: tuple[Span, ...]

    @property
    def begin(self) -> Conditions:
        return (NEVER, self.opens) if self.lunch is None else (self.opens, NEVER)


@dataclass(frozen=True, slots=True)
class Timing:
    starts: tuple[int, ...]
    lunch: int | None


def arrival(blocked: Sequence[Span], leave: int, travel: int) -> int:
    """When a trip that pauses during absences ends."""
    for since, until in blocked:
        if until <= leave:
            continue
        if since >= leave + travel:
            break
        travel -= max(0, since - leave)
        leave = until
    return leave + travel


def settle(blocked: Sequence[Span], start: int, dur: int) -> int:
    """The first moment from `start` at which `dur` fits between the absences."""
    for since, until in blocked:
        if start < until and since < start + dur:
            start = until
    return start


def blocked_within(blocked: Sequence[Span], since: int, until: int) -> int:
    return sum(max(0, min(until, b) - max(since, a)) for a, b in blocked)


def lunch_on_the_way(track: Track, leave: int, travel: int) -> int:
    """Arrival when lunch is taken on this leg as early as may be; NEVER when it is too late."""
    if track.lunch is None:
        return NEVER
    first, last = track.lunch
    begin = max(leave, first)
    if begin > last:
        return NEVER
    gone = begin - leave - blocked_within(track.blocked, leave, begin)
    return arrival(track.blocked, begin + track.lunch_len, max(0, travel - gone))


def step(track: Track, at: Conditions, travel: int, stop: Stop) -> Conditions:
    """Free times after `stop`, reached by `travel` from where the agent is free at `at`."""
    owed, had = at
    owed_after = had_after = NEVER
    if owed < NEVER:
        owed_after = _served(track, arrival(track.blocked, owed, travel), stop)
        had_after = _served(track, lunch_on_the_way(track, owed, travel), stop)
    if had < NEVER:
        had_after = min(had_after, _served(track, arrival(track.blocked, had, travel), stop))
    return owed_after, had_after


def _served(track: Track, there: int, stop: Stop) -> int:
    begin = there if there > stop.earliest else stop.earliest
    if track.blocked:
        begin = settle(track.blocked, begin, stop.dur)
    return begin + stop.dur if begin <= stop.latest else NEVER


def gets_home(track: Track, at: Conditions, travel: int) -> bool:
    owed, had = at
    if had < NEVER and arrival(track.blocked, had, travel) <= track.closes:
        return True
    return owed < NEVER and lunch_on_the_way(track, owed, travel) <= track.closes


def conditions(
    track: Track, stops: Sequence[Stop], durations: Sequence[Sequence[int]]
) -> list[Conditions]:
    """Free times before the first stop and after each; ends early where one cannot be met."""
    at, place = track.begin, track.origin
    along = [at]
    for stop in stops:
        at = step(track, at, durations[place][stop.loc], stop)
        if at == (NEVER, NEVER):
            break
        along.append(at)
        place = stop.loc
    return along


def timing(
    track: Track, stops: Sequence[Stop], durations: Sequence[Sequence[int]]
) -> Timing | None:
    """The earliest start of every stop in this order and lunch; None when it cannot be done."""
    along = conditions(track, stops, durations)
    if len(along) <= len(stops):
        return None
    places = [track.origin, *(stop.loc for stop in stops), track.home]
    legs = [durations[a][b] for a, b in pairwise(places)]
    if not gets_home(track, along[-1], legs[-1]):
        return None
    lunch_leg = _lunch_leg(track, stops, along, legs)
    starts = tuple(
        along[index + 1][0 if lunch_leg is not None and index < lunch_leg else 1] - stop.dur
        for index, stop in enumerate(stops)
    )
    if lunch_leg is None or track.lunch is None:
        return Timing(starts, None)
    return Timing(starts, max(along[lunch_leg][0], track.lunch[0]))


def _lunch_leg(
    track: Track, stops: Sequence[Stop], along: Sequence[Conditions], legs: Sequence[int]
) -> int | None:
    """The leg on which lunch falls on the path that brings the agent home first."""
    if track.lunch is None:
        return None
    owed, had = along[-1]
    on_last = lunch_on_the_way(track, owed, legs[-1]) if owed < NEVER else NEVER
    if had >= NEVER or on_last < arrival(track.blocked, had, legs[-1]):
        return len(stops)
    for leg in range(len(stops) - 1, -1, -1):
        owed, had = along[leg]
        if had >= NEVER:
            return leg
        came_had = _served(track, arrival(track.blocked, had, legs[leg]), stops[leg])
        if came_had != along[leg + 1][1]:
            return leg
    raise AssertionError("lunch is owed at the start, so some leg has it")
