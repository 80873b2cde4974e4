"""When the kernel took a datagram in: the sender's line, without this process's own delay.

Linux stamps with the wall clock (SO_TIMESTAMPNS); the node reckons in monotonic seconds. The two
are held beside each other once a batch, so a step of the wall clock spoils one batch at most.
"""

import logging
import select
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterable
from functools import cache
from typing import Final

logger: Final = logging.getLogger(__name__)

Ancillary = Iterable[tuple[int, int, bytes]]
STAMP: Final = 35  # SO_TIMESTAMPNS of asm-generic/socket.h; Python names it only from 3.14 on
_MEMINFO: Final = 55
_DROPS_AT: Final = 8  # SK_MEMINFO_DROPS
_STAMP: Final = struct.Struct("@ll")
SPACE: Final = 64  # of ancillary data: one stamp, and room to spare
_TIGHT: Final = 0.0002
_TRIES: Final = 3
_LONGEST_WAIT: Final = 30.0


def request(own: socket.socket) -> bool:
    """Have the kernel stamp what this socket receives; whether it will."""
    if sys.platform != "linux" or _STAMP.size != 16:
        return False
    try:
        own.setsockopt(socket.SOL_SOCKET, STAMP, 1)
    except OSError:
        return False
    return True


@cache
def available() -> bool:
    """Whether this machine stamps, seen on a datagram to ourselves; says so in the log if not."""
    stamped = False
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.bind(("127.0.0.1", 0))
        if request(own):
            own.sendto(b"?", own.getsockname())
            if select.select([own], [], [], 1.0)[0]:
                _, ancillary, _, _ = own.recvmsg(1, SPACE)
                stamped = any(kind == STAMP for _, kind, _ in ancillary)
    if not stamped:
        logger.error("kernel arrival times are missing: no line is fitted on this node")
    return stamped


def stamp_of(ancillary: Ancillary) -> float:
    """The stamp among what came beside a datagram, on the wall clock; 0.0 if there is none."""
    for _, kind, data in ancillary:
        if kind == STAMP and len(data) == _STAMP.size:
            seconds, nanoseconds = _STAMP.unpack(data)
            stamp: float = seconds + nanoseconds * 1e-9
            return stamp
    return 0.0


def overflowed(own: socket.socket) -> int:
    """Datagrams this socket had no room for because nobody read it in time; 0 if not told."""
    try:
        told = own.getsockopt(socket.SOL_SOCKET, _MEMINFO, 4 * (_DROPS_AT + 1))
    except OSError:
        return 0
    return struct.unpack_from("=I", told, 4 * _DROPS_AT)[0] if len(told) > 4 * _DROPS_AT else 0


class ArrivalClock:
    """Turns stamps into the node's monotonic seconds."""

    def __init__(
        self,
        mono: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._mono = mono
        self._wall = wall
        self._shift = 0.0
        self._read = 0.0
        self._turn = -1

    def begin(self, turn: int = -1) -> None:
        """At the head of a batch: hold the clocks beside each other, once a turn if it is said."""
        if 0 <= turn == self._turn:
            return
        self._turn = turn
        for _ in range(_TRIES):
            before = self._mono()
            wall = self._wall()
            self._read = self._mono()
            # A process put aside between two looks would shift the whole batch.
            if self._read - before < _TIGHT:
                break
        self._shift = before - wall

    def arrival(self, stamp: float) -> float:
        """The monotonic time of one datagram; now, if its stamp is none to believe."""
        arrival = stamp + self._shift
        if self._read - _LONGEST_WAIT < arrival < self._read + 1.0:
            return arrival
        return self._mono()
