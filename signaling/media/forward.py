"""The sending half of a subscribing peer connection: a source's packets to one viewer."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from aiortc.rtp import (
    RTCP_PSFB_APP,
    RTCP_PSFB_FIR,
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSenderInfo,
    RtcpSrPacket,
    unpack_remb_fci,
)

from signaling.media.feedback import read_rtcp
from signaling.media.rtp import AUDIO_CLOCK, VIDEO_CLOCK, Packet, build, unwrap
from signaling.media.sink import Kind, Leg

BACKLOG_LIMIT = 256 * 1024
REPEATS_PER_SECOND = 400


class Outlet(Protocol):
    """Where a viewer's packets go: seam.Wire, or a fake."""

    @property
    def backlog_bytes(self) -> int: ...
    def send_rtp(self, packet: bytes) -> None: ...
    def send_rtcp(self, packet: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class SendTerms:
    """What the answer settled for one kind."""

    kind: Kind
    payload_type: int
    rtx_payload_type: int
    ssrc: int
    rtx_ssrc: int


@dataclass(slots=True)
class _Stream:
    terms: SendTerms
    clock_rate: int
    waiting_key: bool
    first_index: int | None = None  # of the source, since the last new beginning
    shift: int = 0  # sent index minus source index
    timestamp_shift: int = 0
    last_sent: int = 0
    last_timestamp: int = 0
    last_sent_at: float = 0.0
    started: bool = False
    packets: int = 0
    octets: int = 0
    dropped: int = 0
    rtx_sequence: int = 1
    lost: int = 0


class Viewer:
    """One subscribing peer connection; a Sink of its source and a Tap of its wire.

    There is no queue: a packet goes out in the call that brought it in. When the socket holds back
    more than BACKLOG_LIMIT bytes the viewer drops, counts, and begins again at a key frame.
    """

    def __init__(self, peer: str, terms: Sequence[SendTerms], *, mono: Callable[[], float]) -> None:
        self.peer = peer
        self.wire: Outlet | None = None
        self.last_packet: float | None = None
        self.rtt: float | None = None
        self.estimate_bps: int | None = None
        self._mono = mono
        self._leg: Leg | None = None
        self._streams = {
            t.kind: _Stream(
                t,
                VIDEO_CLOCK if t.kind is Kind.VIDEO else AUDIO_CLOCK,
                waiting_key=t.kind is Kind.VIDEO,
            )
            for t in terms
        }
        self._reports: OrderedDict[int, float] = OrderedDict()
        self._allowance = float(REPEATS_PER_SECOND)
        self._allowance_at = 0.0

    # the source's side

    def open(self, wire: Outlet) -> None:
        """The keys are agreed: send from the next key frame, and ask for one now."""
        self.wire = wire
        if self._leg is not None:
            self._leg.request_key_frame()

    def on_leg(self, leg: Leg) -> None:
        self._leg = leg
        for stream in self._streams.values():
            stream.first_index = None
            stream.waiting_key = stream.terms.kind is Kind.VIDEO
        if self.wire is not None:
            leg.request_key_frame()

    def on_packet(self, kind: Kind, packet: Packet) -> None:
        stream = self._streams.get(kind)
        wire = self.wire
        if stream is None or wire is None:
            return
        if wire.backlog_bytes > BACKLOG_LIMIT:
            self._drop(stream)
            return
        if stream.waiting_key:
            if not packet.starts_key_frame:
                return
            stream.waiting_key = False
            stream.first_index = None
        if stream.first_index is None:
            self._begin(stream, packet)
        elif packet.index < stream.first_index:
            return
        self._send(stream, wire, packet)

    def _drop(self, stream: _Stream) -> None:
        stream.dropped += 1
        if stream.terms.kind is Kind.VIDEO:
            stream.waiting_key = True
            if self._leg is not None:
                self._leg.request_key_frame()

    def _begin(self, stream: _Stream, packet: Packet) -> None:
        stream.first_index = packet.index
        if not stream.started:
            # Low first numbers: SRTP receivers lose track when an early number wraps.
            stream.started = True
            stream.last_sent = packet.index & 0x7FFF
            stream.shift = stream.last_sent - packet.index
            return
        stream.shift = stream.last_sent + 1 - packet.index
        elapsed = int((packet.arrival - stream.last_sent_at) * stream.clock_rate)
        ahead = (packet.timestamp + stream.timestamp_shift - stream.last_timestamp) & 0xFFFFFFFF
        if abs(ahead - elapsed) > stream.clock_rate:
            stream.timestamp_shift = stream.last_timestamp + max(1, elapsed) - packet.timestamp

    def _send(self, stream: _Stream, wire: Outlet, packet: Packet) -> None:
        sent = packet.index + stream.shift
        timestamp = packet.timestamp + stream.timestamp_shift
        terms = stream.terms
        wire.send_rtp(
            build(terms.payload_type, sent, timestamp, terms.ssrc, (packet.marker, packet.payload))
        )
        if sent >= stream.last_sent:
            stream.last_sent = sent
            stream.last_timestamp = timestamp
            stream.last_sent_at = packet.arrival
        stream.packets += 1
        stream.octets += len(packet.payload)

    def on_sender_report(self, kind: Kind, ntp: int, timestamp: int) -> None:
        """Pass the sender's clock on: lip-sync at the viewer is the sender's own."""
        stream = self._streams.get(kind)
        if stream is None or self.wire is None or not stream.packets:
            return
        info = RtcpSenderInfo(
            ntp_timestamp=ntp,
            rtp_timestamp=(timestamp + stream.timestamp_shift) & 0xFFFFFFFF,
            packet_count=stream.packets & 0xFFFFFFFF,
            octet_count=stream.octets & 0xFFFFFFFF,
        )
        self.wire.send_rtcp(bytes(RtcpSrPacket(ssrc=stream.terms.ssrc, sender_info=info)))
        self._reports[(ntp >> 16) & 0xFFFFFFFF] = self._mono()
        while len(self._reports) > 16:
            self._reports.popitem(last=False)

    # the viewer's side

    def on_alive(self) -> None:
        self.last_packet = self._mono()

    def on_rtp(self, data: bytes) -> None:
        self.last_packet = self._mono()

    def on_rtcp(self, data: bytes) -> None:
        self.last_packet = self._mono()
        for message in read_rtcp(data):
            if isinstance(message, RtcpPsfbPacket):
                self._on_picture_feedback(message)
            elif isinstance(message, RtcpRtpfbPacket) and message.fmt == RTCP_RTPFB_NACK:
                self._repeat(message)
            elif isinstance(message, (RtcpRrPacket, RtcpSrPacket)):
                for block in message.reports:
                    self._on_report(block)

    def _on_picture_feedback(self, message: RtcpPsfbPacket) -> None:
        if message.fmt in (RTCP_PSFB_PLI, RTCP_PSFB_FIR):
            if self._leg is not None:
                self._leg.request_key_frame()
        elif message.fmt == RTCP_PSFB_APP and message.fci[:4] == b"REMB" and len(message.fci) >= 8:
            self.estimate_bps = unpack_remb_fci(message.fci[:4] + b"\0" + message.fci[5:8])[0]

    def _repeat(self, message: RtcpRtpfbPacket) -> None:
        stream = self._streams.get(Kind.VIDEO)
        if stream is None or message.media_ssrc != stream.terms.ssrc or self._leg is None:
            return
        if stream.first_index is None or self.wire is None:
            return
        for sequence in message.lost:
            index = unwrap(stream.last_sent, sequence, 16) - stream.shift
            packet = self._leg.recent(Kind.VIDEO, index)
            if packet is not None and index >= stream.first_index and self._allowed():
                self._send_again(stream, self.wire, packet)

    def _allowed(self) -> bool:
        mono = self._mono()
        refill = (mono - self._allowance_at) * REPEATS_PER_SECOND
        self._allowance = min(float(REPEATS_PER_SECOND), self._allowance + refill)
        self._allowance_at = mono
        if self._allowance < 1:
            return False
        self._allowance -= 1
        return True

    def _send_again(self, stream: _Stream, wire: Outlet, packet: Packet) -> None:
        terms = stream.terms
        sequence = (packet.index + stream.shift) & 0xFFFF
        timestamp = packet.timestamp + stream.timestamp_shift
        if not terms.rtx_payload_type:
            body = (packet.marker, packet.payload)
            wire.send_rtp(build(terms.payload_type, sequence, timestamp, terms.ssrc, body))
            return
        body = (packet.marker, sequence.to_bytes(2, "big") + packet.payload)
        number = stream.rtx_sequence
        stream.rtx_sequence += 1
        wire.send_rtp(build(terms.rtx_payload_type, number, timestamp, terms.rtx_ssrc, body))

    def _on_report(self, block: RtcpReceiverInfo) -> None:
        for stream in self._streams.values():
            if stream.terms.ssrc == block.ssrc:
                stream.lost = block.packets_lost
        sent_at = self._reports.get(block.lsr)
        if sent_at is not None and block.dlsr:
            rtt = self._mono() - sent_at - block.dlsr / 65536
            if rtt >= 0:
                self.rtt = rtt

    # figures

    @property
    def packets(self) -> int:
        return sum(s.packets for s in self._streams.values())

    @property
    def octets(self) -> int:
        return sum(s.octets for s in self._streams.values())

    @property
    def packets_lost(self) -> int:
        return sum(max(0, s.lost) for s in self._streams.values())

    @property
    def packets_dropped(self) -> int:
        return sum(s.dropped for s in self._streams.values())

    def tick(self, mono: float) -> None:
        """Ask again while the first picture is still owed."""
        video = self._streams.get(Kind.VIDEO)
        if self.wire is None or video is None or self._leg is None or not video.waiting_key:
            return
        if Kind.VIDEO in self._leg.kinds and self.wire.backlog_bytes <= BACKLOG_LIMIT:
            self._leg.request_key_frame()
