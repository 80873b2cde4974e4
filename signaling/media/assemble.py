"""Packets back to frames, in order, with every loss said: the recorder's ear."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from signaling.media.events import GapCause
from signaling.media.feedback import GIVE_UP, FrameCounter
from signaling.media.rtp import Packet, vp8_size
from signaling.media.sink import Kind

MAX_WAITING: Final = 512
AUDIO_PATIENCE: Final = 0.15


@dataclass(slots=True)
class Frame:
    """One whole encoded frame; `arrival` is when its first packet came (monotonic seconds).

    Nobody changes one; it is not frozen because that costs a microsecond each.
    """

    kind: Kind
    data: bytes
    timestamp: int
    arrival: float
    key: bool
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Loss:
    """`frames` frames came in part or too late to use; 0 when packets never came at all.

    From the arrival of the first packet of them to that of the last.
    """

    kind: Kind
    frames: int
    arrival: float
    cause: GapCause
    until: float = 0.0


Assembled = Frame | Loss
_NOTHING: tuple[Assembled, ...] = ()


class VideoAssembler:
    """VP8 frames of one leg. After a loss nothing is passed on until a key frame."""

    def __init__(self) -> None:
        self.needs_key_frame = False
        self._packets: dict[int, Packet] = {}
        self._next: int | None = None  # first packet of the frame being put together
        self._ready = 0  # end of the unbroken run from _next
        self._highest = 0
        self._stuck_since: float | None = None
        self._counted = FrameCounter()

    def add(self, packet: Packet) -> Sequence[Assembled]:
        index = packet.index
        if (
            self._highest < self._ready == index
            and (not packet.starts_frame or index == self._next)
            and len(self._packets) < MAX_WAITING
        ):
            # Nothing is missing and no frame is cut short: most packets.
            self._packets[index] = packet
            self._highest, self._ready = index, index + 1
            if not (packet.marker and packet.payload):
                return _NOTHING
            taken: list[Assembled] = []
            self._next = self._take(self._next or 0, index + 1, taken)
            return taken
        out: list[Assembled] = []
        if self._next is None:
            if not packet.starts_frame:
                self._lose([packet], GapCause.BEFORE_KEY_FRAME, out)
                return out
            self._next = self._ready = self._highest = index
        if index < self._next:
            self._lose([packet], GapCause.LATE, out)
            return out
        self._packets[index] = packet
        self._highest = max(self._highest, index)
        before = self._ready
        self._advance(out)
        if self._ready > self._highest:
            self._stuck_since = None
        elif self._stuck_since is None or self._ready > before:
            self._stuck_since = packet.arrival  # another packet is missing now: its second begins
        if len(self._packets) > MAX_WAITING:
            self._give_up(out)
        return out

    def tick(self, mono: float) -> list[Assembled]:
        """Give up on what has been missing for too long."""
        out: list[Assembled] = []
        if self._stuck_since is not None and mono - self._stuck_since > GIVE_UP:
            self._give_up(out)
        return out

    def finish(self) -> list[Assembled]:
        """Nothing more comes: behind what is missing, pictures from a key frame on, and losses.

        A viewer's decoder goes on at such a key frame at once, so those were seen.
        """
        out: list[Assembled] = []
        while self._packets:
            self._give_up(out)
        self._next = None
        self._ready = self._highest = 0
        return out

    def _advance(self, out: list[Assembled]) -> None:
        start = self._next or 0
        while (packet := self._packets.get(self._ready)) is not None:
            if packet.starts_frame and self._ready > start:
                # No marker ended the frame before: its sender gave up half-way (RFC 7741 4.1).
                start = self._drop(start, self._ready, out)
            self._ready += 1
            if packet.marker and packet.payload:
                start = self._take(start, self._ready, out)
        self._next = start

    def _take(self, start: int, end: int, out: list[Assembled]) -> int:
        pop = self._packets.pop
        packets = [p for i in range(start, end) if (p := pop(i)).payload]
        if not packets:
            return end
        first = packets[0]
        key = first.starts_key_frame
        if not first.starts_frame or (self.needs_key_frame and not key):
            self._lose(packets, GapCause.PACKET_LOSS, out)
            self.needs_key_frame = True
            return end
        self.needs_key_frame = False
        self._counted.add(first.timestamp)
        data = b"".join([p.payload[p.data_at :] for p in packets])
        width, height = vp8_size(data) if key else (0, 0)
        arrival = min([p.arrival for p in packets])
        out.append(Frame(Kind.VIDEO, data, first.timestamp, arrival, key, width, height))
        return end

    def _drop(self, start: int, end: int, out: list[Assembled]) -> int:
        packets = [self._packets.pop(i) for i in range(start, end)]
        if any(p.payload for p in packets):
            self._lose(packets, GapCause.PACKET_LOSS, out)
            self.needs_key_frame = True
        return end

    def _give_up(self, out: list[Assembled]) -> None:
        broken = self._packets.get(self._next or 0)
        starts = sorted(
            i
            for i, p in self._packets.items()
            if p.starts_frame and i >= self._ready and p is not broken
        )
        resume = starts[0] if starts else self._highest + 1
        lost = [self._packets.pop(i) for i in sorted(self._packets) if i < resume]
        arrival = lost[0].arrival if lost else self._stuck_since or 0.0
        self._lose(lost, GapCause.PACKET_LOSS, out)
        if not lost:
            out.append(Loss(Kind.VIDEO, 0, arrival, GapCause.PACKET_LOSS))
        self.needs_key_frame = True
        self._stuck_since = None
        self._next = self._ready = resume
        self._advance(out)
        if self._ready <= self._highest and self._packets:
            self._stuck_since = min(p.arrival for p in self._packets.values())

    def _lose(self, packets: list[Packet], cause: GapCause, out: list[Assembled]) -> None:
        fresh = [p for p in packets if p.payload and self._counted.add(p.timestamp)]
        if fresh:
            arrivals = [p.arrival for p in packets]
            out.append(Loss(Kind.VIDEO, len(fresh), min(arrivals), cause, max(arrivals)))


class AudioAssembler:
    """Opus frames of one leg: a packet is a frame; a missing one is waited for shortly."""

    def __init__(self) -> None:
        self._waiting: dict[int, Packet] = {}
        self._next: int | None = None

    def add(self, packet: Packet) -> Sequence[Assembled]:
        index = packet.index
        if index == self._next and not self._waiting:
            self._next = index + 1
            return (_sound(packet),) if packet.payload else _NOTHING
        out: list[Assembled] = []
        if self._next is None:
            self._next = index
        if index < self._next:
            if packet.payload:
                out.append(Loss(Kind.AUDIO, 1, packet.arrival, GapCause.LATE))
            return out
        self._waiting[index] = packet
        self._advance(out)
        if len(self._waiting) > MAX_WAITING:
            self._skip(out)
        return out

    def tick(self, mono: float) -> list[Assembled]:
        out: list[Assembled] = []
        if self._waiting and mono - min(p.arrival for p in self._waiting.values()) > AUDIO_PATIENCE:
            self._skip(out)
        return out

    def finish(self) -> list[Assembled]:
        out: list[Assembled] = []
        while self._waiting:
            self._skip(out)
        return out

    def _advance(self, out: list[Assembled]) -> None:
        index = self._next or 0
        while (packet := self._waiting.pop(index, None)) is not None:
            index += 1
            if packet.payload:
                out.append(_sound(packet))
        self._next = index

    def _skip(self, out: list[Assembled]) -> None:
        first = min(self._waiting)
        arrival = self._waiting[first].arrival
        out.append(Loss(Kind.AUDIO, 0, arrival, GapCause.PACKET_LOSS))
        self._next = first
        self._advance(out)


def _sound(packet: Packet) -> Frame:
    return Frame(Kind.AUDIO, packet.payload, packet.timestamp, packet.arrival, key=True)
