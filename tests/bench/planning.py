"""The planner's figures: the stored day, the same day at 10:30, seeds, a big day, VRPTW, stalls.

Every plan is proved by the independent checker of the tests before its time counts.
"""

import asyncio
import csv
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

from inspections.dispatch.planning import engine, insertions, reasons, solve
from inspections.dispatch.planning.child import Problem
from inspections.dispatch.planning.reading import DayFile, plan_as_json, read_day
from inspections.dispatch.planning.shapes import PlanResult
from inspections.dispatch.planning.solving import DEFAULT_LEVEL
from tests.inspections.dispatch.planning.checker import violations
from tests.inspections.dispatch.planning.days import STORED, at_half_past_ten, generated, stored
from tests.support.processes import ROOT
from tests.support.rows import Row, at_most, exactly

VRPTW = ROOT / "tests" / "data" / "vrptw"
ROUNDS = 5
T = TypeVar("T")


def rows() -> list[Row]:
    """A delegates' day planned, re-planned, explained; beside the best known routes."""
    return [*_stored_day(), *_seeds(), *_big_day(), *_vrptw(), _stall()]


def timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    return work(), time.perf_counter() - began


def cpu_seconds() -> float:
    """CPU of this process and of its children that have ended."""
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses)


def slowest(work: Callable[[], T], rounds: int = ROUNDS) -> tuple[T, float]:
    """The last answer and the longest of several runs."""
    runs = [timed(work) for _ in range(rounds)]
    return runs[-1][0], max(seconds for _, seconds in runs)


def at_least(name: str, value: float, unit: str, limit: float) -> Row:
    return Row(id=name, value=value, unit=unit, target=f">= {limit:g}", met=value >= limit)


def _stored_day() -> Iterator[Row]:
    day = stored()
    file = read_day(day)
    before = cpu_seconds()
    result, seconds = slowest(lambda: solve(file.day))
    cpu = (cpu_seconds() - before) / ROUNDS
    plan = plan_as_json(file, result)
    weight = {job.id: job.priority for job in file.day.visits}
    yield at_most("planning.solve_22x120", seconds, "s", 2, note=f"slowest of {ROUNDS}")
    yield Row(id="planning.solve_22x120_cpu", value=round(cpu, 3), unit="s", note="mean")
    yield at_least("planning.placed", len(result.assignments), "visits", 112)
    gained = sum(weight[one.visit] for one in result.assignments)
    yield at_least("planning.priority", gained, "points", 5640)
    yield Row(id="planning.travel", value=round(result.travel_s / 3600, 2), unit="h")
    yield exactly("planning.violations", len(violations(day, plan)), "found", 0)
    _, seconds = slowest(lambda: reasons(file.day, result))
    explained = {one.visit for one in result.unplaced if one.text}
    missing = len(file.day.visits) - len(result.assignments) - len(explained)
    yield at_most("planning.reasons", seconds * 1000, "ms", 100, note=f"{len(explained)} visits")
    yield exactly("planning.unplaced_without_reason", missing, "visits", 0)
    yield _offers(file, result)
    yield _command()
    yield from _half_past_ten(day, plan)


def _offers(file: DayFile, result: PlanResult) -> Row:
    longest = max(
        timed(lambda j=job: insertions(file.day, result, j))[1] for job in file.day.visits
    )
    note = "slowest of 120 questions"
    return at_most("planning.offer_windows", longest * 1000, "ms", 100, note=note)


def _command() -> Row:
    """The whole verb from the shell, file to file."""
    with tempfile.TemporaryDirectory() as folder:
        words = [
            sys.executable,
            "manage.py",
            "plan_day",
            str(STORED),
            "--out",
            f"{folder}/plan.json",
        ]
        run = partial(subprocess.run, words, cwd=ROOT, check=True, capture_output=True)
        _, seconds = slowest(run)
    return at_most("planning.plan_day_command", seconds, "s", 2, note=f"slowest of {ROUNDS}")


def _half_past_ten(day: dict[str, Any], plan: dict[str, Any]) -> Iterator[Row]:
    later = at_half_past_ten(day, plan)
    file = read_day(later)
    before = cpu_seconds()
    result, seconds = slowest(lambda: solve(file.day))
    cpu = (cpu_seconds() - before) / ROUNDS
    again = plan_as_json(file, result)
    broken = [one for one in violations(later, again) if one.startswith("accepted")]
    note = f"{len(later['fixed']) - len(later['done'])} accepted, {len(result.assignments)} placed"
    yield at_most("planning.replan", seconds, "s", 0.5, note=note)
    yield Row(id="planning.replan_cpu", value=round(cpu, 3), unit="s", note="mean")
    yield exactly("planning.accepted_moved_or_dropped", len(broken), "visits", 0)
    yield exactly("planning.replan_violations", len(violations(later, again)), "found", 0)
    _, seconds = slowest(lambda: reasons(file.day, result))
    yield at_most("planning.replan_reasons", seconds * 1000, "ms", 100)


def _seeds() -> Iterator[Row]:
    """Five made-up days: reported, and walkable."""
    found = wrong = 0
    longest = 0.0
    placed = []
    for seed in range(1, 6):
        day = generated(seed)
        file = read_day(day)
        result, seconds = timed(lambda f=file: solve(f.day))
        longest = max(longest, seconds)
        placed.append(len(result.assignments))
        wrong += len(violations(day, plan_as_json(file, result)))
        found += len(result.unplaced)
    note = f"placed {placed} of 120"
    yield Row(id="planning.seeds_slowest", value=round(longest, 3), unit="s", note=note)
    yield exactly("planning.seeds_violations", wrong, "found", 0)


def _big_day() -> Iterator[Row]:
    day = generated(60, agents=60, visits=400)
    file = read_day(day)
    result, seconds = timed(lambda: solve(file.day, time_limit=300))
    wrong = violations(day, plan_as_json(file, result))
    note = f"{len(result.assignments)} of 400 placed, {result.travel_s / 3600:.1f} h travel"
    yield Row(id="planning.solve_60x400", value=round(seconds, 2), unit="s", note=note)
    yield exactly("planning.violations_60x400", len(wrong), "found", 0)


def _vrptw() -> Iterator[Row]:
    """Distance over the best known, arcs truncated to a tenth (DIMACS)."""
    with (VRPTW / "bks.csv").open(encoding="utf-8") as table:
        best = {
            one["instance"]: float(one["bks_distance_dimacs_1dp"]) for one in csv.DictReader(table)
        }
    for name, known in best.items():
        length, seconds = timed(lambda n=name: vrptw_length(VRPTW / f"{n}.txt"))
        gap = 100 * (length / 10 / known - 1)
        yield at_most(f"planning.vrptw_gap.{name}", gap, "%", 3, note=f"{seconds:.2f} s")


def vrptw_length(file: Path) -> int:
    """Tenths driven on the instance at the default level; refuses a solution that is not one."""
    sites, arcs, problem = read_vrptw(file)
    with engine.optimiser(time_limit=120) as asked:
        routes = list(asked.ask(problem)["routes"].values())
    if sorted(visit for route in routes for visit in route) != list(range(1, len(sites))):
        raise AssertionError(f"{file.name}: not every customer is served once")
    return sum(
        _walked(route, sites, arcs, problem["vehicles"][0]["capacity"][0]) for route in routes
    )


def read_vrptw(file: Path) -> tuple[list[list[int]], list[list[int]], Problem]:
    """Solomon's format; distances in tenths, truncated, as DIMACS counts."""
    lines = [line.split() for line in file.read_text("utf-8").splitlines()]
    numbers = [[int(word) for word in line] for line in lines if line and line[0].isdigit()]
    fleet, capacity = numbers[0]
    sites = numbers[1:]
    arcs = [[math.floor(10 * math.dist(a[1:3], b[1:3])) for b in sites] for a in sites]
    close = sites[0][5] * 10
    problem: Problem = {
        "durations": arcs,
        "vehicles": [
            {
                "id": number,
                "start": 0,
                "end": 0,
                "skills": [],
                "open": [0, close],
                "breaks": [],
                "capacity": [capacity],
                "area": 0,
            }
            for number in range(fleet)
        ],
        "jobs": [
            {
                "id": site[0],
                "loc": site[0],
                "skills": [],
                "priority": 0,
                "window": [site[4] * 10, site[5] * 10],
                "dur": site[6] * 10,
                "demand": [site[3]],
            }
            for site in sites[1:]
        ],
        "level": DEFAULT_LEVEL,
        "outside": [[]],
        "penalty": 0,
    }
    return sites, arcs, problem


def _walked(route: list[int], sites: list[list[int]], arcs: list[list[int]], capacity: int) -> int:
    now = place = length = 0
    for visit in route:
        _, _, _, _, ready, due, service = sites[visit]
        now = max(now + arcs[place][visit], ready * 10)
        if now > due * 10:
            raise AssertionError(f"customer {visit} is served late")
        now += service * 10
        length += arcs[place][visit]
        place = visit
    late = now + arcs[place][0] > sites[0][5] * 10
    if late or sum(sites[visit][3] for visit in route) > capacity:
        raise AssertionError("a route is late home or overloaded")
    return length + arcs[place][0]


def _stall() -> Row:
    """The longest wait of a loop that ticks every 5 ms while the day is solved from a thread; its
    baseline is the same loop for as long with nobody solving."""
    day = read_day(stored()).day
    solving = [asyncio.run(_ticking(lambda: solve(day))) for _ in range(ROUNDS)]
    pause = max(seconds for _, seconds in solving)
    alone, _ = asyncio.run(_ticking(lambda: Event().wait(pause)))
    worst = max(stall for stall, _ in solving)
    row = at_most("planning.loop_stall", worst * 1000, "ms", 50, note=f"worst of {ROUNDS} solves")
    return replace(row, baseline=round(alone * 1000, 3))


async def _ticking(work: Callable[[], object]) -> tuple[float, float]:
    """Longest stall and the seconds the work took."""
    began = time.perf_counter()
    running = asyncio.create_task(asyncio.to_thread(work))
    longest = 0.0
    while not running.done():
        before = time.perf_counter()
        await asyncio.sleep(0.005)
        longest = max(longest, time.perf_counter() - before - 0.005)
    await running
    return longest, time.perf_counter() - began
