"""A plan made anew leaves people's day alone: what a move of an offered visit has to bring."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from inspections.dispatch.planning.clockwork import Stop, timing
from inspections.dispatch.planning.ground import Ground, Routes
from inspections.dispatch.planning.insertion import Place, Walk
from inspections.dispatch.planning.shapes import Day, Fixed, PlanResult

# A delegate who has read one day and gets another: worth half an hour of driving.
MOVED_S = 30 * 60
# What one point of priority is worth: an ordinary visit (20) pays for four moves, an urgent one
# (100) for twenty.
POINT_S = 6 * 60


def settled(ground: Ground) -> Day:
    """The day with the offered visits fixed where they are, without those that cannot be kept."""
    day = ground.day
    kept: dict[str, list[Fixed]] = {agent: [] for agent in ground.tracks}
    for one in day.fixed:
        if one.visit not in day.done and one.agent in kept:
            kept[one.agent].append(one)
    offered = []
    for one in sorted(day.offered, key=lambda each: each.start):
        if one.visit in ground.stops and one.visit not in ground.promises and one.agent in kept:
            mine = sorted([*kept[one.agent], one], key=lambda each: each.start)
            if _walkable(ground, one.agent, mine):
                kept[one.agent] = mine
                offered.append(one)
    return replace(day, fixed=(*day.fixed, *offered), offered=())


def _walkable(ground: Ground, agent: str, fixed: list[Fixed]) -> bool:
    held = ground.held_visits
    stops = []
    for one in fixed:
        stop = ground.stops[one.visit]
        if one.visit in held:
            continue
        if one.visit not in ground.promises:
            if not stop.earliest <= one.start <= stop.latest:
                return False
            stop = replace(stop, earliest=one.start, latest=one.start)
        stops.append(stop)
    return timing(ground.tracks[agent], stops, ground.day.durations) is not None


@dataclass(frozen=True, slots=True)
class _Swap:
    """`visit` takes the place of `out` with `agent`, and `out` goes to another place."""

    cost: int
    agent: str
    out: str
    inside: Place
    other: Place


def make_room(ground: Ground, routes: Routes, visit: str, offered: AbstractSet[str]) -> bool:
    """Place the visit by moving one offered visit elsewhere; says whether that was possible."""
    walk = Walk(ground, routes)
    swap = min(_swaps(walk, visit, offered), key=lambda one: one.cost, default=None)
    if swap is None:
        return False
    routes[swap.agent].remove(swap.out)
    routes[swap.agent].insert(swap.inside.position, visit)
    routes[swap.other.agent].insert(swap.other.position, swap.out)
    ground.let_go(swap.out)
    return True


def _swaps(walk: Walk, visit: str, offered: AbstractSet[str]) -> Iterator[_Swap]:
    ground, job, stop = walk.ground, walk.ground.jobs[visit], walk.ground.stops[visit]
    for agent, stops in walk.routes.items():
        if not ground.may(agent, job):
            continue
        ids = [one.visit for one in stops]
        for out in ids:
            if out not in offered:
                continue
            rest = [one for one in ids if one != out]
            without = Walk(ground, {agent: rest})
            inside = min(without.places_of(agent, stop), key=lambda one: one.cost, default=None)
            if inside is None:
                continue
            rest.insert(inside.position, visit)
            other = _elsewhere(walk, Walk(ground, {agent: rest}), out)
            if other is not None:
                yield _Swap(inside.cost + other.cost, agent, out, inside, other)


def _elsewhere(walk: Walk, changed: Walk, visit: str) -> Place | None:
    """The cheapest place for an offered visit: with its agent's changed day, or with another."""
    ground = walk.ground
    job = ground.jobs[visit]
    (own,) = changed.routes
    stop = Stop(visit, job.loc, max(job.tw[0], ground.day.now), job.tw[1], job.dur)
    found = list(changed.places_of(own, stop))
    for agent in walk.routes:
        fit = job.only_agent in (None, agent) and job.need <= ground.agents[agent].skills
        if fit and agent != own:
            found += walk.places_of(agent, stop)
    return min(found, key=lambda one: one.cost, default=None)


def better(ground: Ground, calm: PlanResult, free: PlanResult) -> PlanResult:
    """`calm`, unless `free` places more of those who go first or is worth all its moves."""
    if _first(ground, free) > _first(ground, calm):
        return free
    return free if _cost(ground, free) < _cost(ground, calm) else calm


def _first(ground: Ground, result: PlanResult) -> int:
    placed = {one.visit for one in result.assignments}
    return sum(job.protected and job.id in placed for job in ground.jobs.values())


def _cost(ground: Ground, result: PlanResult) -> int:
    """Seconds of driving, and what moves cost and visits bring in seconds of driving."""
    places = {one.visit: (one.agent, one.start) for one in result.assignments}
    moved = sum(places.get(one.visit) != (one.agent, one.start) for one in ground.day.offered)
    points = sum(ground.jobs[one.visit].priority for one in result.assignments)
    return result.travel_s + MOVED_S * moved - POINT_S * points
