# ruff: noqa: SLF001
"""The only module that reaches inside aiortc and aioice (pinned; see test_seam.py).

aiortc keeps what it is good at: ICE, DTLS, SDP, key agreement. Media never enters its receivers or
senders: datagrams are taken where aioice's protocol object gets them, and sent by one `sendto`.
"""

import asyncio
import contextlib
import logging
import socket
import time
from asyncio import selector_events
from collections.abc import Callable
from functools import partial
from typing import Protocol

from aioice import ice
from aioice.candidate import Candidate, candidate_foundation, candidate_priority
from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection
from aiortc.rtcconfiguration import RTCBundlePolicy
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcrtptransceiver import RTCRtpTransceiver
from pylibsrtp._binding import ffi, lib

from signaling.media import kerneltime
from signaling.media.config import EngineConfig
from signaling.media.pump import Pump

RECEIVE_BUFFER = 1 << 20
BUFFER = 2048
LONGEST = BUFFER - 256  # what protection adds fits
BURST = 64
RECEIVE_WINDOW = 1 << 20  # of aiortc's SCTP, which tells it to the other side and does not keep it
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
INTERNALS: tuple[tuple[object, str], ...] = (
    (ice.StunProtocol, "datagram_received"),
    (ice.Connection, "get_component_candidates"),
    (ice, "get_host_addresses"),
    (ice.Connection, "local_username"),
    (selector_events._SelectorDatagramTransport, "get_write_buffer_size"),  # type: ignore[attr-defined]
    (selector_events.BaseSelectorEventLoop, "_remove_reader"),
    (lib, "srtp_protect"),
    (lib, "srtp_protect_rtcp"),
    (lib, "srtp_unprotect"),
    (lib, "srtp_unprotect_rtcp"),
)
Received = Callable[[bytes, tuple[str, int]], object]
Protect = Callable[..., int]

logging.getLogger("aioice.ice").setLevel(logging.WARNING)


class Tap(Protocol):
    """Who takes the packets of one peer connection, in the clear, on the event loop."""

    def on_rtp(self, data: bytes, arrival: float) -> None: ...
    def on_rtcp(self, data: bytes, arrival: float) -> None: ...
    def on_alive(self) -> None: ...


def new_peer_connection(config: EngineConfig) -> RTCPeerConnection:
    """A peer connection on one transport, with this node's ICE servers and never a default one."""
    servers = [
        RTCIceServer(urls=s.urls, username=s.username or None, credential=s.credential or None)
        for s in config.ice_servers
    ]
    return RTCPeerConnection(
        RTCConfiguration(iceServers=servers, bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
    )


async def _nothing(_parameters: object) -> None:
    """Stands where aiortc would start a receiver's or a sender's own tasks and threads."""


def silence(transceiver: RTCRtpTransceiver) -> None:
    """Keep aiortc's media side of a transceiver from ever starting."""
    transceiver.sender.send = _nothing  # type: ignore[method-assign,assignment]
    transceiver.receiver.receive = _nothing  # type: ignore[method-assign,assignment]


def send_ssrcs(transceiver: RTCRtpTransceiver) -> tuple[int, int]:
    """The SSRCs of the media and of its retransmissions that the answer announces."""
    return transceiver.sender._ssrc, transceiver.sender._rtx_ssrc


def payload_types(transceiver: RTCRtpTransceiver) -> tuple[int, int]:
    """The negotiated payload types of the media and of RTX (0 if there is none)."""
    codecs = transceiver._codecs
    media = codecs[0].payloadType or 0
    for codec in codecs[1:]:
        if codec.name.lower() == "rtx" and codec.parameters.get("apt") == media:
            return media, codec.payloadType or 0
    return media, 0


def extension_id(transceiver: RTCRtpTransceiver, uri: str) -> int:
    """The negotiated id of a header extension (0 if there is none)."""
    return next((e.id for e in transceiver._headerExtensions if e.uri == uri), 0)


async def gather(transport: RTCDtlsTransport, config: EngineConfig) -> None:
    """Gather host candidates on the configured addresses and ports, and TURN ones if configured."""
    connection = transport.transport.iceGatherer._connection
    connection._local_candidates_start = True
    addresses = config.host_addresses or tuple(ice.get_host_addresses(use_ipv4=True, use_ipv6=True))
    for address in addresses:
        protocol = await _bind(connection, address, config.port_range)
        if protocol is not None:
            connection._protocols.append(protocol)
            connection._local_candidates.append(protocol.local_candidate)
    connection._local_candidates += await connection.get_component_candidates(
        component=1, addresses=[]
    )
    connection._local_candidates_end = True


async def _bind(
    connection: ice.Connection, address: str, port_range: tuple[int, int] | None
) -> ice.StunProtocol | None:
    loop = asyncio.get_running_loop()
    ports = range(port_range[0], port_range[1] + 1) if port_range else range(1)
    for port in ports:
        try:
            transport, protocol = await loop.create_datagram_endpoint(
                lambda: ice.StunProtocol(connection), local_addr=(address, port)
            )
        except OSError:
            continue
        own = transport.get_extra_info("socket")
        own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        kerneltime.request(own)
        host, bound = transport.get_extra_info("sockname")[:2]
        protocol.local_candidate = Candidate(
            foundation=candidate_foundation("host", "udp", host),
            component=1,
            transport="udp",
            priority=candidate_priority(1, "host"),
            host=host,
            port=bound,
            type="host",
        )
        return protocol
    return None


class Wire:
    """The protected side of one peer connection: hands datagrams to the tap, sends packets.

    Datagrams are read, opened, sealed and sent in two buffers of its own; a burst is read in one
    turn of the loop. Arrivals are the kernel's, in seconds of `mono`; of a relayed candidate, which
    has no socket of its own, the moment of reading.
    """

    def __init__(
        self,
        transport: RTCDtlsTransport,
        tap: Tap,
        *,
        mono: Callable[[], float] = time.monotonic,
    ) -> None:
        self._dtls = transport
        self._connection = transport.transport.iceGatherer._connection
        self._tap = tap
        self._user = self._connection.local_username.encode() + b":"
        self._known: set[tuple[str, int]] = set()
        incoming, outgoing = bytearray(BUFFER), bytearray(BUFFER)
        self._in, self._in_c = memoryview(incoming), ffi.from_buffer("char[]", incoming)
        self._out, self._out_c = memoryview(outgoing), ffi.from_buffer("char[]", outgoing)
        self._length = ffi.new("int *")
        self._pair: ice.CandidatePair | None = None
        self._transport: asyncio.DatagramTransport | None = None
        self._sendto: Callable[[memoryview, tuple[str, int]], int] | None = None
        self._held_back = False
        self._addr = ("", 0)
        self._read: list[tuple[asyncio.AbstractEventLoop, int]] = []
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
            if isinstance(data, bytes) and 0 < len(data) < BUFFER:
                self._in[: len(data)] = data
                self._arrival = self._mono()
                self._receive(len(data), addr[:2], protocol, original)

        protocol.datagram_received = datagram_received  # type: ignore[method-assign]
        own = _own_socket(protocol.transport)
        if own is not None:
            loop, fd = asyncio.get_running_loop(), own.fileno()
            loop._remove_reader(fd)  # type: ignore[attr-defined]
            Pump.of(loop).add(fd, partial(self._drain, own, protocol, original))
            self._read.append((loop, fd))
            self._sockets.append(own)

    def close(self) -> None:
        """Read no more; before the peer connection closes its sockets."""
        while self._read:
            loop, fd = self._read.pop()
            Pump.of(loop).remove(fd)
        self._sockets.clear()

    @property
    def overflowed(self) -> int:
        """Datagrams lost here, not on the line: the sockets were full because nobody read them."""
        return sum(kerneltime.overflowed(own) for own in self._sockets)

    def _drain(self, own: socket.socket, protocol: ice.StunProtocol, original: Received) -> None:
        into, receive, transport = (self._in,), self._receive, protocol.transport
        clock, space = self._clock, kerneltime.SPACE
        clock.begin()
        for _ in range(BURST):
            if transport.is_closing():
                return
            try:
                size, ancillary, _, addr = own.recvmsg_into(into, space)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                protocol.error_received(error)
                return
            if size:
                self._arrival = clock.arrival(ancillary)
                receive(size, addr[:2], protocol, original)

    def _receive(
        self, size: int, addr: tuple[str, int], protocol: ice.StunProtocol, original: Received
    ) -> None:
        first = self._in[0]
        known = addr in self._known or self._validated(addr)
        if first < 4:
            data = bytes(self._in[:size])
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
        elif 127 < first < 192:
            self._open(size)
        else:
            original(bytes(self._in[:size]), addr)

    def _open(self, size: int) -> None:
        session = self._dtls._rx_srtp
        if session is None or size < 12:
            self.refused_datagrams += 1
            return
        control = 191 < self._in[1] < 224
        length = self._length
        length[0] = size
        unprotect = lib.srtp_unprotect_rtcp if control else lib.srtp_unprotect
        if unprotect(session._srtp[0], self._in_c, length):
            self.refused_datagrams += 1  # not from this peer, repeated, or damaged
            return
        clear = bytes(self._in[: length[0]])
        if control:
            self._tap.on_rtcp(clear, self._arrival)
        else:
            self._tap.on_rtp(clear, self._arrival)

    def _expected(self, data: bytes, protocol: ice.StunProtocol) -> bool:
        """A check that names our user, or an answer to a question of ours: all else is noise."""
        if data[:2] == b"\x00\x01":
            return self._user in data
        return data[8:20] in protocol.transactions

    def _validated(self, addr: tuple[str, int]) -> bool:
        """Whether an address is one of the peer's: from its offer, or from a check it signed.

        Not only those that answered ours: aioice stops asking once one pair is nominated, and a
        peer with several addresses may have settled on another (its handshake then hung).
        """
        failed = ice.CandidatePair.State.FAILED
        pairs = self._connection._check_list
        if any(p.remote_addr == addr and p.state != failed for p in pairs):
            self._known.add(addr)
            return True
        return False

    # out

    def _route(self, pair: ice.CandidatePair | None) -> None:
        self._pair = pair
        self._transport = pair.protocol.transport if pair is not None else None
        own = _own_socket(self._transport)
        self._sendto = own.sendto if own is not None else None
        self._held_back = False
        self._addr = pair.remote_addr if pair is not None else ("", 0)

    @property
    def backlog_bytes(self) -> int:
        """Bytes that the socket has not taken yet."""
        if not self._held_back or self._transport is None:
            return 0
        waiting: int = self._transport.get_write_buffer_size()  # type: ignore[attr-defined]
        self._held_back = waiting > 0
        return waiting

    def send_rtp(self, head: bytes, body: bytes, protect: Protect = lib.srtp_protect) -> None:
        """Protect and send; does nothing before the keys are agreed or after the path is lost.

        All in one: it runs once per packet and viewer.
        """
        session, pair = self._dtls._tx_srtp, self._connection._nominated.get(1)
        if pair is not self._pair:
            self._route(pair)
        if pair is None or session is None:
            return
        cut = len(head)
        size = cut + len(body)
        if size > LONGEST:
            self.unsent_packets += 1
            return
        out, length = self._out, self._length
        out[:cut] = head
        out[cut:size] = body
        length[0] = size
        if protect(session._srtp[0], self._out_c, length):
            self.unsent_packets += 1
            return
        if self._sendto is None:
            self._hand_over(out[: length[0]])
            return
        try:
            self._sendto(out[: length[0]], self._addr)
        except (BlockingIOError, InterruptedError):
            self._held_back = True
            self._hand_over(out[: length[0]])
        except OSError:
            self.unsent_packets += 1

    def send_rtcp(self, packet: bytes) -> None:
        """As send_rtp, for control packets."""
        self.send_rtp(packet, b"", lib.srtp_protect_rtcp)

    def _hand_over(self, data: memoryview) -> None:
        """To asyncio, which keeps it until the socket takes it, or to a relayed candidate."""
        if self._transport is not None:
            self._transport.sendto(bytes(data), self._addr)


def _own_socket(transport: object) -> socket.socket | None:
    """The socket under asyncio's transport; None for a relayed candidate, which has none."""
    if not isinstance(transport, selector_events._SelectorDatagramTransport):  # type: ignore[attr-defined]
        return None
    own: socket.socket = transport._sock
    return own


async def discard(pc: RTCPeerConnection) -> None:
    """Close a peer connection that never got an answer."""
    # An offer refused half-way leaves transceivers without a transport; there is none to close.
    with contextlib.suppress(AttributeError):
        await pc.close()


def held_bytes(pc: RTCPeerConnection) -> int:
    """Bytes of data-channel messages that came in part and wait for the rest."""
    return RECEIVE_WINDOW - pc.sctp._advertised_rwnd if pc.sctp is not None else 0


def transport_of(pc: RTCPeerConnection) -> RTCDtlsTransport:
    """The one transport of a bundled peer connection."""
    return pc.getTransceivers()[0].receiver.transport
