"""Keeps Python's cycle collector out of the packets' way.

The packets that are kept for a repeat grow old, so a full collection comes every few seconds and
looks at everything that was ever imported: 26 ms with eight calls. What is there before the first
room is therefore left out for good, and a full collection comes when a room has closed, which is
what leaves cycles behind (a peer connection is full of them), or many peers have left rooms that go
on, or after a long time.
"""

import gc
import time
from collections.abc import Callable
from functools import cache
from typing import Final

YOUNG: Final = 20_000  # objects more than before: packets that come and go leave no more
MIDDLE: Final = 10
NEVER: Final = 1_000_000
AFTER_LEAVING: Final = 30.0
MANY: Final = 40  # peers, with 0.2 MB of cycles each
AT_LEAST: Final = 600.0


@cache
def _set_aside() -> tuple[int, int, int]:
    """Once a process: what exists now is looked at no more. The thresholds of before."""
    gc.collect()
    gc.freeze()
    return gc.get_threshold()


def take_over() -> None:
    """From here on full collections are a Collector's to ask for."""
    _set_aside()
    gc.set_threshold(YOUNG, MIDDLE, NEVER)


def give_back() -> None:
    """Python asks for them again."""
    gc.set_threshold(*_set_aside())


class Collector:
    """When to collect all: `tick` it; `collect` is Python's own unless a test counts."""

    def __init__(
        self,
        mono: Callable[[], float] = time.monotonic,
        collect: Callable[[], object] = gc.collect,
    ) -> None:
        self._mono = mono
        self._collect = collect
        self._collected = mono()
        self._left = False
        self._peers = 0

    def room_closed(self) -> None:
        """Something to collect was left behind."""
        self._left = True

    def peer_left(self) -> None:
        """A little was left behind; many of them are something to collect."""
        self._peers += 1
        self._left = self._left or self._peers >= MANY

    def tick(self, *, idle: bool) -> None:
        """Collect now if it is due; at once when there is something and nobody to disturb."""
        waited = self._mono() - self._collected
        due = self._left and (idle or waited >= AFTER_LEAVING)
        if due or waited >= AT_LEAST:
            self._collect()
            self._left, self._peers, self._collected = False, 0, self._mono()
