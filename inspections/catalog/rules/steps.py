"""Steps that may run side by side: when all is done, and which step can wait how long."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Protocol


class Step(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def minutes(self) -> int: ...
    @property
    def after(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class CriticalPath:
    """All in minutes from the first step's beginning; a step with slack 0 holds up the whole."""

    finish: int
    starts: Mapping[str, int]
    slack: Mapping[str, int]

    @property
    def critical(self) -> tuple[str, ...]:
        return tuple(code for code in self.starts if self.slack[code] == 0)


def critical_path(steps: Iterable[Step]) -> CriticalPath:
    """Earliest starts forwards, latest starts backwards, slack between them.

    A step that names an unknown one, itself or a circle raises ValueError.
    """
    by_code = {step.code: step for step in steps}
    order = _order(by_code)
    starts: dict[str, int] = {}
    for code in order:
        ends = [starts[one] + by_code[one].minutes for one in by_code[code].after]
        starts[code] = max(ends, default=0)
    finish = max((starts[code] + by_code[code].minutes for code in order), default=0)
    latest_end = dict.fromkeys(order, finish)
    for code in reversed(order):
        latest_start = latest_end[code] - by_code[code].minutes
        for one in by_code[code].after:
            latest_end[one] = min(latest_end[one], latest_start)
    slack = {code: latest_end[code] - by_code[code].minutes - starts[code] for code in order}
    return CriticalPath(finish, starts, slack)


def _order(by_code: Mapping[str, Step]) -> list[str]:
    for step in by_code.values():
        if unknown := set(step.after) - by_code.keys():
            raise ValueError(f"step {step.code} comes after unknown {sorted(unknown)}")
    graph = {code: step.after for code, step in by_code.items()}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise ValueError("steps wait for each other in a circle") from error
