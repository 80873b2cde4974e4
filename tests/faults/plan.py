"""What a run of `make faults` is asked for, and how a measurement is announced."""

import asyncio
import math
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.support.rows import Row, not_taken

if TYPE_CHECKING:
    from tests.faults.hall import Site

SEED = 20261122


@dataclass(frozen=True, kw_only=True)
class Wish:
    """How much of everything; what is less than the promise says is said in the row."""

    only: frozenset[str] = frozenset()
    kills: int = 5
    seconds: float = 60.0
    idle: float = 120.0
    rounds: int = 100
    calls: int = 15
    patience: float = 1800.0

    def wants(self, *names: str) -> bool:
        return not self.only or bool(self.only.intersection(names))


Alone = Callable[[Wish], list[Row]]
OnProduct = Callable[["Site", Wish], Coroutine[None, None, list[Row]]]


@dataclass(frozen=True)
class Experiment:
    """One measurement and the promises it is about: with the product, or with a part alone."""

    promises: tuple[str, ...]
    alone: Alone | None = None
    on_product: OnProduct | None = None


async def part(name: str, taking: Coroutine[None, None, list[Row]]) -> list[Row]:
    """Rows of one part of an experiment; a part that breaks off takes the others' not with it."""
    try:
        return await taking
    except Exception as error:  # noqa: BLE001  a figure that could not be taken is a row, too
        return [not_taken(name, repr(error))]


async def within(seconds: float, taking: Coroutine[None, None, list[Row]]) -> list[Row]:
    """Rows of an experiment; TimeoutError when it hangs, so that the others have their turn."""
    async with asyncio.timeout(seconds):
        return await taking


def share(values: Sequence[float], part: float) -> float:
    """The value that this part of them does not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]
