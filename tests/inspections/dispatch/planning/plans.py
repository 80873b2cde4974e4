"""Planning a day given as a file would be, answered as the file command answers."""

from typing import Any

from inspections.dispatch.planning import solve
from inspections.dispatch.planning.reading import plan_as_json, read_day


def plan(day: dict[str, Any]) -> dict[str, Any]:
    file = read_day(day)
    found: dict[str, Any] = plan_as_json(file, solve(file.day))
    return found


def priority_of(day: dict[str, Any], found: dict[str, Any]) -> int:
    weight = {one["id"]: one["priority"] for one in day["visits"]}
    return sum(weight[one["visit"]] for one in found["assignments"])
