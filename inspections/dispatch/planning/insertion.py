"""Room for one more visit in a plan, really checked: every start offered comes with its route."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from inspections.dispatch.planning.clockwork import (
    NEVER,
    Conditions,
    Stop,
    Timing,
    Track,
    arrival,
    conditions,
    gets_home,
    step,
    timing,
)
from inspections.dispatch.planning.ground import Ground, Routes
from inspections.dispatch.planning.shapes import (
    OUTSIDE_AREA_S,
    Assignment,
    Break,
    Day,
    Insertion,
    PlanResult,
    VisitJob,
)

QUARTER = 900


@dataclass(frozen=True, slots=True)
class Place:
    """Between which stops of whose route the visit fits; starts no earlier than `earliest`.

    `extra` is the detour in seconds; `cost` weighs it and whether the place is in the agent's area.
    """

    extra: int
    cost: int
    earliest: int
    agent: str
    position: int


class Walk:
    """Routes with the conditions along them kept, so that one more stop is tried quickly."""

    def __init__(self, ground: Ground, routes: Routes) -> None:
        self.ground = ground
        self.durations = ground.day.durations
        self.routes = {agent: ground.route_of(agent, routes.get(agent, ())) for agent in routes}
        self.along = {
            agent: conditions(ground.tracks[agent], stops, self.durations)
            for agent, stops in self.routes.items()
        }

    def places(self, job: VisitJob, stop: Stop, only: str | None = None) -> Iterator[Place]:
        """Every place the stop fits into, one per agent and position."""
        for agent in self.routes:
            if (only is None or only == agent) and self.ground.may(agent, job):
                yield from self.places_of(agent, stop)

    def places_of(self, agent: str, stop: Stop) -> Iterator[Place]:
        """The same for one agent, by the clock alone: skills and promises are not asked."""
        track, stops = self.ground.tracks[agent], self.routes[agent]
        if stop.latest < track.opens or stop.earliest + stop.dur > track.closes:
            return
        along = self.along[agent]
        away = OUTSIDE_AREA_S if stop.loc in self.ground.agents[agent].outside else 0
        for position in range(min(len(along), len(stops) + 1)):
            if min(along[position]) > stop.latest:
                return
            after = stops[position:]
            if after and after[0].latest < stop.earliest + stop.dur:
                continue
            origin = stops[position - 1].loc if position else track.origin
            at = step(track, along[position], self.durations[origin][stop.loc], stop)
            if at != (NEVER, NEVER) and fits(track, at, stop.loc, after, self.durations):
                follower = after[0].loc if after else track.home
                row = self.durations[origin]
                extra = row[stop.loc] + self.durations[stop.loc][follower] - row[follower]
                yield Place(extra, extra + away, min(at) - stop.dur, agent, position)

    def timed(self, place: Place, stop: Stop) -> Timing | None:
        stops = self.routes[place.agent]
        grown = [*stops[: place.position], stop, *stops[place.position :]]
        return timing(self.ground.tracks[place.agent], grown, self.durations)

    def insertion(self, place: Place, stop: Stop) -> Insertion | None:
        timed = self.timed(place, stop)
        if timed is None:
            return None
        stops = self.routes[place.agent]
        visits = [one.visit for one in stops]
        visits.insert(place.position, stop.visit)
        return Insertion(
            place.agent,
            timed.starts[place.position],
            place.extra,
            place.position,
            assignments_of(self.ground, place.agent, visits, timed),
            None if timed.lunch is None else Break(place.agent, timed.lunch),
        )


def fits(
    track: Track,
    at: Conditions,
    place: int,
    after: Sequence[Stop],
    durations: Sequence[Sequence[int]],
) -> bool:
    """Whether the rest of the route can still be made from where the agent is now."""
    for stop in after:
        at = step(track, at, durations[place][stop.loc], stop)
        if at == (NEVER, NEVER):
            return False
        place = stop.loc
    return gets_home(track, at, durations[place][track.home])


def assignments_of(
    ground: Ground, agent: str, visits: Sequence[str], timed: Timing
) -> tuple[Assignment, ...]:
    """The agent's whole day: what is under way, then the timed route."""
    planned = [
        Assignment(visit, agent, start) for visit, start in zip(visits, timed.starts, strict=True)
    ]
    return (*ground.held.get(agent, ()), *planned)


def cheapest(places: Iterable[Place]) -> Place | None:
    return min(places, key=lambda one: (one.cost, one.earliest), default=None)


def fill(ground: Ground, routes: Routes, visits: Sequence[str]) -> list[str]:
    """Insert the visits that still fit, cheapest place first; returns those that do not."""
    left: list[str] = []
    walk = Walk(ground, routes)
    for visit in visits:
        stop = ground.stops[visit]
        place = cheapest(walk.places(ground.jobs[visit], stop))
        if place is None:
            left.append(visit)
            continue
        routes[place.agent].insert(place.position, visit)
        walk = Walk(ground, routes)
    return left


def insertions(
    day: Day, result: PlanResult, job: VisitJob, limit: int = 3, *, apart: int = 1800
) -> list[Insertion]:
    """Up to `limit` starts for `job` in the plan, cheapest detour first, at least `apart` seconds
    from one another; on the quarter hour where that fits. With `apart` 0: one per agent and gap.
    """
    ground = Ground(day)
    routes = ground.routes_of(result)
    for route in routes.values():
        if job.id in route:
            route.remove(job.id)
    walk = Walk(ground, routes)
    stop = ground.stop_of(job)
    found: list[Insertion] = []
    places = sorted(walk.places(job, stop), key=lambda one: (one.cost, one.earliest))
    for later in (0, 1800, 3600, 5400, 7200):
        for place in places:
            if len(found) >= limit:
                return found
            wanted = -(-place.earliest // QUARTER) * QUARTER + later
            if apart and any(abs(wanted - one.start) < apart for one in found):
                continue
            offer = at_start(walk, place, stop, wanted)
            if offer is None and not later:
                offer = walk.insertion(place, stop)
            if offer and all(abs(offer.start - one.start) >= apart for one in found):
                found.append(offer)
        if not apart:
            break
    return found


def at_start(walk: Walk, place: Place, stop: Stop, start: int) -> Insertion | None:
    """The same place with exactly this start, if it can be kept."""
    if not stop.earliest <= start <= stop.latest:
        return None
    return walk.insertion(place, replace(stop, earliest=start, latest=start))


def reachable_alone(track: Track, stop: Stop, durations: Sequence[Sequence[int]]) -> bool:
    """Whether an agent with nothing else to do could make this visit and be home in time."""
    at = step(track, track.begin, durations[track.origin][stop.loc], stop)
    return at != (NEVER, NEVER) and gets_home(track, at, durations[stop.loc][track.home])


def soonest_arrival(track: Track, stop: Stop, durations: Sequence[Sequence[int]]) -> int:
    return arrival(track.blocked, track.opens, durations[track.origin][stop.loc])
