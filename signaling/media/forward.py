"""The sending half of a subscribing peer connection: a source's packets to one viewer."""

from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

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

from signaling.media.ends import Outlet, Tap
from signaling.media.events import ViewLevel
from signaling.media.feedback import read_rtcp
from signaling.media.numbering import LEFT_OUT, Numbering
from signaling.media.rtp import AUDIO_CLOCK, VIDEO_CLOCK, Packet, descriptor, header
from signaling.media.sink import Kind, Leg, Sink
from signaling.media.thinning import DECIDED_EVERY, OwnLoss, Thinning, ViewerLine

BACKLOG_LIMIT: Final = 256 * 1024
REPEATS_PER_SECOND: Final = 400
RATE_SPAN: Final = 1.0
REPORT_COUNTS: Final = 3.0
LEAST_PACKETS: Final = 10


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
    numbers: Numbering = field(default_factory=Numbering)
    timestamp_shift: int = 0
    last_timestamp: int = 0
    last_sent_at: float = 0.0
    base: int = 0  # the first number sent
    packets: int = 0
    octets: int = 0
    dropped: int = 0
    rtx_sequence: int = 1
    lost: int = 0  # as the viewer reports, and the number it has come to
    reached: int = 0
    layer_octets: list[int] = field(default_factory=lambda: [0] * 5)  # the last: no layer said

    @property
    def holes(self) -> int:
        """Numbers promised for packets that the source's line has not brought."""
        last = self.numbers.last_sent
        return 0 if last is None else max(0, last + 1 - self.base - self.packets)


@dataclass(frozen=True, slots=True)
class _Mark:
    at: float
    layer_octets: list[int]
    audio_octets: int
    lost: int
    reached: int


class Viewer(Sink, Tap):
    """One subscribing peer connection; a Sink of its source and a Tap of its wire.

    There is no queue: a packet goes out in the call that brought it in. When the socket holds back
    more than BACKLOG_LIMIT bytes the viewer drops, counts, and begins again at a key frame. A line
    that bears less than the source gets fewer pictures, then voice alone (`thinning`), if `fitted`.
    """

    def __init__(
        self,
        peer: str,
        terms: Sequence[SendTerms],
        *,
        mono: Callable[[], float],
        fitted: bool = False,
    ) -> None:
        self.peer = peer
        self._fitted = fitted
        self.wire: Outlet | None = None
        self.last_packet: float | None = None
        self.rtt: float | None = None
        self.on_level: Callable[[ViewLevel, bool], None] | None = None
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
        self._thinning = Thinning(mono())
        self._own_loss = OwnLoss()
        self._decided = 0.0
        self._marks: deque[_Mark] = deque()
        self._estimate: tuple[float, float] | None = None  # bit/s, when said

    # the source's side

    def open(self, wire: Outlet) -> None:
        """The keys are agreed: send from the next key frame, and ask for one now."""
        self.wire = wire
        if self._leg is not None:
            self._leg.request_key_frame()

    def on_leg(self, leg: Leg) -> None:
        self._leg = leg
        for stream in self._streams.values():
            stream.numbers.first = None
            stream.waiting_key = stream.terms.kind is Kind.VIDEO
        if self.wire is not None and self.level is not ViewLevel.VOICE:
            leg.request_key_frame()

    def on_packet(self, kind: Kind, packet: Packet) -> None:
        stream = self._streams.get(kind)
        wire = self.wire
        if stream is None or wire is None:
            return
        stream.layer_octets[packet.layer] += packet.size
        if wire.backlog_bytes > BACKLOG_LIMIT:
            self._drop(stream)
            return
        if stream.waiting_key:
            if self._thinning.ceiling < 0:
                stream.dropped += 1
                return
            if not packet.starts_key_frame:
                return
            stream.waiting_key = False
            stream.numbers.first = None
        numbers = stream.numbers
        if numbers.first is None:
            self._begin(stream, packet)
        sent = numbers.place(packet)
        if sent != LEFT_OUT:
            self._send(stream, wire, packet, sent)
        elif numbers.first is not None and packet.index >= numbers.first:
            stream.dropped += 1

    def _drop(self, stream: _Stream) -> None:
        stream.dropped += 1
        if stream.terms.kind is Kind.VIDEO:
            stream.waiting_key = True
            if self._leg is not None and self.level is not ViewLevel.VOICE:
                self._leg.request_key_frame()

    def _begin(self, stream: _Stream, packet: Packet) -> None:
        again = stream.numbers.last_sent is not None
        stream.numbers.begin(packet)
        if not again:
            stream.base = (stream.numbers.last_sent or 0) + 1
            return
        elapsed = int((packet.arrival - stream.last_sent_at) * stream.clock_rate)
        ahead = (packet.timestamp + stream.timestamp_shift - stream.last_timestamp) & 0xFFFFFFFF
        if abs(ahead - elapsed) > stream.clock_rate:
            stream.timestamp_shift = stream.last_timestamp + max(1, elapsed) - packet.timestamp

    def _send(self, stream: _Stream, wire: Outlet, packet: Packet, sent: int) -> None:
        timestamp = packet.timestamp + stream.timestamp_shift
        terms = stream.terms
        head = header(terms.payload_type, packet.marker, sent, timestamp, terms.ssrc)
        body = packet.payload
        if packet.picture >= 0 and packet.timestamp != stream.numbers.same_for:
            more, body = _renumbered(stream.numbers, packet)
            head += more
        wire.send_rtp(head, body)
        if sent == stream.numbers.last_sent:
            stream.last_timestamp = timestamp
            stream.last_sent_at = packet.arrival
        stream.packets += 1
        stream.octets += len(body)

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

    def on_rtp(self, data: bytes, arrival: float) -> None:
        self.last_packet = arrival

    def on_rtcp(self, data: bytes, arrival: float) -> None:
        self.last_packet = arrival
        for message in read_rtcp(data):
            if isinstance(message, RtcpPsfbPacket):
                self._on_picture_feedback(message)
            elif isinstance(message, RtcpRtpfbPacket) and message.fmt == RTCP_RTPFB_NACK:
                self._repeat(message)
            elif isinstance(message, (RtcpRrPacket, RtcpSrPacket)):
                for block in message.reports:
                    self._on_report(block, arrival)

    def _on_picture_feedback(self, message: RtcpPsfbPacket) -> None:
        if message.fmt in (RTCP_PSFB_PLI, RTCP_PSFB_FIR):
            if self._leg is not None and self.level is not ViewLevel.VOICE:
                self._leg.request_key_frame()
        elif message.fmt == RTCP_PSFB_APP and message.fci[:4] == b"REMB" and len(message.fci) >= 8:
            bps = unpack_remb_fci(message.fci[:4] + b"\0" + message.fci[5:8])[0]
            self._estimate = (float(bps), self._mono())

    def _repeat(self, message: RtcpRtpfbPacket) -> None:
        stream = self._streams.get(Kind.VIDEO)
        if stream is None or message.media_ssrc != stream.terms.ssrc or self._leg is None:
            return
        if stream.numbers.first is None or self.wire is None or self.level is ViewLevel.VOICE:
            return
        for sequence in message.lost:
            index = stream.numbers.source_of(sequence)
            packet = self._leg.recent(Kind.VIDEO, index) if index is not None else None
            if packet is not None and self._allowed():
                self._send_again(stream, self.wire, packet, sequence)

    def _allowed(self) -> bool:
        mono = self._mono()
        refill = (mono - self._allowance_at) * REPEATS_PER_SECOND
        self._allowance = min(float(REPEATS_PER_SECOND), self._allowance + refill)
        self._allowance_at = mono
        if self._allowance < 1:
            return False
        self._allowance -= 1
        return True

    def _send_again(self, stream: _Stream, wire: Outlet, packet: Packet, sequence: int) -> None:
        terms = stream.terms
        timestamp = packet.timestamp + stream.timestamp_shift
        more, body = _renumbered(stream.numbers, packet)
        if not terms.rtx_payload_type:
            head = header(terms.payload_type, packet.marker, sequence, timestamp, terms.ssrc)
            wire.send_rtp(head + more, body)
            return
        number = stream.rtx_sequence
        stream.rtx_sequence += 1
        head = header(terms.rtx_payload_type, packet.marker, number, timestamp, terms.rtx_ssrc)
        wire.send_rtp(head + sequence.to_bytes(2, "big") + more, body)

    def _on_report(self, block: RtcpReceiverInfo, arrival: float) -> None:
        for stream in self._streams.values():
            if stream.terms.ssrc == block.ssrc:
                stream.lost = block.packets_lost
                stream.reached = block.highest_sequence
        sent_at = self._reports.get(block.lsr)
        if sent_at is not None and block.dlsr:
            rtt = arrival - sent_at - block.dlsr / 65536
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

    @property
    def level(self) -> ViewLevel:
        return self._thinning.level

    def tick(self, mono: float) -> None:
        """Ask again while the first picture is still owed; look at the line now and then."""
        video = self._streams.get(Kind.VIDEO)
        if self.wire is None or video is None or self._leg is None:
            return
        if self._fitted and mono - self._decided >= DECIDED_EVERY:
            self._decided = mono
            self._decide(self.wire, video, mono)
        if not video.waiting_key or self.level is ViewLevel.VOICE:
            return
        if Kind.VIDEO in self._leg.kinds and self.wire.backlog_bytes <= BACKLOG_LIMIT:
            self._leg.request_key_frame()

    def _decide(self, wire: Outlet, video: _Stream, mono: float) -> None:
        before, line = self.level, self._line(wire, video, mono)
        if line is None or not self._thinning.decide(line, mono):
            return
        video.numbers.ceiling = max(0, self._thinning.ceiling)
        if self.level is ViewLevel.VOICE:
            video.waiting_key = True
        if self.on_level is not None:
            levels = list(ViewLevel)
            self.on_level(self.level, levels.index(self.level) < levels.index(before))

    def _line(self, wire: Outlet, video: _Stream, mono: float) -> ViewerLine | None:
        audio = self._streams.get(Kind.AUDIO)
        marks, sound = self._marks, audio.octets if audio is not None else 0
        lost = self._own_loss.count(video.lost, video.holes, mono)
        marks.append(_Mark(mono, video.layer_octets.copy(), sound, lost, video.reached))
        while len(marks) > 2 and mono - marks[1].at >= RATE_SPAN:
            marks.popleft()
        first, last = marks[0], marks[-1]
        span = last.at - first.at
        if span < RATE_SPAN / 2:
            return None
        pairs = zip(last.layer_octets, first.layer_octets, strict=True)
        rates = [(now - then) * 8 / span for now, then in pairs]
        rates[0] += rates.pop()
        # Reports come with every request for repeats: one report's own share says nothing.
        reached, lost = last.reached - first.reached, last.lost - first.lost
        return ViewerLine(
            layer_bps=tuple(rates[:3]),
            audio_bps=(last.audio_octets - first.audio_octets) * 8 / span,
            estimate_bps=_fresh(self._estimate, mono),
            loss=max(0.0, lost / reached) if reached >= LEAST_PACKETS else 0.0,
            rtt=self.rtt,
            backlog_bytes=wire.backlog_bytes,
        )


def _fresh(said: tuple[float, float] | None, mono: float) -> float | None:
    return said[0] if said is not None and mono - said[1] <= REPORT_COUNTS else None


def _renumbered(numbers: Numbering, packet: Packet) -> tuple[bytes, bytes]:
    """The descriptor with the viewer's picture id, and the rest; empty for a frame left out."""
    if packet.picture < 0:
        return b"", packet.payload
    known = numbers.picture_of(packet)
    if known is None:
        return b"", b""  # its number is already promised: a packet without media fills the place
    picture, tl0 = known
    if picture == packet.picture and (tl0 == packet.tl0 or packet.tl0 < 0):
        return b"", packet.payload
    return descriptor(packet, picture, tl0), packet.payload[packet.data_at :]
