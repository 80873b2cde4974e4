"""A recorder without a network: packets with the arrivals of a fake clock, and crashes at will."""

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from signaling.media.events import (
    MediaEvent,
    RecordingAlarm,
    RecordingGap,
    SegmentClosed,
    SourceSummary,
)
from signaling.media.items import Terms
from signaling.media.recorder import Recorder
from signaling.media.rtp import Packet
from signaling.media.sink import Kind
from tests.signaling.media.encoded import tones, video_packets

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ORIGIN = 50.0
STEP = 0.05


def wall(mono: float) -> datetime:
    return START + timedelta(seconds=mono - ORIGIN)


def mono_of(at: datetime) -> float:
    return ORIGIN + (at - START).total_seconds()


@dataclass
class FakeLeg:
    """A publishing peer connection that only counts what is asked of it."""

    peer: str = "p1"
    kinds: frozenset[Kind] = frozenset({Kind.AUDIO, Kind.VIDEO})
    key_frames_asked: int = 0

    def recent(self, kind: Kind, index: int) -> Packet | None:
        return None

    def request_key_frame(self) -> None:
        self.key_frames_asked += 1


@dataclass(frozen=True)
class Sent:
    kind: Kind
    packet: Packet


def video(count: int) -> list[Sent]:
    return [Sent(Kind.VIDEO, packet) for packet in video_packets(count)]


def sound(count: int, *, first: int = 200) -> list[Sent]:
    out = []
    for number, data in enumerate(tones(count)):
        index = first + number
        packet = Packet(111, 1, index & 0xFFFF, 7_000 + number * 960, 8, data, len(data))
        packet.index, packet.arrival = index, ORIGIN + number * 0.02
        out.append(Sent(Kind.AUDIO, packet))
    return out


def call(seconds: float) -> list[Sent]:
    """Voice and picture from the same instant, in order of arrival."""
    both = video(round(seconds * 30)) + sound(round(seconds * 50))
    return sorted(both, key=lambda sent: sent.packet.arrival)


def moved(sent: Iterable[Sent], change: Callable[[Packet], Packet]) -> list[Sent]:
    return [Sent(one.kind, change(_copied(one.packet))) for one in sent]


_DESCRIBED = (
    *("index", "arrival", "data_at", "starts_frame", "starts_key_frame"),
    *("layer", "layer_sync", "picture", "tl0"),
)


def _copied(packet: Packet) -> Packet:
    head = (packet.payload_type, packet.marker, packet.sequence, packet.timestamp, packet.ssrc)
    copy = Packet(*head, packet.payload, packet.size, packet.extension)
    for name in _DESCRIBED:
        setattr(copy, name, getattr(packet, name))
    return copy


@dataclass
class Rig:
    """One source's recorder in a folder of its own."""

    folder: Path
    segment_seconds: float = 2.0
    floor_bytes: int = 0
    events: list[MediaEvent] = field(default_factory=list)
    leg: FakeLeg = field(default_factory=FakeLeg)
    mono: float = ORIGIN
    room: str = "r1"
    member: str = "li"

    def __post_init__(self) -> None:
        self.source = self.folder / self.room / self.member
        terms = Terms(
            self.room, self.member, self.source, self.segment_seconds, self.floor_bytes, wall
        )
        self.recorder = Recorder(terms, emit=self.events.append)

    def start(self, leg: FakeLeg | None = None) -> None:
        self.leg = leg or self.leg
        self.recorder.on_leg(self.leg)

    async def play(self, packets: Iterable[Sent], *, until: float | None = None) -> None:
        """Hand packets over at their arrivals; time goes on in steps of 50 ms."""
        for sent in packets:
            while self.mono + STEP <= sent.packet.arrival:
                await self.pass_time(STEP)
            self.recorder.on_packet(sent.kind, sent.packet)
        while until is not None and self.mono < until:
            await self.pass_time(STEP)

    async def pass_time(self, seconds: float) -> None:
        self.mono += seconds
        self.recorder.tick(self.mono)
        await self.recorder.settle()

    async def close(self, received: int = 0) -> SourceSummary:
        return await self.recorder.close(self.mono, received)

    def crash(self, into: Path) -> Path:
        """The folder as a kill -9 at this moment would leave it."""
        shutil.copytree(self.folder, into)
        return into

    @property
    def segments(self) -> list[SegmentClosed]:
        return [event for event in self.events if isinstance(event, SegmentClosed)]

    @property
    def gaps(self) -> list[RecordingGap]:
        return [event for event in self.events if isinstance(event, RecordingGap)]

    @property
    def alarms(self) -> list[RecordingAlarm]:
        return [event for event in self.events if isinstance(event, RecordingAlarm)]
