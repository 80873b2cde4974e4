"""The optimiser in a process of its own: a problem a line on stdin, its routes a line on stdout.

VROOM holds Python's global lock for the whole run, so no other process may ever import it. It is
run as a file, not as a module: the planner's own modules would only slow the start down. VROOM's
result class wants pandas only to print a table nobody asks for here, and pandas would be two thirds
of the start: it is stood in for.
"""

import json
import sys
import types
from typing import Any, TypedDict


class Vehicle(TypedDict):
    id: int
    start: int
    end: int
    skills: list[int]
    open: list[int]
    breaks: list[list[int]]  # [first start, last start, length]
    capacity: list[int]
    area: int


class Job(TypedDict):
    id: int
    loc: int
    skills: list[int]
    priority: int
    window: list[int]
    dur: int
    demand: list[int]


class Problem(TypedDict):
    durations: list[list[int]]
    vehicles: list[Vehicle]
    jobs: list[Job]
    level: int
    outside: list[list[int]]  # by area: the places beyond it, for whose way `penalty` is added
    penalty: int


class Answer(TypedDict):
    routes: dict[str, list[int]]


def optimiser() -> Any:
    # vroom imports pandas for one table that nobody here asks for: half a second of every plan.
    stand_in = types.ModuleType("pandas")
    vars(stand_in)["DataFrame"] = object
    sys.modules.setdefault("pandas", stand_in)
    import vroom

    return vroom


def run(problem: Problem) -> Answer:
    vroom = optimiser()
    given = vroom.Input()
    for area, places in enumerate(problem["outside"]):
        given.set_durations_matrix(f"car{area}", problem["durations"])
        if places:
            given.set_costs_matrix(f"car{area}", _costs(problem, set(places)))
    for one in problem["vehicles"]:
        given.add_vehicle(_vehicle(vroom, one))
    given.add_job(
        [
            vroom.Job(
                one["id"],
                location=one["loc"],
                default_service=one["dur"],
                skills=set(one["skills"]),
                priority=one["priority"],
                time_windows=[vroom.TimeWindow(*one["window"])],
                delivery=vroom.Amount(one["demand"]),
            )
            for one in problem["jobs"]
        ]
    )
    found = _solved(given, problem["level"])
    return {
        "routes": {
            str(route["vehicle"]): [step["id"] for step in route["steps"] if step["type"] == "job"]
            for route in found["routes"]
        }
    }


def _solved(given: Any, level: int) -> dict[str, Any]:
    """Half as many searches as VROOM takes at the level, each as deep: what the other half finds,
    and more, the planner's own moves find in a tenth of the time (see `shifting`)."""
    from vroom.solution.solution import Solution

    # The public door knows levels only; the binding behind it takes both numbers.
    found = given._solve(  # noqa: SLF001
        nb_searches=2 * (level + 1), depth=level, nb_threads=1, timeout=None
    )
    answer: dict[str, Any] = Solution(found).to_dict()
    return answer


def _costs(problem: Problem, outside: set[int]) -> list[list[int]]:
    extra = [
        problem["penalty"] if place in outside else 0 for place in range(len(problem["durations"]))
    ]
    return [
        [seconds + more for seconds, more in zip(row, extra, strict=True)]
        for row in problem["durations"]
    ]


def _vehicle(vroom: Any, one: Vehicle) -> Any:
    breaks = [
        vroom.Break(number, time_windows=[vroom.TimeWindow(first, last)], service=length)
        for number, (first, last, length) in enumerate(one["breaks"])
    ]
    return vroom.Vehicle(
        one["id"],
        start=one["start"],
        end=one["end"],
        profile=f"car{one['area']}",
        skills=set(one["skills"]),
        time_window=one["open"],
        capacity=one["capacity"],
        breaks=breaks,
    )


def main() -> int:
    optimiser()  # the import runs while the parent still writes the problem
    for line in sys.stdin:
        sys.stdout.write(json.dumps(run(json.loads(line))) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
