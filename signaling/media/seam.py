# ruff: noqa: SLF001
"""The only module that reaches inside aiortc and aioice (pinned; see test_seam.py).

aiortc keeps what it is good at: ICE, DTLS, SDP, key agreement. Media never enters its receivers or
senders: datagrams are taken where aioice's protocol object gets them, and sent by one `sendto`.
"""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable
from typing import Protocol

import pylibsrtp
from aioice import ice
from aioice.candidate import Candidate, candidate_foundation, candidate_priority
from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection
from aiortc.rtcconfiguration import RTCBundlePolicy
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcrtptransceiver import RTCRtpTransceiver

from signaling.media.config import EngineConfig

RECEIVE_BUFFER = 1 << 20
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
INTERNALS: tuple[tuple[object, str], ...] = (
    (ice.StunProtocol, "datagram_received"),
    (ice.Connection, "get_component_candidates"),
    (ice, "get_host_addresses"),
)

logging.getLogger("aioice.ice").setLevel(logging.WARNING)


class Tap(Protocol):
    """Who takes the packets of one peer connection, in the clear, on the event loop."""

    def on_rtp(self, data: bytes) -> None: ...
    def on_rtcp(self, data: bytes) -> None: ...
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
    """The protected side of one peer connection: hands datagrams to the tap, sends packets."""

    def __init__(self, transport: RTCDtlsTransport, tap: Tap) -> None:
        self._dtls = transport
        self._connection = transport.transport.iceGatherer._connection
        self._tap = tap
        self.refused_datagrams = 0
        for protocol in self._connection._protocols:
            self._tap_into(protocol)

    def _tap_into(self, protocol: ice.StunProtocol) -> None:
        original = protocol.datagram_received
        received = self._receive

        def datagram_received(data: bytes | str, addr: tuple[str, int]) -> None:
            if isinstance(data, bytes) and data:
                received(data, addr[:2], original)

        protocol.datagram_received = datagram_received  # type: ignore[method-assign]

    def _receive(
        self,
        data: bytes,
        addr: tuple[str, int],
        original: Callable[[bytes, tuple[str, int]], object],
    ) -> None:
        first = data[0]
        if first < 4:
            self._tap.on_alive()
            original(data, addr)
            return
        if not self._validated(addr):
            # Anyone who knows the port could otherwise kill the handshake with ten
            # made-up ClientHello messages a second.
            self.refused_datagrams += 1
            return
        if not 127 < first < 192:
            original(data, addr)
            return
        session = self._dtls._rx_srtp
        if session is None:
            return
        control = len(data) > 1 and 191 < data[1] < 224
        try:
            clear = session.unprotect_rtcp(data) if control else session.unprotect(data)
        except pylibsrtp.Error:
            self.refused_datagrams += 1  # not from this peer, repeated, or damaged
            return
        if control:
            self._tap.on_rtcp(clear)
        else:
            self._tap.on_rtp(clear)

    def _validated(self, addr: tuple[str, int]) -> bool:
        pair = self._connection._nominated.get(1)
        if pair is not None and pair.remote_addr == addr:
            return True
        succeeded = ice.CandidatePair.State.SUCCEEDED
        return any(
            p.remote_addr == addr and p.state == succeeded for p in self._connection._check_list
        )

    @property
    def backlog_bytes(self) -> int:
        """Bytes that the socket has not taken yet."""
        pair = self._connection._nominated.get(1)
        if pair is None:
            return 0
        size = getattr(pair.protocol.transport, "get_write_buffer_size", None)
        return int(size()) if size is not None else 0

    def send_rtp(self, packet: bytes) -> None:
        """Protect and send; does nothing before the keys are agreed or after the path is lost."""
        pair = self._connection._nominated.get(1)
        session = self._dtls._tx_srtp
        if pair is not None and session is not None:
            pair.protocol.transport.sendto(session.protect(packet), pair.remote_addr)

    def send_rtcp(self, packet: bytes) -> None:
        """As send_rtp, for control packets."""
        pair = self._connection._nominated.get(1)
        session = self._dtls._tx_srtp
        if pair is not None and session is not None:
            pair.protocol.transport.sendto(session.protect_rtcp(packet), pair.remote_addr)


async def discard(pc: RTCPeerConnection) -> None:
    """Close a peer connection that never got an answer."""
    # An offer refused half-way leaves transceivers without a transport; there is none to close.
    with contextlib.suppress(AttributeError):
        await pc.close()


def transport_of(pc: RTCPeerConnection) -> RTCDtlsTransport:
    """The one transport of a bundled peer connection."""
    return pc.getTransceivers()[0].receiver.transport
