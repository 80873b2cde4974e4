"""Wait for a fact with a deadline, instead of sleeping and hoping."""

import asyncio
import time
from collections.abc import Callable
from threading import Event
from typing import TypeVar

_T = TypeVar("_T")
_PAUSE = 0.02


class NotYet(AssertionError):
    """The deadline came first."""


def until(
    look: Callable[[], _T],
    *,
    seconds: float = 60.0,
    what: str = "the condition",
    rest: float = _PAUSE,
) -> _T:
    """Look again and again until `look` gives something true; NotYet after `seconds`.

    `rest` in seconds lies between two looks: more where looking is work itself.
    """
    pause = Event()
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise NotYet(f"{what} did not come true within {seconds} s (last look: {found!r})")
        pause.wait(rest)


async def until_async(
    look: Callable[[], _T], *, seconds: float = 60.0, what: str = "the condition"
) -> _T:
    """The same on an event loop, which goes on working between the looks."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise NotYet(f"{what} did not come true within {seconds} s (last look: {found!r})")
        await asyncio.sleep(_PAUSE)
