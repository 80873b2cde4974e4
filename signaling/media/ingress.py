"""The receiving half of a publishing peer connection: RTP in, feedback out, sinks served."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from aiortc.rtp import (
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    RtcpPsfbPacket,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSrPacket,
)

from signaling.media.bandwidth import Bandwidth, BitrateFeedback, TransportFeedback
from signaling.media.ends import Outlet, Tap
from signaling.media.events import UplinkLevel
from signaling.media.feedback import (
    FrameCounter,
    LossTracker,
    Reception,
    nack_parts,
    read_rtcp,
)
from signaling.media.linemeter import LineMeter, Tally
from signaling.media.rtp import (
    AUDIO_CLOCK,
    VIDEO_CLOCK,
    Packet,
    describe,
    extension_of,
    parse,
    unwrap,
    vp8_size,
)
from signaling.media.sink import Kind, Leg, Sink
from signaling.media.uplink import Ladder

RING: Final = 1024
AUDIO_RING: Final = 64  # only to know what is repeated
KEY_FRAME_PATIENCE: Final = 0.4
REPORT_EVERY: Final = 1.0
SSRC_SILENCE: Final = 1.0
METERED: Final = 3  # of the sequence numbers, those without these bits


@dataclass(frozen=True, slots=True)
class TrackTerms:
    """What the answer settled for one kind."""

    kind: Kind
    payload_type: int
    rtx_payload_type: int
    ssrc: int  # 0: not announced, the first seen counts
    rtx_ssrc: int
    own_ssrc: int


@dataclass(slots=True)
class _Track:
    terms: TrackTerms
    ssrc: int
    reception: Reception = field(init=False)
    losses: LossTracker = field(init=False)
    ring: list[Packet | None] = field(init=False)
    fresh: list[Packet] = field(init=False)  # not in the books yet
    index: int | None = field(init=False)
    frames: FrameCounter = field(default_factory=FrameCounter)
    last_media: float | None = None
    width: int = 0
    height: int = 0
    key_wanted: bool = False
    key_asked: float = -10.0

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Nothing came yet, of this SSRC."""
        kind = self.terms.kind
        self.losses = LossTracker()
        self.reception = Reception(_clock_rate(kind))
        self.ring = [None] * (RING if kind is Kind.VIDEO else AUDIO_RING)
        self.fresh = []
        self.index = None

    def keep_books(self) -> None:
        """Count what came since the last time: a dozen at once cost less than one by one."""
        fresh, self.fresh = self.fresh, []
        reception, frames = self.reception, self.frames
        for packet in fresh:
            reception.add(packet.index, packet.timestamp, packet.arrival, packet.size)
            if packet.payload:
                frames.add(packet.timestamp)


def _clock_rate(kind: Kind) -> int:
    return VIDEO_CLOCK if kind is Kind.VIDEO else AUDIO_CLOCK


class Publisher(Leg, Tap):
    """One publishing peer connection; a Tap of its wire and a Leg for the sinks."""

    def __init__(
        self,
        peer: str,
        terms: Sequence[TrackTerms],
        *,
        mono: Callable[[], float],
        transport_cc_id: int = 0,
        abs_send_time_id: int = 0,
        led: bool = False,
    ) -> None:
        self.peer = peer
        self._kinds = frozenset(t.kind for t in terms)
        self.wire: Outlet | None = None
        self.last_packet: float | None = None
        self._sinks: list[Sink] = []
        self._attached = False
        self.malformed = 0
        self.on_level: Callable[[UplinkLevel, bool], None] | None = None
        self._extension = transport_cc_id or abs_send_time_id
        self._mono = mono
        ordered = sorted(terms, key=lambda t: t.kind is not Kind.VIDEO)
        self._tracks = {t.kind: _Track(t, t.ssrc) for t in ordered}  # video first
        own = ordered[0].own_ssrc
        self._bandwidth: Bandwidth = (
            TransportFeedback(own) if transport_cc_id else BitrateFeedback(own)
        )
        self._by_payload = {t.terms.payload_type: t for t in self._tracks.values()}
        self._by_rtx = {
            t.terms.rtx_payload_type: t for t in self._tracks.values() if t.terms.rtx_payload_type
        }
        self._reported = 0.0
        self._led = led
        self._send_time = abs_send_time_id if led else 0
        self._ladder = Ladder(mono())
        self._meter = LineMeter()

    def attach(self, sinks: list[Sink]) -> None:
        """From here on this peer carries the source; who joins the list later is served, too."""
        self._sinks, self._attached = sinks, True
        for sink in sinks:
            sink.on_leg(self)

    def detach(self) -> None:
        """Nothing that comes from here on counts as received."""
        self._sinks, self._attached = [], False

    # packets in

    def on_alive(self) -> None:
        self.last_packet = self._mono()

    def on_rtp(self, data: bytes, arrival: float) -> None:
        if not self._attached:
            return
        try:
            packet = parse(data, self._extension)
        except ValueError:
            self.malformed += 1
            return
        self.last_packet = packet.arrival = arrival
        if packet.extension >= 0:
            self._bandwidth.add(packet)
        if self._send_time and not packet.sequence & METERED:
            sent = extension_of(data, self._send_time)
            if sent >= 0:
                self._meter.note(sent, arrival)
        track = self._by_payload.get(packet.payload_type)
        if track is None:
            track = self._by_rtx.get(packet.payload_type)
            if track is None or not self._unwrap_rtx(track, packet):
                return
        elif packet.ssrc != track.ssrc and not self._new_ssrc(track, packet):
            return
        self._media(track, packet)

    def _unwrap_rtx(self, track: _Track, packet: Packet) -> bool:
        if len(packet.payload) < 2 or track.index is None or not track.ssrc:
            return False  # probing before the media, or padding
        if track.terms.rtx_ssrc and packet.ssrc != track.terms.rtx_ssrc:
            return False
        packet.sequence = int.from_bytes(packet.payload[:2], "big")
        packet.payload = packet.payload[2:]
        packet.ssrc = track.ssrc
        return True

    def _new_ssrc(self, track: _Track, packet: Packet) -> bool:
        """Follow a changed SSRC once the old one is silent: two at once would cut without end."""
        if track.index is not None:
            if track.last_media is not None and packet.arrival - track.last_media < SSRC_SILENCE:
                self.malformed += 1
                return False
            track.keep_books()
            track.begin()
            for sink in self._sinks:
                sink.on_leg(self)
        track.ssrc = packet.ssrc
        return True

    def _media(self, track: _Track, packet: Packet) -> None:
        highest, sequence = track.index, packet.sequence
        if highest is not None and (sequence - highest) & 0xFFFF == 1:
            index = highest + 1  # the next one: most are that
        else:
            index = unwrap(highest or sequence + (1 << 16), sequence, 16)
        packet.index = index
        ring = track.ring
        slot = index % len(ring)
        if highest is None or index > highest:
            track.index = index
        else:
            known = ring[slot]
            if index <= highest - len(ring) or (known is not None and known.index == index):
                return  # repeated, or older than anybody remembers
        kind = track.terms.kind
        payload = packet.payload
        if kind is Kind.VIDEO:
            if payload and not self._describe(track, packet):
                return
            losses = track.losses
            if index - 1 == losses.highest:
                losses.highest = index
            else:
                repeated = packet.payload_type != track.terms.payload_type
                self._send_nack(track, losses.add(index, self._mono(), repeated=repeated))
        ring[slot] = packet
        track.fresh.append(packet)
        if payload:
            track.last_media = packet.arrival
        for sink in self._sinks:
            sink.on_packet(kind, packet)

    def _describe(self, track: _Track, packet: Packet) -> bool:
        try:
            describe(packet)
        except ValueError:
            self.malformed += 1
            return False
        if packet.starts_key_frame:
            track.key_wanted = False
            size = vp8_size(packet.payload[packet.data_at : packet.data_at + 10])
            if size != (0, 0):
                track.width, track.height = size
        return True

    def on_rtcp(self, data: bytes, arrival: float) -> None:
        self.last_packet = arrival
        for message in read_rtcp(data):
            if not isinstance(message, RtcpSrPacket):
                continue
            for track in self._tracks.values():
                if message.ssrc == track.ssrc:
                    info = message.sender_info
                    track.reception.note_sender_report(info.ntp_timestamp, arrival)
                    for sink in self._sinks:
                        sink.on_sender_report(
                            track.terms.kind, info.ntp_timestamp, info.rtp_timestamp
                        )

    # feedback out

    def request_key_frame(self) -> None:
        """Ask the publisher for a key frame; repeated until one comes."""
        track = self._tracks.get(Kind.VIDEO)
        if track is None:
            return
        track.key_wanted = True
        mono = self._mono()
        if mono - track.key_asked >= KEY_FRAME_PATIENCE:
            self._send_pli(track, mono)

    def _send_pli(self, track: _Track, mono: float) -> None:
        if not track.ssrc:
            return
        track.key_asked = mono
        message = RtcpPsfbPacket(
            fmt=RTCP_PSFB_PLI, ssrc=track.terms.own_ssrc, media_ssrc=track.ssrc
        )
        self._send(bytes(message))

    def _send_nack(self, track: _Track, lost: list[int]) -> None:
        for part in nack_parts(lost):
            message = RtcpRtpfbPacket(
                fmt=RTCP_RTPFB_NACK,
                ssrc=track.terms.own_ssrc,
                media_ssrc=track.ssrc,
                lost=part,
            )
            self._send(bytes(message))

    def _send(self, message: bytes) -> None:
        if self.wire is not None:
            self.wire.send_rtcp(message)

    @property
    def owes(self) -> bool:
        """Whether a packet is missing that may still come."""
        return any(track.losses.waiting for track in self._tracks.values())

    def tick(self, mono: float) -> None:
        """Repeat what is still owed; ten times a second, twenty while packets are missing."""
        for message in self._bandwidth.due(mono):
            self._send(message)
        for track in self._tracks.values():
            track.keep_books()
            due = track.losses.due(mono)
            if due:
                self._send_nack(track, due)
            if track.key_wanted and mono - track.key_asked >= KEY_FRAME_PATIENCE:
                self._send_pli(track, mono)
        if mono - self._reported >= REPORT_EVERY:
            self._reported = mono
            for track in self._tracks.values():
                block = track.reception.report(track.ssrc, mono)
                if block is not None:
                    report = RtcpRrPacket(ssrc=track.terms.own_ssrc, reports=[block])
                    self._send(bytes(report))
            self._read_line()

    # the level

    @property
    def kinds(self) -> frozenset[Kind]:
        """What is to be expected: no picture while the line bears the voice only."""
        if self.level is UplinkLevel.VOICE_STILLS:
            return self._kinds - {Kind.VIDEO}
        return self._kinds

    @property
    def level(self) -> UplinkLevel:
        return self._ladder.level

    def tell_level(self, level: UplinkLevel) -> None:
        """The page changed what it sends by itself."""
        self._ladder.told(level, self._mono())

    def tell_rate(self, kbps: float) -> None:
        """What the page's own estimate says its line bears."""
        self._ladder.told_rate(kbps, self._mono())

    def _read_line(self) -> None:
        video = self._tracks.get(Kind.VIDEO)
        arrivals = [t.last_media for t in self._tracks.values() if t.last_media is not None]
        if not self._led or video is None or not arrivals:
            return
        receptions = [track.reception for track in self._tracks.values()]
        expected, missed = self._bandwidth.counted or (
            sum(r.expected for r in receptions),
            sum(t.losses.missed if t is video else t.reception.lost for t in self._tracks.values()),
        )
        tally = Tally(
            at=max(arrivals),
            octets=sum(r.octets for r in receptions),
            expected=expected,
            missed=missed,
            overflowed=self.wire.overflowed if self.wire is not None else 0,
        )
        reading = self._meter.read(tally)
        before = self.level
        if reading is None or not self._ladder.read(reading, tally.at) or self.on_level is None:
            return
        levels = list(UplinkLevel)
        self.on_level(self.level, levels.index(self.level) < levels.index(before))

    # read side

    def recent(self, kind: Kind, index: int) -> Packet | None:
        """A packet of the last thousand, for a viewer that missed it."""
        track = self._tracks.get(kind)
        packet = track.ring[index % len(track.ring)] if track is not None else None
        return packet if packet is not None and packet.index == index else None

    @property
    def frames_received(self) -> int:
        for track in self._tracks.values():
            track.keep_books()
        return sum(t.frames.frames for t in self._tracks.values())

    def media_age(self, kind: Kind, mono: float) -> float | None:
        """Seconds since the last media packet of a kind; None before the first."""
        track = self._tracks.get(kind)
        return None if track is None or track.last_media is None else mono - track.last_media

    def reception(self, kind: Kind) -> Reception | None:
        track = self._tracks.get(kind)
        if track is None:
            return None
        track.keep_books()
        return track.reception

    def picture(self) -> tuple[int, int, int]:
        """Width, height and number of frames of the video so far."""
        track = self._tracks.get(Kind.VIDEO)
        if track is None:
            return 0, 0, 0
        track.keep_books()
        return track.width, track.height, track.frames.frames
