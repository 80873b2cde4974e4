"""Reads all media sockets of an event loop, many in one turn when much arrives.

Waking up for every packet costs more than handling it, and so does waking a receiver for each. So
the sockets sit in an epoll of their own, and a turn is put off for a moment, as a network card puts
off its interrupt: then it takes all there is and sends what that led to in one go.
"""

import asyncio
import itertools
import logging
import select
import time
from collections.abc import Callable
from typing import ClassVar, Final

logger: Final = logging.getLogger(__name__)

GATHER: Final = 0.0003
"""Seconds: what comes with a packet (the rest of a frame, another call's) is there after that."""
PERIOD: Final = 0.0015
"""Seconds between two turns at least; a packet waits no longer than that."""

_TURNS: Final = itertools.count(1)


class Pump:
    """One per event loop, from its first socket to its last; `Pump.of(loop)`."""

    _pumps: "ClassVar[dict[asyncio.AbstractEventLoop, Pump]]" = {}

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._epoll = select.epoll()
        self._readers: dict[int, Callable[[], None]] = {}
        loop.add_reader(self._epoll.fileno(), self._woken)
        self._senders: list[Callable[[], None]] = []
        self.gather, self.period = GATHER, PERIOD
        self._turned = 0.0
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
            self._loop.remove_reader(self._epoll.fileno())
            self._epoll.close()
            del self._pumps[self._loop]

    def at_end(self, send: Callable[[], None]) -> None:
        """Call `send` when this turn has read everything."""
        self._senders.append(send)

    def _woken(self) -> None:
        # The loop itself sleeps: a timer of its own would cost more than the turn and be late.
        # Whoever else waits for it waits two milliseconds at most.
        time.sleep(max(self.gather, self._turned + self.period - time.monotonic()))
        self._turn()
        self._turned = time.monotonic()

    def _turn(self) -> None:
        ready = self._epoll.poll(0)
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
