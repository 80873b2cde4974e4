"""What is told of a line: simulated packets, seeded, on a clock of the test's own."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import pstdev

import pytest

from signaling.media.arrivals import MOST, Arrivals

EVERY = 0.005
TAKEN_EVERY = 0.1
Way = Callable[
    [int, float], float | None
]  # a number and when it is sent: when it comes, if it does


@dataclass
class Heard:
    """What was told: when each number came, last word counting; those called lost, ever."""

    came: dict[int, float] = field(default_factory=dict)
    lost: set[int] = field(default_factory=set)
    book: Arrivals = field(default_factory=Arrivals)

    def waits(self, since: float) -> list[float]:
        return [came - n * EVERY for n, came in sorted(self.came.items()) if n * EVERY > since]


def heard(way: Way, seconds: float, first: int = 65_000) -> Heard:
    """Packets every 5 ms on their way; numbers begin near the end of their 16 bits."""
    out = Heard()
    coming = []
    for n in range(int(seconds / EVERY)):
        at = way(n, n * EVERY)
        if at is not None:
            coming.append((at, n))
    coming.sort()
    taken = 0.0
    for at, n in coming:
        while at > taken + TAKEN_EVERY:
            taken += TAKEN_EVERY
            _note(out, first)
        out.book.add((first + n) & 0xFFFF, at)
    _note(out, first)
    return out


def _note(out: Heard, first: int) -> None:
    for stretch in out.book.take() if out.book else []:
        for place, came in enumerate(stretch.came):
            n = stretch.base + place - first
            if came is None:
                out.lost.add(n)
            else:
                out.came[n] = came


def losing(share: float, seed: int) -> Way:
    chance = random.Random(seed)
    return lambda _, at: None if chance.random() < share else at + 0.02


def dark(since: float, length: float) -> Way:
    return lambda _, at: None if since <= at < since + length else at + 0.02


def held_back(seed: int, ms: float = 150, jitter: float = 50) -> Way:
    chance = random.Random(seed)
    return lambda _, at: at + (ms + chance.uniform(-jitter, jitter)) / 1000


def narrow(since: float, part: float) -> Way:
    """From a moment on the line bears so large a part of what is sent; its queue holds 400 ms."""
    free = [0.0]

    def way(_: int, at: float) -> float | None:
        takes = EVERY / part if at >= since else EVERY / 10
        if free[0] - at > 0.4:
            return None
        free[0] = max(free[0], at) + takes
        return free[0] + 0.02

    return way


def test_a_steady_line_is_told_as_it_is() -> None:
    told = heard(dark(0.0, 0.0), 3.0)
    assert told.lost == set()
    assert max(told.waits(0.0)) - min(told.waits(0.0)) < 1e-9


@pytest.mark.parametrize("seed", range(3))
def test_packets_that_overtake_each_other_are_no_losses_and_no_queue(seed: int) -> None:
    told = heard(held_back(seed), 12.0)
    assert len(told.came) >= 12.0 / EVERY - 60
    assert len([n for n in told.lost if n * EVERY > 1.0]) <= 5
    waits = told.waits(1.0)
    assert max(waits) < 0.2
    assert pstdev(waits) < 0.018  # 0.029 on the wire
    assert told.book.lost <= 5


@pytest.mark.parametrize("share", [0.02, 0.05, 0.10])
def test_a_few_losses_by_chance_are_counted_and_not_told(share: float) -> None:
    told = heard(losing(share, 7), 30.0)
    assert told.lost == set()
    assert told.book.lost / told.book.expected == pytest.approx(share, rel=0.25)


def test_many_losses_are_told() -> None:
    told = heard(losing(0.3, 7), 10.0)
    assert len(told.lost) > 0.25 * 10.0 / EVERY


@pytest.mark.parametrize("length", [0.6, 3.0, 8.0, 20.0, 60.0])
def test_what_is_missing_from_a_dark_time_is_neither_told_nor_counted(length: float) -> None:
    told = heard(dark(5.0, length), length + 10.0)
    assert told.lost == set()
    assert told.book.lost == 0
    assert told.book.expected <= 10.0 / EVERY
    assert max(told.came) == int((length + 10.0) / EVERY) - 1


@pytest.mark.parametrize("part", [0.06, 0.5])
def test_a_line_that_became_narrow_shows_its_queue_first_and_then_its_losses(part: float) -> None:
    told = heard(narrow(3.0, part), 10.0)
    assert min(told.lost) * EVERY > 3.0
    assert max(told.waits(3.0)) > 0.35
    assert len(told.lost) > 0.5 * (1 - part) * 6.0 / EVERY


def test_a_leap_in_the_numbers_is_not_gone_through_one_by_one() -> None:
    book = Arrivals()
    book.add(1, 10.0)
    book.take()
    book.add(20_000, 10.1)
    book.add(20_001, 10.1)
    assert sum(len(stretch.came) for stretch in book.take()) <= MOST
