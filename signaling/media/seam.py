# ruff: noqa: SLF001
"""All that reaches inside aiortc, aioice, pylibsrtp and asyncio (pinned; see test_seam.py).

First what sets a peer connection up, then what wire.py needs of one that is.
"""

import asyncio
import contextlib
import ctypes
import logging
import random
import socket
from asyncio import selector_events
from collections.abc import Awaitable, Callable
from ctypes import c_int, c_void_p
from functools import partial
from typing import Final

from aioice import ice, stun
from aioice.candidate import Candidate, candidate_foundation, candidate_priority
from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection
from aiortc.rtcconfiguration import RTCBundlePolicy
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcrtptransceiver import RTCRtpTransceiver
from pylibsrtp import Session
from pylibsrtp._binding import ffi, lib

from signaling.media import kerneltime
from signaling.media.config import EngineConfig

RECEIVE_BUFFER = 1 << 20
RECEIVE_WINDOW = 1 << 20  # of aiortc's SCTP, which tells it to the other side and does not keep it
CONSENT_EVERY = 5.0
CONSENT_REPEATS = 3  # after 0.5, 1 and 2 seconds; a last answer may take four
CONSENT_FAILURES = 3
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
ESTIMATOR: Final = "_RTCRtpReceiver__remote_bitrate_estimator"
INTERNALS: tuple[tuple[object, str], ...] = (
    (ice.StunProtocol, "datagram_received"),
    (ice.Connection, "get_component_candidates"),
    (ice.Connection, "query_consent"),
    (ice.Connection, "build_request"),
    (ice, "get_host_addresses"),
    (ice.Connection, "local_username"),
    (selector_events._SelectorDatagramTransport, "get_write_buffer_size"),  # type: ignore[attr-defined]
    (selector_events.BaseSelectorEventLoop, "_remove_reader"),
    (lib, "srtp_protect"),
    (lib, "srtp_protect_rtcp"),
    (lib, "srtp_unprotect"),
    (lib, "srtp_unprotect_rtcp"),
)

logging.getLogger("aioice.ice").setLevel(logging.WARNING)


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
    """Keep aiortc's media side of a transceiver from ever starting.

    Its estimator goes, too: a thousand objects a receiver, which every full collection looks at.
    """
    transceiver.sender.send = _nothing  # type: ignore[method-assign,assignment]
    transceiver.receiver.receive = _nothing  # type: ignore[method-assign,assignment]
    setattr(transceiver.receiver, ESTIMATOR, None)  # as a receiver of sound has it


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
    connection.query_consent = partial(keep_consent, connection)  # type: ignore[method-assign]
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


async def keep_consent(
    connection: ice.Connection, *, rest: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> None:
    """Ask the peer again and again whether it still wants what we send (RFC 7675); close if not.

    In place of aioice's own, which waits half a second for an answer: a full line that answered
    later than that six times in a row lost its peer though media came all the while.
    """
    failures = 0
    while failures < CONSENT_FAILURES:
        await rest(CONSENT_EVERY * random.uniform(0.8, 1.2))  # noqa: S311  not all at once
        for pair in list(connection._nominated.values()):
            failures = 0 if await _consents(connection, pair) else failures + 1
    connection._query_consent_task = None  # it is us that `close` would cancel
    await connection.close()


async def _consents(connection: ice.Connection, pair: ice.CandidatePair) -> bool:
    try:
        await pair.protocol.request(
            connection.build_request(pair, nominate=False),
            pair.remote_addr,
            integrity_key=(connection.remote_password or "").encode(),
            retransmissions=CONSENT_REPEATS,
        )
    except stun.TransactionError:
        return False
    return True


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


# the packet path

Crypt = Callable[[int, int, int], int]
"""Session, packet and its length (a C int), each by address; 0 if it went well."""


def _crypt(name: str) -> Crypt:
    """A call of libsrtp that keeps the interpreter lock.

    Given up for these two microseconds, a recording thread takes it and keeps it for a thousand.
    """
    address = int(ffi.cast("uintptr_t", ffi.addressof(lib, name)))
    crypt: Crypt = ctypes.PYFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p)(address)
    return crypt


PROTECT: Final = _crypt("srtp_protect")
PROTECT_RTCP: Final = _crypt("srtp_protect_rtcp")
UNPROTECT: Final = _crypt("srtp_unprotect")
UNPROTECT_RTCP: Final = _crypt("srtp_unprotect_rtcp")


class Inside:
    """What is behind a transport: its sockets, its paths and its two SRTP sessions."""

    def __init__(self, transport: RTCDtlsTransport) -> None:
        self._dtls = transport
        self._connection = transport.transport.iceGatherer._connection
        self._held: list[Session] = []
        self.user: Final = self._connection.local_username.encode() + b":"
        """How a check that is meant for this transport begins the name in it."""
        self.nominated: Final[dict[int, ice.CandidatePair]] = self._connection._nominated
        """The path by component, which is always 1; empty before there is one and after the end."""

    @property
    def protocols(self) -> list[ice.StunProtocol]:
        return self._connection._protocols

    def paired(self, addr: tuple[str, int]) -> bool:
        """Whether an address is one of the peer's: from its offer, or from a check it signed.

        Not only those that answered ours: aioice stops asking once one pair is nominated, and a
        peer with several addresses may have settled on another (its handshake then hung).
        """
        failed = ice.CandidatePair.State.FAILED
        pairs = self._connection._check_list
        return any(p.remote_addr == addr and p.state != failed for p in pairs)

    def receiving(self) -> int:
        """Where the session lies that opens what comes; 0 before the keys are agreed."""
        return self._place(self._dtls._rx_srtp)

    def sending(self) -> int:
        """Where the session lies that seals what leaves; 0 before the keys are agreed."""
        return self._place(self._dtls._tx_srtp)

    def _place(self, session: Session | None) -> int:
        if session is None:
            return 0
        self._held.append(session)  # its place is used as long as this lives
        return int(ffi.cast("uintptr_t", session._srtp[0]))


def take_over(own: socket.socket) -> None:
    """Have the running loop no longer read a socket itself."""
    loop = asyncio.get_running_loop()
    loop._remove_reader(own.fileno())  # type: ignore[attr-defined]


def own_socket(transport: object) -> socket.socket | None:
    """The socket under asyncio's transport; None for a relayed candidate, which has none."""
    if not isinstance(transport, selector_events._SelectorDatagramTransport):  # type: ignore[attr-defined]
        return None
    own: socket.socket = transport._sock
    return own
