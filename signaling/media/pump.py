"""Reads all media sockets of an event loop, many in one turn when much arrives.

Waking up for every pair of packets costs more than handling them. So the sockets sit in an epoll
of their own: while turns come close together, the loop looks again after a moment (NAP) instead of
at every packet; when little arrives, it wakes at once.
"""

import asyncio
import logging
import select
from collections.abc import Callable
from typing import ClassVar

logger = logging.getLogger(__name__)

NAP = 0.001
"""Just that: a selector waits whole milliseconds, and anything more would become two."""
BUSY = 0.002


class Pump:
    """One per event loop, from its first socket to its last; `Pump.of(loop)`."""

    _pumps: "ClassVar[dict[asyncio.AbstractEventLoop, Pump]]" = {}

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._epoll = select.epoll()
        self._readers: dict[int, Callable[[], None]] = {}
        self._turned = 0.0
        self._armed = False

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
        self._arm()

    def remove(self, fd: int) -> None:
        """Before the socket is closed; a second time changes nothing."""
        if self._readers.pop(fd, None) is None:
            return
        self._epoll.unregister(fd)
        if not self._readers:
            self._disarm()
            self._epoll.close()
            del self._pumps[self._loop]

    def _arm(self) -> None:
        if not self._armed:
            self._armed = True
            self._loop.add_reader(self._epoll.fileno(), self._woken)

    def _disarm(self) -> None:
        if self._armed:
            self._armed = False
            self._loop.remove_reader(self._epoll.fileno())

    def _woken(self) -> None:
        now = self._loop.time()
        busy, self._turned = now - self._turned < BUSY, now
        self._turn()
        if busy and self._readers:
            self._disarm()
            self._loop.call_later(NAP, self._look)

    def _look(self) -> None:
        if not self._readers:
            return
        if self._turn():
            self._turned = self._loop.time()
            self._loop.call_later(NAP, self._look)
        else:
            self._arm()

    def _turn(self) -> bool:
        ready = self._epoll.poll(0)
        for fd, _ in ready:
            read = self._readers.get(fd)
            if read is None:
                continue
            try:
                read()
            except Exception:
                # One peer's fault must not stop the reading of all others.
                logger.exception("reading a media socket failed")
        return bool(ready)
