"""What came to a socket and what leaves by it, a batch at a time; here one call for each datagram.

Where libc takes a batch in one call, mmsg.py does it.
"""

import errno
import os
import socket
import struct
import sys
from abc import ABC, abstractmethod
from collections.abc import MutableSequence
from typing import Final, Protocol

from signaling.media import kerneltime

ROOM: Final = 2048  # for one datagram; longer ones are cut, and nobody can open them then
MOST_IN: Final = 64
MOST_OUT: Final = 16

Address = tuple[str, int]
Source = int | bytes | Address
"""Who sent a datagram, as cheaply as it can be told; `address_of` reads it."""
Arrived = tuple[int, float, Source]
"""Length, the kernel's stamp on the wall clock (0.0: none), sender."""


class Inbox(Protocol):
    """Room for one batch of datagrams; the next overwrites it."""

    memory: bytearray
    slots: list[memoryview]  # of `memory`, ROOM bytes each

    def receive(self, own: socket.socket) -> list[Arrived]:
        """What waits at a socket, at most MOST_IN, each in its slot; OSError of the socket."""
        ...


class Outbox(ABC):
    """Room for what leaves by one socket: written into `slots[count]`, then `add`ed, then sent."""

    def __init__(self, memory: bytearray, lengths: MutableSequence[int] | memoryview) -> None:
        self.memory = memory
        self.slots = slots_of(memory)
        self.count = self._first = 0
        self._lengths = lengths

    @abstractmethod
    def aim(self, own: socket.socket | None, addr: Address) -> None:
        """Everything sent from here on goes by this socket to this address."""

    @abstractmethod
    def send(self) -> None:
        """Send what waits, or its beginning; OSError of the first that could not be sent."""

    def add(self, size: int) -> int:
        """Take the slot at `count`, so long; how many are taken now (MOST_OUT: send them)."""
        self._lengths[self.count] = size
        self.count += 1
        return self.count

    def skip(self) -> None:
        """Give up the first one that waits."""
        self._first += 1
        if self._first == self.count:
            self.clear()

    def waiting(self) -> list[memoryview]:
        """What was added and not sent yet, in order."""
        return [self.slots[i][: self._lengths[i]] for i in range(self._first, self.count)]

    def clear(self) -> None:
        """Forget what waits."""
        self.count = self._first = 0


class Post(Protocol):
    """One of the two ways: an inbox for all sockets of a loop, an outbox for each."""

    inbox: Inbox

    def outbox(self) -> Outbox: ...


def address_of(source: Source) -> Address:
    """Host and port of a sender; ValueError for a family that is neither IPv4 nor IPv6."""
    if isinstance(source, int):
        source = source.to_bytes(8, sys.byteorder)
    elif not isinstance(source, bytes):
        return source
    family, port = struct.unpack_from("=H", source)[0], int.from_bytes(source[2:4], "big")
    if family == socket.AF_INET:
        return socket.inet_ntop(socket.AF_INET, source[4:8]), port
    if family == socket.AF_INET6:
        return socket.inet_ntop(socket.AF_INET6, source[8:24]), port
    raise ValueError("address family")


def slots_of(memory: bytearray) -> list[memoryview]:
    """The memory in pieces of ROOM bytes."""
    whole = memoryview(memory)
    return [whole[at : at + ROOM] for at in range(0, len(memory), ROOM)]


class _SingleInbox(Inbox):
    def __init__(self) -> None:
        self.memory = bytearray(MOST_IN * ROOM)
        self.slots = slots_of(self.memory)

    def receive(self, own: socket.socket) -> list[Arrived]:
        arrived: list[Arrived] = []
        for slot in self.slots:
            try:
                size, ancillary, _, addr = own.recvmsg_into((slot,), kerneltime.SPACE)
            except (BlockingIOError, InterruptedError):
                break
            except OSError:
                if arrived:
                    break  # it is said again, or over
                raise
            arrived.append((size, kerneltime.stamp_of(ancillary), addr[:2]))
        return arrived


class _SingleOutbox(Outbox):
    def __init__(self) -> None:
        super().__init__(bytearray(MOST_OUT * ROOM), [0] * MOST_OUT)
        self._own: socket.socket | None = None
        self._addr: Address = ("", 0)

    def aim(self, own: socket.socket | None, addr: Address) -> None:
        self._own, self._addr = own, addr

    def send(self) -> None:
        if self._own is None:
            raise OSError(errno.ENOTCONN, os.strerror(errno.ENOTCONN))
        for packet in self.waiting():
            self._own.sendto(packet, self._addr)
            self._first += 1
        self.clear()


class SinglePost(Post):
    """Python's own sockets, a call for each datagram."""

    def __init__(self) -> None:
        self.inbox: Inbox = _SingleInbox()

    def outbox(self) -> Outbox:
        return _SingleOutbox()
