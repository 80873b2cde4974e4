"""Why a visit found no place, in words a dispatcher can read to the caller, and when it would."""

from dataclasses import dataclass

from inspections.dispatch.planning import wording
from inspections.dispatch.planning.clockwork import Stop, settle
from inspections.dispatch.planning.ground import Ground
from inspections.dispatch.planning.insertion import Walk, reachable_alone, soonest_arrival
from inspections.dispatch.planning.openings import openings, standing_walk
from inspections.dispatch.planning.shapes import (
    AREA_PREFIX,
    Alternative,
    Blocker,
    Day,
    PlanResult,
    Reason,
    Unplaced,
    VisitJob,
)


def reasons(day: Day, result: PlanResult) -> list[Unplaced]:
    """One reason, sentence, blocker and up to three checked starts for every visit not placed.

    The starts hold while everybody placed stays at their very minute, and one by one: taking one
    of them may use up another.
    """
    ground = Ground(day)
    placed = {one.visit for one in result.assignments}
    missing = [ground.jobs[visit] for visit in ground.stops if visit not in placed]
    if not missing:
        return []
    walk = Walk(ground, ground.routes_of(result))
    standing = standing_walk(day, result.assignments)
    return [_explain(walk, standing, job) for job in missing]


def _explain(walk: Walk, standing: Walk, job: VisitJob) -> Unplaced:
    reason, blocker = _cause(walk, job)
    alternatives: tuple[Alternative, ...] = ()
    if reason is not Reason.NO_SKILL:
        alternatives = tuple(openings([standing], job))
    because = wording.because(walk.ground.day, job, reason, blocker, alternatives)
    text = because + wording.offer(reason, alternatives, promised=job.promised)
    return Unplaced(job.id, reason, text, blocker, alternatives, because)


def _cause(walk: Walk, job: VisitJob) -> tuple[Reason, Blocker]:
    ground = walk.ground
    stop = ground.stops[job.id]
    able = [agent.id for agent in ground.agents.values() if ground.may(agent.id, job)]
    if not able:
        return Reason.NO_SKILL, _lacking(ground, job)
    on_shift = [agent for agent in able if _on_shift(ground, agent, stop)]
    if not on_shift:
        ends = [ground.tracks[agent].closes for agent in able if agent in ground.tracks]
        return (
            Reason.NO_SHIFT_IN_WINDOW,
            Blocker("SHIFT", tuple(able), at=max(ends, default=None)),
        )
    durations = ground.day.durations
    reaching = [
        agent for agent in on_shift if reachable_alone(ground.tracks[agent], stop, durations)
    ]
    if not reaching:
        soonest = min(soonest_arrival(ground.tracks[one], stop, durations) for one in on_shift)
        return Reason.UNREACHABLE_IN_WINDOW, Blocker("TRAVEL", tuple(on_shift), at=soonest)
    room = next(walk.places(job, stop), None)
    if room is not None:
        return Reason.OPTIMISER_MISS, Blocker("CREW", (room.agent,), at=room.earliest)
    cheapest = cheapest_removal(walk, job, stop)
    if cheapest is None:
        return Reason.CONTENTION, Blocker("CREW", tuple(reaching))
    return Reason.CONTENTION, Blocker("VISIT", (cheapest.agent,), cheapest.visit, at=cheapest.start)


def _lacking(ground: Ground, job: VisitJob) -> Blocker:
    if job.only_agent is not None:
        return Blocker("AGENT", (job.only_agent,))
    known = [agent.skills for agent in ground.agents.values()]
    nobody = [skill for skill in job.need if not any(skill in skills for skills in known)]
    lacking = tuple(sorted(nobody or job.need, key=str))
    area = all(str(skill).startswith(AREA_PREFIX) for skill in lacking)
    return Blocker("AREA" if area else "SKILL", skills=lacking)


def _on_shift(ground: Ground, agent: str, stop: Stop) -> bool:
    """On duty at some start in the window, travel left aside."""
    track = ground.tracks.get(agent)
    if track is None:
        return False
    start = settle(track.blocked, max(stop.earliest, track.opens), stop.dur)
    return start <= stop.latest and start + stop.dur <= track.closes


@dataclass(frozen=True, slots=True)
class Removal:
    visit: str
    agent: str
    start: int


def cheapest_removal(walk: Walk, job: VisitJob, stop: Stop) -> Removal | None:
    """The least important visit, then the shortest detour, whose removal makes room."""
    ground = walk.ground
    weights: dict[int, list[tuple[str, str]]] = {}
    for agent, stops in walk.routes.items():
        for one in stops:
            if one.visit not in ground.promises and ground.may(agent, job):
                weight = ground.jobs[one.visit].priority + 1000 * ground.jobs[one.visit].protected
                weights.setdefault(weight, []).append((agent, one.visit))
    for weight in sorted(weights):
        best: tuple[int, Removal] | None = None
        for agent, visit in weights[weight]:
            rest = [one.visit for one in walk.routes[agent] if one.visit != visit]
            without = Walk(ground, {agent: rest})
            for place in without.places(job, stop):
                if best is None or place.cost < best[0]:
                    best = (place.cost, Removal(visit, agent, place.earliest))
        if best is not None:
            return best[1]
    return None
