"""Asks the optimiser, in a child process with a time limit, for the order of everybody's day."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer
from typing import IO

from inspections.dispatch.planning.child import Answer, Job, Problem, Vehicle
from inspections.dispatch.planning.clockwork import Track
from inspections.dispatch.planning.faults import SolverFailed
from inspections.dispatch.planning.ground import Ground, Routes
from inspections.dispatch.planning.shapes import OUTSIDE_AREA_S, Skill

CHILD = Path(__file__).with_name("child.py")
TOP_PRIORITY = 100


class Optimiser:
    """A running child process and the questions of one plan. Refuses: SolverFailed."""

    def __init__(self, child: subprocess.Popen[str], complaints: IO[bytes], limit: float) -> None:
        self._child = child
        self._complaints = complaints
        self._limit = limit
        self._overdue = False

    def ask(self, problem: Problem) -> Answer:
        if self._child.stdin is None or self._child.stdout is None:
            raise SolverFailed("排班计算没有启动")
        try:
            self._child.stdin.write(json.dumps(problem) + "\n")
            self._child.stdin.flush()
        except BrokenPipeError as error:
            raise self._failure() from error
        line = self._child.stdout.readline()
        if not line:
            raise self._failure()
        answer: Answer = json.loads(line)
        return answer

    def stop(self) -> None:
        """Kill the child because its time is over; whoever waits for an answer is told so."""
        self._overdue = True
        self._child.kill()

    def _failure(self) -> SolverFailed:
        if self._overdue:
            return SolverFailed(f"排班计算超过 {self._limit:g} 秒,已停止")
        self._child.wait()
        self._complaints.seek(0)
        said = self._complaints.read().decode("utf-8", "replace").strip().splitlines()
        return SolverFailed(f"排班计算中断:{said[-1] if said else self._child.returncode}")


@contextmanager
def optimiser(*, time_limit: float) -> Iterator[Optimiser]:
    """A child process for the questions of one plan, killed when `time_limit` seconds are over."""
    with TemporaryFile() as complaints:
        child = subprocess.Popen(  # noqa: S603  our own file by our own interpreter
            [sys.executable, "-I", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            text=True,
            encoding="utf-8",
        )
        running = Optimiser(child, complaints, time_limit)
        timer = Timer(time_limit, running.stop)
        timer.daemon = True
        timer.start()
        try:
            yield running
        finally:
            timer.cancel()
            child.kill()
            child.communicate()  # closes the pipes and reaps


def routes(
    asked: Optimiser,
    ground: Ground,
    priorities: Mapping[str, int],
    pins: Mapping[str, str],
    *,
    level: int,
) -> Routes:
    """The optimiser's order of the visits in `priorities`; `pins` hold a visit to one agent."""
    agents = [agent for agent, track in ground.tracks.items() if track.opens < track.closes]
    numbers = _skill_numbers(ground)
    visits = [visit for visit in priorities if _possible(ground, visit)]
    own = {agent: len(numbers) + index for index, agent in enumerate(agents)}
    jobs = [
        _job(ground, number, visit, numbers, own, pins.get(visit))
        for number, visit in enumerate(visits)
    ]
    for job in jobs:
        job["priority"] = priorities[visits[job["id"]]]
    jobs = [job for job in jobs if -1 not in job["skills"]]
    if not jobs or not agents:
        return {agent: [] for agent in ground.tracks}
    vehicles, areas = _vehicles(ground, agents, numbers, own)
    problem: Problem = {
        "durations": [list(row) for row in ground.day.durations],
        "vehicles": vehicles,
        "jobs": jobs,
        "level": level,
        "outside": areas,
        "penalty": OUTSIDE_AREA_S,
    }
    found: Routes = {agent: [] for agent in ground.tracks}
    for index, order in asked.ask(problem)["routes"].items():
        found[agents[int(index)]] = [visits[number] for number in order]
    return found


def _vehicles(
    ground: Ground, agents: Sequence[str], skills: Mapping[Skill, int], own: Mapping[str, int]
) -> tuple[list[Vehicle], list[list[int]]]:
    """The agents' vehicles, and by area the places beyond it."""
    areas = sorted({tuple(sorted(ground.agents[agent].outside)) for agent in agents})
    vehicles = [
        _vehicle(
            index,
            ground.tracks[agent],
            [*(skills[skill] for skill in ground.agents[agent].skills), own[agent]],
            areas.index(tuple(sorted(ground.agents[agent].outside))),
        )
        for index, agent in enumerate(agents)
    ]
    return vehicles, [list(places) for places in areas]


def _job(
    ground: Ground,
    number: int,
    visit: str,
    skills: Mapping[Skill, int],
    own: Mapping[str, int],
    pin: str | None,
) -> Job:
    stop, job = ground.stops[visit], ground.jobs[visit]
    pin = pin or ground.pinned_to(visit)
    accepted = visit in ground.promises and pin == ground.promises[visit].agent
    need = set() if accepted else {skills[skill] for skill in job.need}
    return {
        "id": number,
        "loc": stop.loc,
        "skills": sorted(need | ({own.get(pin, -1)} if pin else set())),
        "priority": 0,
        "window": [stop.earliest, stop.latest],
        "dur": stop.dur,
        "demand": [],
    }


def _vehicle(number: int, track: Track, skills: list[int], area: int) -> Vehicle:
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
        "area": area,
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
