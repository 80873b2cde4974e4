"""Asks the optimiser, in a child process with a time limit, for the order of everybody's day."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from inspections.dispatch.planning.child import Answer, Job, Problem, Vehicle
from inspections.dispatch.planning.clockwork import Track
from inspections.dispatch.planning.faults import SolverFailed
from inspections.dispatch.planning.ground import Ground, Routes
from inspections.dispatch.planning.shapes import Skill

ROOT = Path(__file__).resolve().parents[3]
TOP_PRIORITY = 100


def ask(problem: Problem, *, time_limit: float) -> Answer:
    """Run the child; it is killed at the time limit. Refuses: SolverFailed."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "inspections.dispatch.planning.child"],
            input=json.dumps(problem),
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=time_limit,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise SolverFailed(f"排班计算超过 {time_limit:g} 秒,已停止") from late
    if done.returncode:
        raise SolverFailed(done.stderr.strip().splitlines()[-1] if done.stderr else "排班计算中断")
    answer: Answer = json.loads(done.stdout)
    return answer


def routes(
    ground: Ground, priorities: Mapping[str, int], pins: Mapping[str, str], level: int, limit: float
) -> Routes:
    """The optimiser's order of the visits in `priorities`; `pins` hold a visit to one agent."""
    agents = [agent for agent, track in ground.tracks.items() if track.opens < track.closes]
    numbers = _skill_numbers(ground)
    first_private = len(numbers)
    visits = [visit for visit in priorities if _possible(ground, visit)]
    own = {agent: first_private + index for index, agent in enumerate(agents)}
    jobs: list[Job] = []
    for number, visit in enumerate(visits):
        stop, job = ground.stops[visit], ground.jobs[visit]
        pin = pins.get(visit) or ground.pinned_to(visit)
        accepted = visit in ground.promises and pin == ground.promises[visit].agent
        need = set() if accepted else {numbers[skill] for skill in job.need}
        jobs.append(
            {
                "id": number,
                "loc": stop.loc,
                "skills": sorted(need | ({own.get(pin, -1)} if pin else set())),
                "priority": priorities[visit],
                "window": [stop.earliest, stop.latest],
                "dur": stop.dur,
                "demand": [],
            }
        )
    jobs = [job for job in jobs if -1 not in job["skills"]]
    if not jobs or not agents:
        return {agent: [] for agent in ground.tracks}
    vehicles = [
        _vehicle(
            index,
            ground.tracks[agent],
            [*(numbers[skill] for skill in ground.agents[agent].skills), own[agent]],
        )
        for index, agent in enumerate(agents)
    ]
    problem: Problem = {
        "durations": [list(row) for row in ground.day.durations],
        "vehicles": vehicles,
        "jobs": jobs,
        "level": level,
    }
    answer = ask(problem, time_limit=limit)
    found: Routes = {agent: [] for agent in ground.tracks}
    for index, order in answer["routes"].items():
        found[agents[int(index)]] = [visits[number] for number in order]
    return found


def _vehicle(number: int, track: Track, skills: list[int]) -> Vehicle:
    breaks = [[since, since, until - since] for since, until in track.blocked]
    if track.lunch is not None:
        breaks.append([*track.lunch, track.lunch_len])
    return {
        "id": number,
        "start": track.origin,
        "end": track.home,
        "skills": skills,
        "open": [track.opens, track.closes],
        "breaks": sorted(breaks),
        "capacity": [],
    }


def _possible(ground: Ground, visit: str) -> bool:
    stop = ground.stops[visit]
    return stop.earliest <= stop.latest


def _skill_numbers(ground: Ground) -> dict[Skill, int]:
    known: set[Skill] = set()
    for agent in ground.agents.values():
        known |= agent.skills
    for job in ground.jobs.values():
        known |= job.need
    return {skill: number for number, skill in enumerate(sorted(known, key=str))}
