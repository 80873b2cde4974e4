# ruff: noqa: SLF001
"""The protected side of a peer connection; with seam.py all that reaches inside aiortc and aioice.

aiortc keeps what it is good at: ICE, DTLS, SDP, key agreement. Media never enters its receivers or
senders: datagrams are taken where aioice's protocol object gets them.
"""

import asyncio
import ctypes
import socket
import time
from collections.abc import Callable
from ctypes import c_int, c_void_p
from functools import partial
from typing import Protocol

from aioice import ice
from aiortc.rtcdtlstransport import RTCDtlsTransport
from pylibsrtp import Session
from pylibsrtp._binding import ffi, lib

from signaling.media import kerneltime
from signaling.media.datagrams import (
    MOST_OUT,
    ROOM,
    Address,
    Post,
    Source,
    address_of,
)
from signaling.media.mmsg import new_post
from signaling.media.pump import Pump
from signaling.media.seam import own_socket

LONGEST = ROOM - 256  # what protection adds fits
Received = Callable[[bytes, Address], object]
Crypt = Callable[[int, int, int], int]


def _crypt(name: str) -> Crypt:
    """A call of libsrtp that keeps the interpreter lock.

    Given up for these two microseconds, a recording thread takes it and keeps it for a thousand.
    """
    address = int(ffi.cast("uintptr_t", ffi.addressof(lib, name)))
    crypt: Crypt = ctypes.PYFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p)(address)
    return crypt


_PROTECT, _PROTECT_RTCP = _crypt("srtp_protect"), _crypt("srtp_protect_rtcp")
_UNPROTECT, _UNPROTECT_RTCP = _crypt("srtp_unprotect"), _crypt("srtp_unprotect_rtcp")


class _Keys:
    """One of aiortc's SRTP sessions, and where it lies."""

    def __init__(self, session: Session | None) -> None:
        self.session = session
        self.at = int(ffi.cast("uintptr_t", session._srtp[0])) if session is not None else 0


class Tap(Protocol):
    """Who takes the packets of one peer connection, in the clear, on the event loop."""

    def on_rtp(self, data: bytes, arrival: float) -> None: ...
    def on_rtcp(self, data: bytes, arrival: float) -> None: ...
    def on_alive(self) -> None: ...


class Wire:
    """The protected side of one peer connection: hands datagrams to the tap, sends packets.

    Datagrams are read, opened, sealed and sent where they lie, in the buffers of `post`; what a
    batch that came in leads to goes out when all of it was read, by one call. Arrivals are the
    kernel's, in seconds of `mono`; of a relayed candidate, which has no socket of its own, the
    moment of reading.
    """

    def __init__(
        self,
        transport: RTCDtlsTransport,
        tap: Tap,
        *,
        post: Post | None = None,
        mono: Callable[[], float] = time.monotonic,
    ) -> None:
        self._dtls = transport
        self._connection = transport.transport.iceGatherer._connection
        self._tap = tap
        self._user = self._connection.local_username.encode() + b":"
        self._known: set[Source] = set()
        post = post or new_post()
        self._inbox, self._outbox = post.inbox, post.outbox()
        self._slots, self._in_at = self._inbox.slots, _addresses(self._inbox.memory)
        self._out, self._out_at = self._outbox.slots, _addresses(self._outbox.memory)
        self._length = c_int()
        self._length_at = ctypes.addressof(self._length)
        self._rx = self._tx = _Keys(None)
        self._pair: ice.CandidatePair | None = None
        self._transport: asyncio.DatagramTransport | None = None
        self._own: socket.socket | None = None
        self._held_back = False
        self._addr: Address = ("", 0)
        self._pump: Pump | None = None
        self._read: list[int] = []
        self._sockets: list[socket.socket] = []
        self._mono = mono
        self._clock = kerneltime.ArrivalClock(mono)
        self._arrival = 0.0
        self.refused_datagrams = 0
        self.unsent_packets = 0
        for protocol in self._connection._protocols:
            self._tap_into(protocol)

    # in

    def _tap_into(self, protocol: ice.StunProtocol) -> None:
        original = protocol.datagram_received

        def datagram_received(data: bytes | str, addr: tuple[str, int]) -> None:
            if isinstance(data, bytes) and 0 < len(data) < ROOM:
                self._slots[0][: len(data)] = data
                self._arrival = self._mono()
                self._receive(0, len(data), addr[:2], protocol, original)

        protocol.datagram_received = datagram_received  # type: ignore[method-assign]
        own = own_socket(protocol.transport)
        if own is not None:
            loop, fd = asyncio.get_running_loop(), own.fileno()
            loop._remove_reader(fd)  # type: ignore[attr-defined]
            self._pump = Pump.of(loop)
            self._pump.add(fd, partial(self._drain, own, protocol, original))
            self._read.append(fd)
            self._sockets.append(own)

    def close(self) -> None:
        """Read no more; before the peer connection closes its sockets."""
        self.flush()
        while self._pump is not None and self._read:
            self._pump.remove(self._read.pop())
        self._sockets.clear()

    @property
    def overflowed(self) -> int:
        """Datagrams lost here, not on the line: the sockets were full because nobody read them."""
        return sum(kerneltime.overflowed(own) for own in self._sockets)

    def _drain(self, own: socket.socket, protocol: ice.StunProtocol, original: Received) -> None:
        transport, clock = protocol.transport, self._clock
        if transport.is_closing():
            return
        try:
            arrived = self._inbox.receive(own)
        except OSError as error:
            protocol.error_received(error)
            return
        clock.begin()
        for slot, (size, stamp, source) in enumerate(arrived):
            if size:
                self._arrival = clock.arrival(stamp)
                self._receive(slot, size, source, protocol, original)
                if transport.is_closing():
                    return

    def _receive(
        self, slot: int, size: int, source: Source, protocol: ice.StunProtocol, original: Received
    ) -> None:
        view = self._slots[slot]
        first = view[0]
        known = source in self._known or self._validated(source)
        if known and 127 < first < 192:
            self._open(slot, size)
            return
        addr = address_of(source)
        if first < 4:
            data = bytes(view[:size])
            if not self._expected(data, protocol):
                self.refused_datagrams += 1
                return
            if known:
                self._tap.on_alive()
            original(data, addr)
        elif not known:
            # Anyone who knows the port could otherwise kill the handshake with ten
            # made-up ClientHello messages a second.
            self.refused_datagrams += 1
        else:
            original(bytes(view[:size]), addr)

    def _open(self, slot: int, size: int) -> None:
        keys = self._rx
        if keys.session is not self._dtls._rx_srtp:
            keys = self._rx = _Keys(self._dtls._rx_srtp)
        if not keys.at or size < 12:
            self.refused_datagrams += 1
            return
        view = self._slots[slot]
        control = 191 < view[1] < 224
        length = self._length
        length.value = size
        unprotect = _UNPROTECT_RTCP if control else _UNPROTECT
        if unprotect(keys.at, self._in_at[slot], self._length_at):
            self.refused_datagrams += 1  # not from this peer, repeated, or damaged
            return
        clear = bytes(view[: length.value])
        if control:
            self._tap.on_rtcp(clear, self._arrival)
        else:
            self._tap.on_rtp(clear, self._arrival)

    def _expected(self, data: bytes, protocol: ice.StunProtocol) -> bool:
        """A check that names our user, or an answer to a question of ours: all else is noise."""
        if data[:2] == b"\x00\x01":
            return self._user in data
        return data[8:20] in protocol.transactions

    def _validated(self, source: Source) -> bool:
        """Whether an address is one of the peer's: from its offer, or from a check it signed.

        Not only those that answered ours: aioice stops asking once one pair is nominated, and a
        peer with several addresses may have settled on another (its handshake then hung).
        """
        addr = address_of(source)
        failed = ice.CandidatePair.State.FAILED
        pairs = self._connection._check_list
        if any(p.remote_addr == addr and p.state != failed for p in pairs):
            self._known.add(source)
            return True
        return False

    # out

    def _route(self, pair: ice.CandidatePair | None) -> None:
        self.flush()
        self._pair = pair
        self._transport = pair.protocol.transport if pair is not None else None
        self._own = own_socket(self._transport)
        self._held_back = False
        self._addr = pair.remote_addr if pair is not None else ("", 0)
        self._outbox.aim(self._own, self._addr)

    @property
    def backlog_bytes(self) -> int:
        """Bytes that the socket has not taken yet."""
        if not self._held_back or self._transport is None:
            return 0
        waiting: int = self._transport.get_write_buffer_size()  # type: ignore[attr-defined]
        self._held_back = waiting > 0
        return waiting

    def send_rtp(self, head: bytes, body: bytes, protect: Crypt = _PROTECT) -> None:
        """Protect and send; does nothing before the keys are agreed or after the path is lost.

        While the pump reads, what is sent waits for the end of its turn. All in one: it runs once
        per packet and viewer.
        """
        keys, pair = self._tx, self._connection._nominated.get(1)
        if pair is not self._pair:
            self._route(pair)
        if keys.session is not self._dtls._tx_srtp:
            keys = self._tx = _Keys(self._dtls._tx_srtp)
        if pair is None or not keys.at:
            return
        cut = len(head)
        size = cut + len(body)
        if size > LONGEST:
            self.unsent_packets += 1
            return
        outbox, length = self._outbox, self._length
        slot = outbox.count
        out = self._out[slot]
        out[:cut] = head
        out[cut:size] = body
        length.value = size
        if protect(keys.at, self._out_at[slot], self._length_at):
            self.unsent_packets += 1
            return
        waiting = outbox.add(length.value)
        pump = self._pump
        if pump is None or not pump.turning or waiting == MOST_OUT:
            self.flush()
        elif waiting == 1:
            pump.at_end(self.flush)

    def send_rtcp(self, packet: bytes) -> None:
        """As send_rtp, for control packets."""
        self.send_rtp(packet, b"", _PROTECT_RTCP)

    def flush(self) -> None:
        """Send what waits in the outbox; what the socket will not take now, asyncio keeps."""
        outbox = self._outbox
        if self._own is None:
            self._hand_over()
            return
        while outbox.count:
            try:
                outbox.send()
            except (BlockingIOError, InterruptedError):
                self._held_back = True
                self._hand_over()
            except OSError:
                self.unsent_packets += 1
                outbox.skip()

    def _hand_over(self) -> None:
        """To asyncio, which keeps it until the socket takes it, or to a relayed candidate."""
        if self._transport is not None:
            for packet in self._outbox.waiting():
                self._transport.sendto(bytes(packet), self._addr)
        self._outbox.clear()


def _addresses(memory: bytearray) -> list[int]:
    """Where the slots lie; they live as long as `memory`, whose length never changes."""
    first = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    return [first + at for at in range(0, len(memory), ROOM)]
