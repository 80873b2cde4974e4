"""Starts to offer instead: each can be had while everything that stands stays where it is."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from inspections.dispatch.planning.clockwork import Stop
from inspections.dispatch.planning.ground import Ground
from inspections.dispatch.planning.insertion import QUARTER, Walk, at_start
from inspections.dispatch.planning.shapes import (
    DAY_END,
    OPENINGS,
    Alternative,
    Assignment,
    Day,
    Fixed,
    VisitJob,
)

HALF_HOUR = 1800
# Two boards rarely agree on an odd minute only: after so many tries there is none.
_TRIES = 12


def standing_walk(day: Day, assignments: Sequence[Assignment]) -> Walk:
    """The day with every assignment at its very start, as it is once it has been given out."""
    known = {job.id for job in day.visits}
    kept = {one.visit: one for one in day.fixed if one.visit in day.done}
    kept |= {
        one.visit: Fixed(one.visit, one.agent, one.start, 0)
        for one in assignments
        if one.visit in known and one.visit not in kept
    }
    ground = Ground(replace(day, fixed=tuple(kept.values())))
    routes: dict[str, list[str]] = {agent: [] for agent in ground.tracks}
    held = ground.held_visits
    for one in sorted(assignments, key=lambda a: a.start):
        if one.visit in ground.stops and one.visit not in held and one.agent in routes:
            routes[one.agent].append(one.visit)
    return Walk(ground, routes)


def openings(walks: Sequence[Walk], job: VisitJob) -> list[Alternative]:
    """Up to three starts half an hour apart that hold in each of `walks`, nearest to the window.

    On the half hour where those suffice, on any minute where they do not; fewer than three only if
    no more exist. A window that was promised is not left.
    """
    if not able(walks, job):
        return []
    found: list[Alternative] = []
    for start in _half_hours(walks[0].ground, job):
        agent = _agent_at(walks, job, start)
        if agent is not None:
            found.append(_alternative(job, agent, start))
            if len(found) == OPENINGS:
                return found
    odd = list(_one_after_the_other(walks, job))
    return odd if len(odd) > len(found) else found


def able(walks: Sequence[Walk], job: VisitJob) -> list[str]:
    """Who may make the visit at all, on every board."""
    first = walks[0]
    return [
        agent
        for agent in first.routes
        if all(agent in walk.routes and walk.ground.may(agent, job) for walk in walks)
    ]


def _agent_at(walks: Sequence[Walk], job: VisitJob, start: int) -> str | None:
    """Who could be there at exactly this start with the least detour."""
    first, *others = walks
    exact = _exact(first, job, start)
    for place in sorted(first.places(job, exact), key=lambda one: one.cost):
        if at_start(first, place, exact, start) is None:
            continue
        if all(_holds(walk, job, place.agent, start) for walk in others):
            return place.agent
    return None


def _holds(walk: Walk, job: VisitJob, agent: str, start: int) -> bool:
    exact = _exact(walk, job, start)
    if agent not in walk.routes or start < walk.ground.day.now:
        return False
    return any(
        at_start(walk, place, exact, start) is not None
        for place in walk.places(job, exact, only=agent)
    )


def _one_after_the_other(walks: Sequence[Walk], job: VisitJob) -> Iterator[Alternative]:
    """The earliest start, then the earliest half an hour later: no choice of starts has more."""
    since, until = _reach(walks[0].ground, job)
    for _ in range(OPENINGS):
        soonest = min(
            (
                (start, agent)
                for agent in able(walks, job)
                if (start := _earliest(walks, job, agent, (since, until))) is not None
            ),
            default=None,
        )
        if soonest is None:
            return
        yield _alternative(job, soonest[1], soonest[0])
        since = soonest[0] + HALF_HOUR


def _earliest(
    walks: Sequence[Walk], job: VisitJob, agent: str, span: tuple[int, int]
) -> int | None:
    """The first start in the span on which all walks agree for this agent."""
    start, until = span
    for _ in range(_TRIES):
        latest = start
        for walk in walks:
            stop = replace(_exact(walk, job, latest), latest=until)
            offers = (walk.insertion(one, stop) for one in walk.places(job, stop, only=agent))
            own = min((one.start for one in offers if one is not None), default=None)
            if own is None:
                return None
            latest = max(latest, own)
        if latest == start or all(_holds(walk, job, agent, latest) for walk in walks):
            return latest
        start = latest
    return None


def _exact(walk: Walk, job: VisitJob, start: int) -> Stop:
    return replace(walk.ground.stop_of(job), earliest=start, latest=start)


def _alternative(job: VisitJob, agent: str, start: int) -> Alternative:
    return Alternative(agent, start, job.tw[0] <= start <= job.tw[1])


def _reach(ground: Ground, job: VisitJob) -> tuple[int, int]:
    since, until = job.tw if job.promised else (0, DAY_END)
    return max(since, ground.day.now), until


def _half_hours(ground: Ground, job: VisitJob) -> list[int]:
    since = -(-max(job.tw[0], ground.day.now) // QUARTER) * QUARTER
    inside = list(range(since, job.tw[1] + 1, HALF_HOUR))
    if job.promised:
        return inside
    grid = range(-(-ground.day.now // HALF_HOUR) * HALF_HOUR, DAY_END, HALF_HOUR)
    outside = [start for start in grid if not job.tw[0] <= start <= job.tw[1]]
    outside.sort(key=lambda start: max(job.tw[0] - start, start - job.tw[1]))
    # Half past nine and a quarter to ten are one offer, not two.
    return inside + [
        start for start in outside if all(abs(start - one) >= HALF_HOUR for one in inside)
    ]
