"""The protected side of a peer connection.

aiortc keeps what it is good at: ICE, DTLS, SDP, key agreement. Media never enters its receivers or
senders: datagrams are taken where aioice's protocol object gets them (by what seam.py gives).
"""

import asyncio
import ctypes
import socket
import time
from collections.abc import Callable
from ctypes import c_int
from functools import partial
from typing import Final

from aioice import ice
from aiortc.rtcdtlstransport import RTCDtlsTransport

from signaling.media import kerneltime, seam
from signaling.media.datagrams import (
    MOST_OUT,
    ROOM,
    Address,
    Post,
    Source,
    address_of,
)
from signaling.media.ends import Outlet, Tap
from signaling.media.mmsg import new_post
from signaling.media.pump import Pump
from signaling.media.seam import PROTECT, PROTECT_RTCP, UNPROTECT, UNPROTECT_RTCP, Crypt

LONGEST: Final = ROOM - 256  # what protection adds fits
Received = Callable[[bytes, Address], object]


class Wire(Outlet):
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
        clock: kerneltime.ArrivalClock | None = None,
    ) -> None:
        self._inside = seam.Inside(transport)
        self._nominated = self._inside.nominated
        self._tap = tap
        self._known: set[Source] = set()
        post = post or new_post()
        self._inbox, self._outbox = post.inbox, post.outbox()
        self._slots, self._in_at = self._inbox.slots, _addresses(self._inbox.memory)
        self._out, self._out_at = self._outbox.slots, _addresses(self._outbox.memory)
        self._length = c_int()
        self._length_at = ctypes.addressof(self._length)
        self._rx = self._tx = 0  # sessions, once there are keys
        self._pair: ice.CandidatePair | None = None
        self._transport: asyncio.DatagramTransport | None = None
        self._own: socket.socket | None = None
        self._held_back = False
        self._addr: Address = ("", 0)
        self._pump: Pump | None = None
        self._read: list[int] = []
        self._sockets: list[socket.socket] = []
        self._mono = mono
        self._clock = clock or kerneltime.ArrivalClock(mono)
        self.refused_datagrams = 0
        self.unsent_packets = 0
        for protocol in self._inside.protocols:
            self._tap_into(protocol)

    # in

    def _tap_into(self, protocol: ice.StunProtocol) -> None:
        original = protocol.datagram_received

        def datagram_received(data: bytes | str, addr: tuple[str, int]) -> None:
            if isinstance(data, bytes) and 0 < len(data) < ROOM:
                self._slots[0][: len(data)] = data
                source = addr[:2]
                theirs = source in self._known or self._validated(source)
                if theirs and 127 < data[0] < 192:
                    self._open(0, len(data), self._mono())
                else:
                    self._receive(0, len(data), source, protocol, original)

        protocol.datagram_received = datagram_received  # type: ignore[method-assign]
        own = seam.own_socket(protocol.transport)
        if own is not None:
            seam.take_over(own)
            self._pump = pump = Pump.of(asyncio.get_running_loop())
            pump.add(own.fileno(), partial(self._drain, own, pump, protocol, original))
            self._read.append(own.fileno())
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

    def _drain(
        self, own: socket.socket, pump: Pump, protocol: ice.StunProtocol, original: Received
    ) -> None:
        transport = protocol.transport
        if transport.is_closing():
            return
        try:
            arrived = self._inbox.receive(own)
        except OSError as error:
            protocol.error_received(error)
            return
        clock, slots, known = self._clock, self._slots, self._known
        clock.begin(pump.turn)
        for slot, (size, stamp, source) in enumerate(arrived):
            if not size:
                continue
            theirs = source in known or self._validated(source)
            if theirs and 127 < slots[slot][0] < 192:
                self._open(slot, size, clock.arrival(stamp))
                continue
            self._receive(slot, size, source, protocol, original)
            if transport.is_closing():
                return

    def _receive(
        self, slot: int, size: int, source: Source, protocol: ice.StunProtocol, original: Received
    ) -> None:
        """What is no media of the peer's: a check, a handshake, or noise."""
        data = bytes(self._slots[slot][:size])
        known, addr = source in self._known, address_of(source)
        if data[0] < 4:
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
            original(data, addr)

    def _open(self, slot: int, size: int, arrival: float) -> None:
        keys = self._rx
        if not keys:
            keys = self._rx = self._inside.receiving()
        if not keys or size < 12:
            self.refused_datagrams += 1
            return
        view, length = self._slots[slot], self._length
        length.value = size
        if 191 < view[1] < 224:
            unprotect, take = UNPROTECT_RTCP, self._tap.on_rtcp
        else:
            unprotect, take = UNPROTECT, self._tap.on_rtp
        if unprotect(keys, self._in_at[slot], self._length_at):
            self.refused_datagrams += 1  # not from this peer, repeated, or damaged
            return
        take(view[: length.value].tobytes(), arrival)

    def _expected(self, data: bytes, protocol: ice.StunProtocol) -> bool:
        """A check that names our user, or an answer to a question of ours: all else is noise."""
        if data[:2] == b"\x00\x01":
            return self._inside.user in data
        return data[8:20] in protocol.transactions

    def _validated(self, source: Source) -> bool:
        if not self._inside.paired(address_of(source)):
            return False
        self._known.add(source)
        return True

    # out

    def _route(self, pair: ice.CandidatePair | None) -> None:
        self.flush()
        self._pair = pair
        self._transport = pair.protocol.transport if pair is not None else None
        self._own = seam.own_socket(self._transport)
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

    def send_rtp(self, head: bytes, body: bytes, protect: Crypt = PROTECT) -> None:
        """Protect and send; does nothing before the keys are agreed or after the path is lost.

        While the pump reads, what is sent waits for the end of its turn. All in one: it runs once
        per packet and viewer.
        """
        pair = self._nominated.get(1)
        if pair is not self._pair:
            self._route(pair)
        keys = self._tx
        if not keys:
            keys = self._tx = self._inside.sending()
        if pair is None or not keys:
            return
        cut = len(head)
        size = cut + len(body)
        if size > LONGEST:
            self.unsent_packets += 1
            return
        outbox, length, pump = self._outbox, self._length, self._pump
        slot = outbox.count
        out = self._out[slot]
        out[:cut] = head
        out[cut:size] = body
        length.value = size
        if protect(keys, self._out_at[slot], self._length_at):
            self.unsent_packets += 1
            return
        waiting = outbox.add(length.value)
        if pump is None or not pump.turning or waiting == MOST_OUT:
            self.flush()
        elif waiting == 1:
            pump.at_end(self.flush)

    def send_rtcp(self, packet: bytes) -> None:
        """As send_rtp, for control packets."""
        self.send_rtp(packet, b"", PROTECT_RTCP)

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
