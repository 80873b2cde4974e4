"""Many datagrams in one system call: recvmmsg and sendmmsg of libc.

A packet sent alone costs the most by far: it wakes its receiver, and the interpreter lock may be
gone before the call comes back. So what belongs together goes together, and without giving up the
lock: neither call ever waits. Where libc has them not, or they do not do what is expected,
`new_post` takes one call for each datagram, and says so.
"""

import ctypes
import errno
import logging
import os
import select
import socket
import struct
from ctypes import c_int, c_uint, c_void_p
from functools import cache
from typing import Final

from signaling.media import kerneltime
from signaling.media.datagrams import (
    MOST_IN,
    MOST_OUT,
    ROOM,
    Address,
    Arrived,
    Inbox,
    Outbox,
    Post,
    SinglePost,
    address_of,
    slots_of,
)
from signaling.media.mmsghdr import Message, Piece

logger: Final = logging.getLogger(__name__)

_NAME_ROOM: Final = 28  # sockaddr_in6
_V4: Final = int(socket.AF_INET)
_WITHOUT_WAITING: Final = getattr(socket, "MSG_DONTWAIT", 0)


_READ: Final = struct.Struct("@40xN8xI4x")  # of a Message: control_length, length
_NAMED: Final = struct.Struct("@Q24x")  # struct sockaddr: IPv4's is in the first eight bytes
_STAMPED: Final = struct.Struct("@Niill")  # struct cmsghdr, then struct timespec
_BESIDE: Final = struct.Struct("@Q24xNiill")  # both
_MESSAGE: Final = ctypes.sizeof(Message)


class _Calls:
    """libc's two calls; AttributeError where it has them not."""

    def __init__(self) -> None:
        libc = ctypes.PyDLL(None, use_errno=True)
        self.receive, self.send = libc.recvmmsg, libc.sendmmsg
        self.receive.argtypes = (c_int, c_void_p, c_uint, c_int, c_void_p)
        self.send.argtypes = (c_int, c_void_p, c_uint, c_int)


def _failure() -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))


class _Rows:
    """Slots of memory, each with its message header, for one of the two calls."""

    def __init__(self, count: int) -> None:
        self.memory = bytearray(count * ROOM)
        at = ctypes.addressof(ctypes.c_char.from_buffer(self.memory))
        self.pieces = (Piece * count)(*(Piece(at + i * ROOM, ROOM) for i in range(count)))
        self.messages = (Message * count)()
        for message, piece in zip(self.messages, self.pieces, strict=True):
            message.pieces, message.piece_count = ctypes.addressof(piece), 1
        self.at = ctypes.addressof(self.messages)


class _BatchedInbox(Inbox):
    def __init__(self, calls: _Calls) -> None:
        self._receive = calls.receive
        self._rows = rows = _Rows(MOST_IN)
        self.memory, self.slots = rows.memory, slots_of(rows.memory)
        self._beside = bytearray(MOST_IN * _BESIDE.size)
        beside = ctypes.addressof(ctypes.c_char.from_buffer(self._beside))
        for message in rows.messages:
            message.name, message.name_length = beside, _NAME_ROOM
            message.control = beside + _NAMED.size
            message.control_length = _STAMPED.size
            beside += _BESIDE.size
        self._headers = memoryview(rows.messages).cast("B")
        self._fresh = bytes(self._headers)

    def receive(self, own: socket.socket) -> list[Arrived]:
        count: int = self._receive(own.fileno(), self._rows.at, MOST_IN, _WITHOUT_WAITING, None)
        if count <= 0:
            failure = _failure()
            if failure.errno in (errno.EAGAIN, errno.EINTR):
                return []
            raise failure
        headers, beside, row = self._headers, self._beside, 0
        arrived: list[Arrived] = []
        used = count * _MESSAGE
        for at in range(0, used, _MESSAGE):
            told, size = _READ.unpack_from(headers, at)
            source, _, _, kind, seconds, nanoseconds = _BESIDE.unpack_from(beside, row)
            if source & 0xFFFF != _V4:
                source = bytes(beside[row : row + _NAME_ROOM])
            stamp = seconds + nanoseconds * 1e-9 if told and kind == kerneltime.STAMP else 0.0
            arrived.append((size, stamp, source))
            row += _BESIDE.size
        self._headers[:used] = self._fresh[:used]  # the kernel wrote over the lengths
        return arrived


class _BatchedOutbox(Outbox):
    def __init__(self, calls: _Calls) -> None:
        self._send = calls.send
        self._rows = rows = _Rows(MOST_OUT)
        super().__init__(rows.memory, memoryview(rows.pieces).cast("B").cast("Q")[1::2])
        self._own: socket.socket | None = None
        self._name = ctypes.create_string_buffer(_NAME_ROOM)

    def aim(self, own: socket.socket | None, addr: Address) -> None:
        self._own = own
        name = _name_of(addr) if own is not None else b""
        ctypes.memmove(self._name, name, len(name))
        for message in self._rows.messages:
            message.name, message.name_length = ctypes.addressof(self._name), len(name)

    def send(self) -> None:
        first, waiting = self._first, self.count - self._first
        at = self._rows.at + first * _MESSAGE
        fd = self._own.fileno() if self._own is not None else -1  # of a closed one, too
        sent: int = self._send(fd, at, waiting, _WITHOUT_WAITING)
        if sent == waiting:
            self.clear()
        elif sent > 0:
            self._first += sent
        else:
            raise _failure()


class BatchedPost(Post):
    """recvmmsg and sendmmsg; AttributeError where libc has them not."""

    def __init__(self) -> None:
        self._calls = _Calls()
        self.inbox: Inbox = _BatchedInbox(self._calls)

    def outbox(self) -> Outbox:
        return _BatchedOutbox(self._calls)


def _name_of(addr: Address) -> bytes:
    """A `sockaddr` as the kernel reads it."""
    numeric = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    family, _, _, _, full = socket.getaddrinfo(*addr, type=socket.SOCK_DGRAM, flags=numeric)[0]
    head = struct.pack("=H", family) + addr[1].to_bytes(2, "big")
    if family == socket.AF_INET:
        return head + socket.inet_pton(family, addr[0]) + bytes(8)
    host = socket.inet_pton(family, addr[0].partition("%")[0])
    scope = full[3] if len(full) == 4 else 0
    return head + bytes(4) + host + struct.pack("=I", scope)


@cache
def batches() -> bool:
    """Whether this machine takes many at a time, seen on three to ourselves; says so in the log."""
    try:
        works = ctypes.sizeof(c_void_p) == 8 and _READ.size == _MESSAGE and _tried(BatchedPost())
    except (OSError, AttributeError, TypeError, ValueError):
        works = False
    if works:
        logger.info("datagrams are taken many at a time")
    else:
        logger.warning("datagrams are taken one at a time: a call costs more on this machine")
    return works


def _tried(post: BatchedPost) -> bool:
    said = [b"one", b"of", b"three"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.bind(("127.0.0.1", 0))
        kerneltime.request(own)
        outbox = post.outbox()
        outbox.aim(own, own.getsockname())
        for word in said:
            outbox.slots[outbox.count][: len(word)] = word
            outbox.add(len(word))
        outbox.send()
        if outbox.count or not select.select([own], [], [], 1.0)[0]:
            return False
        arrived = post.inbox.receive(own)
        heard = [bytes(s[: a[0]]) for s, a in zip(post.inbox.slots, arrived, strict=False)]
        return heard == said and all(address_of(a[2]) == own.getsockname() for a in arrived)


def new_post() -> Post:
    """The better of the two ways that works here."""
    return BatchedPost() if batches() else SinglePost()
