"""A whole day's plan: promises first, then protected visits, then everybody else."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from inspections.dispatch.planning import engine, steady
from inspections.dispatch.planning.checking import check
from inspections.dispatch.planning.clockwork import conditions, timing
from inspections.dispatch.planning.explaining import reasons
from inspections.dispatch.planning.faults import PromiseBroken, SolverFailed
from inspections.dispatch.planning.ground import Ground, Routes
from inspections.dispatch.planning.insertion import Walk, assignments_of, fill
from inspections.dispatch.planning.shapes import Assignment, Break, Day, PlanResult
from inspections.dispatch.planning.shifting import shift

DEFAULT_LEVEL = 3
DEFAULT_LIMIT = 60.0
ORDINARY_SHARE = 4  # a visit that must stay outweighs several ordinary ones


@dataclass(frozen=True)
class Task:
    ground: Ground
    optimiser: engine.Optimiser
    level: int


def solve(day: Day, level: int = DEFAULT_LEVEL, *, time_limit: float = DEFAULT_LIMIT) -> PlanResult:
    """Plan the day; every unplaced visit comes with its reason.

    Accepted visits keep agent and time, and protected ones are placed before all others. Offered
    ones keep theirs unless another plan is better by more than the moves cost (see `steady`); an
    agent is sent out of their area only where that saves OUTSIDE_AREA_S. Refuses: PromiseBroken
    with the names when that cannot be, SolverFailed when the optimiser gives no plan within
    `time_limit` seconds.
    """
    began = time.perf_counter()
    ground = Ground(day)
    with engine.optimiser(time_limit=time_limit) as optimiser:
        task = Task(ground, optimiser, level)
        result = _result(ground, _routes(task))
        if day.offered:
            result = steady.better(ground, _steady(task), result)
    assert_promises(ground, result)
    broken = check(day, result.assignments, result.breaks)
    if broken:
        raise SolverFailed(f"排班结果没有通过核对:{broken[0].code}")
    return PlanResult(
        result.assignments,
        result.breaks,
        tuple(reasons(day, result)),
        result.travel_s,
        round(time.perf_counter() - began, 3),
    )


def _routes(task: Task) -> Routes:
    kept = _place_first(task, promised_routes(task.ground))
    return _place(task, kept, _open_visits(task.ground, kept))


def _steady(task: Task) -> PlanResult:
    """The plan with every offered visit where it is, but for those that make room for another."""
    ground = Ground(steady.settled(task.ground))
    routes = _routes(replace(task, ground=ground))
    offered = {one.visit for one in task.ground.day.offered}
    for visit in _open_visits(ground, routes):
        steady.make_room(ground, routes, visit, offered)
    return _result(ground, routes)


def promised_routes(ground: Ground) -> Routes:
    """The accepted visits alone, each with its agent; refuses PromiseBroken where they collide."""
    routes: Routes = {agent: [] for agent in ground.tracks}
    held = ground.held_visits
    for promise in sorted(ground.promises.values(), key=lambda one: one.start):
        if promise.agent in routes and promise.visit not in held:
            routes[promise.agent].append(promise.visit)
    broken: list[str] = []
    for agent, visits in routes.items():
        track, stops = ground.tracks[agent], ground.route_of(agent, visits)
        if visits and timing(track, stops, ground.day.durations) is None:
            kept = len(conditions(track, stops, ground.day.durations)) - 1
            broken.append(visits[min(kept, len(visits) - 1)])
    if broken:
        raise broken_promise(ground, broken)
    return routes


def assert_promises(ground: Ground, result: PlanResult) -> None:
    """Refuses PromiseBroken unless every accepted visit has its agent and its time."""
    planned = {one.visit: one for one in result.assignments}
    broken: list[str] = []
    for promise in ground.promises.values():
        one = planned.get(promise.visit)
        if promise.agent in ground.day.absent:
            if one is None or abs(one.start - promise.start) <= promise.tolerance:
                continue
        elif (
            one is not None
            and one.agent == promise.agent
            and abs(one.start - promise.start) <= promise.tolerance
        ):
            continue
        broken.append(promise.visit)
    if broken:
        raise broken_promise(ground, broken)


def broken_promise(ground: Ground, visits: Sequence[str]) -> PromiseBroken:
    return PromiseBroken(visits, [ground.jobs[visit].title or visit for visit in visits])


def _goes_first(ground: Ground, visit: str) -> bool:
    return ground.jobs[visit].protected or visit in ground.promises


def _open_visits(ground: Ground, routes: Routes) -> list[str]:
    """Visits not placed yet, the more important first."""
    placed = {visit for route in routes.values() for visit in route} | ground.held_visits
    left = [job for job in ground.jobs.values() if job.id in ground.stops and job.id not in placed]
    left.sort(key=lambda job: (-job.priority, job.tw[1] - job.tw[0]))
    return [job.id for job in left]


def _place_first(task: Task, kept: Routes) -> Routes:
    """`kept` and all protected visits and promises of absent agents that can be placed at all."""
    ground = task.ground
    alone = Walk(ground, kept)
    first = [
        visit
        for visit in _open_visits(ground, kept)
        if _goes_first(ground, visit) and any(alone.places(ground.jobs[visit], ground.stops[visit]))
    ]
    routes = {agent: list(route) for agent, route in kept.items()}
    left = fill(ground, routes, first)
    if not left or not shift(ground, routes, left):
        return routes
    return _place(task, kept, first)


def _place(task: Task, kept: Routes, more: Sequence[str]) -> Routes:
    """`kept` and as many of `more` as can be had without losing one of `kept`."""
    ground = task.ground
    must = {visit for route in kept.values() for visit in route}
    share = ORDINARY_SHARE if must else 1
    top = max([engine.TOP_PRIORITY, *(ground.jobs[visit].priority for visit in more)])
    priorities = dict.fromkeys(sorted(must), engine.TOP_PRIORITY)
    for visit in more:
        scaled = ground.jobs[visit].priority * engine.TOP_PRIORITY // (top * share)
        priorities[visit] = max(scaled, min(1, ground.jobs[visit].priority))
    pins = {visit: agent for agent, route in kept.items() for visit in route}
    routes = engine.routes(task.optimiser, ground, priorities, pins, level=task.level)
    _assert_walkable(ground, routes)
    placed = {visit for route in routes.values() for visit in route}
    if not must <= placed:
        # The optimiser's pins are soft: it gave one up for more points. Keep what must be kept.
        routes = {agent: list(route) for agent, route in kept.items()}
        placed = must
    shift(ground, routes, fill(ground, routes, [one for one in more if one not in placed]))
    return routes


def _assert_walkable(ground: Ground, routes: Routes) -> None:
    for agent, visits in routes.items():
        stops = ground.route_of(agent, visits)
        if visits and timing(ground.tracks[agent], stops, ground.day.durations) is None:
            raise SolverFailed("排班结果里有走不通的路线")


def _result(ground: Ground, routes: Routes) -> PlanResult:
    assignments: list[Assignment] = []
    breaks: list[Break] = []
    for agent, visits in routes.items():
        stops = ground.route_of(agent, visits)
        timed = timing(ground.tracks[agent], stops, ground.day.durations)
        if timed is None:  # an empty route of an agent who cannot even leave
            assignments += ground.held.get(agent, [])
            continue
        assignments += assignments_of(ground, agent, visits, timed)
        if timed.lunch is not None:
            breaks.append(Break(agent, timed.lunch))
    return PlanResult(tuple(assignments), tuple(breaks), (), ground.travel(routes), 0.0)
