"""Reads all media sockets of an event loop, many in one turn when much arrives.

Waking up for every packet costs more than handling it, and so does waking a receiver for each. So
the sockets sit in an epoll of their own, and a turn is put off for a moment, as a network card puts
off its interrupt: then it takes all there is and sends what that led to in one go. While much
arrives nobody is awakened by it at all: the pump looks by the clock (what Linux's cards do, NAPI).
"""

import asyncio
import itertools
import logging
import select
import time
from collections.abc import Callable
from typing import ClassVar

logger = logging.getLogger(__name__)

GATHER = 0.0003
"""Seconds: what comes with a packet (the rest of a frame, another call's) is there after that."""
PERIOD = 0.0015
"""Seconds between two turns at least; a packet waits no longer than that."""
PAUSE = 0.0018
"""Seconds from one turn to the next by the clock; asyncio's selector rounds up to whole ms."""
BUSY = 1.5
"""Sockets a turn finds something at, on average, from which on the pump looks by the clock."""
QUIET = 1.0
"""And below which it waits to be awakened again."""
_REMEMBERED = 16  # turns that the average is of

_TURNS = itertools.count(1)


class Pump:
    """One per event loop, from its first socket to its last; `Pump.of(loop)`."""

    _pumps: "ClassVar[dict[asyncio.AbstractEventLoop, Pump]]" = {}

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._epoll = select.epoll()
        self._readers: dict[int, Callable[[], None]] = {}
        loop.add_reader(self._epoll.fileno(), self._woken)
        self._senders: list[Callable[[], None]] = []
        self._turned = 0.0
        self._load = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self.turning = False
        """While it is, who has something to send leaves it to `at_end`."""
        self.turn = 0
        """Another number in each turn of any pump."""

    @classmethod
    def of(cls, loop: asyncio.AbstractEventLoop) -> "Pump":
        pump = cls._pumps.get(loop)
        if pump is None:
            pump = cls._pumps[loop] = Pump(loop)
        return pump

    @property
    def by_clock(self) -> bool:
        """Whether it looks by the clock now, instead of being awakened."""
        return self._timer is not None

    def add(self, fd: int, read: Callable[[], None]) -> None:
        """Call `read` whenever the socket has something, until `remove`."""
        self._readers[fd] = read
        self._epoll.register(fd, select.EPOLLIN)

    def remove(self, fd: int) -> None:
        """Before the socket is closed; a second time changes nothing."""
        if self._readers.pop(fd, None) is None:
            return
        self._epoll.unregister(fd)
        if not self._readers:
            if self._timer is not None:
                self._timer.cancel()
            self._loop.remove_reader(self._epoll.fileno())
            self._epoll.close()
            del self._pumps[self._loop]

    def at_end(self, send: Callable[[], None]) -> None:
        """Call `send` when this turn has read everything."""
        self._senders.append(send)

    def _woken(self) -> None:
        # The loop itself sleeps: a timer of its own would cost more than the turn and be late.
        # Whoever else waits for it waits two milliseconds at most.
        time.sleep(max(GATHER, self._turned + PERIOD - time.monotonic()))
        self._turn()
        self._turned = time.monotonic()
        if self._load > BUSY and self._readers:
            self._loop.remove_reader(self._epoll.fileno())
            self._timer = self._loop.call_later(PAUSE, self._due)

    def _due(self) -> None:
        # One awakening a turn where `_woken` needs two: by the first packet, and after the wait.
        self._turn()
        if not self._readers:
            return
        if self._load > QUIET:
            self._timer = self._loop.call_later(PAUSE, self._due)
        else:
            self._timer = None
            self._loop.add_reader(self._epoll.fileno(), self._woken)

    def _turn(self) -> None:
        ready = self._epoll.poll(0)
        self._load += (len(ready) - self._load) / _REMEMBERED
        self.turning = True
        self.turn = next(_TURNS)
        for fd, _ in ready:
            read = self._readers.get(fd)
            if read is not None:
                _guarded(read)
        self.turning = False
        senders, self._senders = self._senders, []
        for send in senders:
            _guarded(send)


def _guarded(call: Callable[[], None]) -> None:
    try:
        call()
    except Exception:
        # One peer's fault must not stop the media of all others.
        logger.exception("a media socket failed")
