"""The product's own guard: is this plan one that people can walk, and does it keep its promises?"""

from collections.abc import Iterator, Sequence

from inspections.dispatch.planning.clockwork import Track, blocked_within
from inspections.dispatch.planning.ground import Ground
from inspections.dispatch.planning.shapes import (
    Assignment,
    Break,
    Day,
    Violation,
    VisitJob,
    hhmm,
)


def check(day: Day, assignments: Sequence[Assignment], breaks: Sequence[Break]) -> list[Violation]:
    """Everything that is wrong with the plan; an empty list is a plan fit to publish.

    Codes: UNKNOWN, TWICE, DONE, ABSENT, SKILL, WINDOW, SHIFT, BREAK, REACH, PROMISE.
    """
    ground = Ground(day)
    found = list(_of_visits(ground, assignments))
    if any(one.code == "UNKNOWN" for one in found):
        return found
    found += _of_promises(ground, assignments)
    lunches = {one.agent: one.start for one in breaks}
    for agent, track in ground.tracks.items():
        mine = sorted((one for one in assignments if one.agent == agent), key=lambda a: a.start)
        found += _of_route(ground, track, mine, lunches.get(agent))
    return found


def _of_visits(ground: Ground, assignments: Sequence[Assignment]) -> Iterator[Violation]:
    seen: set[str] = set()
    for one in assignments:
        job, agent = ground.jobs.get(one.visit), ground.agents.get(one.agent)
        if job is None or agent is None:
            yield _wrong("UNKNOWN", one, "计划里有不认识的上门或人员")
            continue
        if one.visit in seen:
            yield _wrong("TWICE", one, "同一次上门排了两次")
        seen.add(one.visit)
        if one.visit in ground.day.done:
            yield _wrong("DONE", one, "已经办完的上门又排了一次")
            continue
        if one.agent in ground.day.absent:
            yield _wrong("ABSENT", one, "这个人当天不在岗")
            continue
        if not ground.may(one.agent, job):
            yield _wrong("SKILL", one, "这个人不具备这次上门要求的条件")
        if not _held(ground, one) and not _in_window(ground, job, one.start):
            yield _wrong("WINDOW", one, f"{hhmm(one.start)} 不在约定的时段里")


def _of_promises(ground: Ground, assignments: Sequence[Assignment]) -> Iterator[Violation]:
    planned = {one.visit: one for one in assignments}
    for promise in ground.promises.values():
        one = planned.get(promise.visit)
        absent = promise.agent in ground.day.absent
        if one is None:
            if not absent:
                yield Violation("PROMISE", "已答应的上门没有排进去", promise.visit, promise.agent)
        elif abs(one.start - promise.start) > promise.tolerance:
            yield _wrong("PROMISE", one, "已答应的上门改了时间")
        elif one.agent != promise.agent and not absent:
            yield _wrong("PROMISE", one, "已答应的上门换了人")


def _of_route(
    ground: Ground, track: Track, mine: Sequence[Assignment], lunch: int | None
) -> Iterator[Violation]:
    route = [one for one in mine if one.visit in ground.stops and not _held(ground, one)]
    if track.lunch is not None and route and lunch is None:
        yield _wrong("BREAK", route[0], "没有安排午间休息")
    if (
        track.lunch is not None
        and lunch is not None
        and not (track.lunch[0] <= lunch <= track.lunch[1])
    ):
        yield Violation(
            "BREAK", "休息时间不在规定的范围里", None, route[0].agent if route else None
        )
    pause = (lunch, lunch + track.lunch_len) if lunch is not None and track.lunch else None
    free, place = track.opens, track.origin
    for one in route:
        job = ground.jobs[one.visit]
        if (
            one.start < free
            or _moving(track, pause, free, one.start) < (ground.day.durations[place][job.loc])
        ):
            yield _wrong("REACH", one, f"{hhmm(one.start)} 赶不到")
        end = one.start + job.dur
        if pause and one.start < pause[1] and pause[0] < end:
            yield _wrong("BREAK", one, "休息和上门撞在一起")
        if blocked_within(track.blocked, one.start, end):
            yield _wrong("ABSENT", one, "这段时间本人请假")
        free, place = end, job.loc
    if route and (
        free > track.closes
        or _moving(track, pause, free, track.closes) < ground.day.durations[place][track.home]
    ):
        yield _wrong("SHIFT", route[-1], "下班前回不来")


def _moving(track: Track, pause: tuple[int, int] | None, since: int, until: int) -> int:
    """Seconds between two moments in which the agent may be on the road."""
    lost = blocked_within(track.blocked, since, until)
    if pause:
        lost += max(0, min(until, pause[1]) - max(since, pause[0]))
    return until - since - lost


def _held(ground: Ground, one: Assignment) -> bool:
    return one in ground.held.get(one.agent, ())


def _in_window(ground: Ground, job: VisitJob, start: int) -> bool:
    stop = ground.stops[job.id]
    return stop.earliest <= start <= stop.latest


def _wrong(code: str, one: Assignment, text: str) -> Violation:
    return Violation(code, text, one.visit, one.agent)
