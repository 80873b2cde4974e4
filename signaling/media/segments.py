"""One WebM segment on disk: written in whole clusters, closed with fsync, hashed, then renamed."""

import contextlib
import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import av
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream

from signaling.media.assemble import Frame
from signaling.media.ebml import whole_length
from signaling.media.journal import settle_name
from signaling.media.sink import Kind

CLUSTER_MS = 500
"""A crash loses the open cluster: half a second, and the batch on its way to the muxer."""
_OPTIONS = {
    "cluster_time_limit": str(CLUSTER_MS),
    "flush_packets": "1",
    "max_interleave_delta": "200000",
}
_MILLISECOND = Fraction(1, 1000)
WRITE_ERRORS = (OSError, av.FFmpegError)
NEVER = float("inf")
_TYPICAL_STEP = {Kind.VIDEO: 33, Kind.AUDIO: 20}


@dataclass(frozen=True, slots=True)
class SegmentHead:
    """What is known when a segment opens; kept beside the open file for a salvage."""

    room: str
    source: str
    peer: str
    number: int
    started_at: datetime
    width: int  # 0: no video
    height: int


@dataclass(frozen=True, slots=True)
class Sealed:
    """A closed file: its final path, digest and length in bytes."""

    path: Path
    sha256: str
    size_bytes: int


def part_path(directory: Path, number: int) -> Path:
    return directory / f"{number:06d}.webm.part"


def head_path(part: Path) -> Path:
    return part.with_name(part.name.removesuffix(".part").removesuffix(".webm") + ".json")


def next_number(directory: Path) -> int:
    """The number after the highest in a source's folder, whatever became of the files."""
    numbers = [int(p.name[:6]) for p in directory.glob("[0-9][0-9][0-9][0-9][0-9][0-9].*")]
    return max(numbers, default=0) + 1


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def seal(part: Path, *, book: Callable[[Sealed], None]) -> Sealed:
    """Sync, hash, book and rename a finished `.part`, then sync the folder: then it stays.

    `book` is told before the name changes: whoever finds the booked digest under the old name
    after a crash has only to rename.
    """
    final = part.with_name(part.name.removesuffix(".part"))
    with part.open("rb") as file:
        os.fsync(file.fileno())
        size = os.fstat(file.fileno()).st_size
    sealed = Sealed(final, digest_of(part), size)
    book(sealed)
    settle_name(part, final)
    head_path(part).unlink(missing_ok=True)
    return sealed


def read_head(part: Path) -> SegmentHead:
    """The head kept beside an open segment."""
    raw = json.loads(head_path(part).read_text(encoding="utf-8"))
    return SegmentHead(**{**raw, "started_at": datetime.fromisoformat(raw["started_at"])})


def cut_to_whole_clusters(part: Path) -> bool:
    """Cut a torn tail off in place (needs no space); False if nothing whole is left."""
    length = whole_length(part)
    if not length:
        return False
    os.truncate(part, length)
    return True


class SegmentFile:
    """An open segment, in the hands of one thread at a time."""

    def __init__(self, directory: Path, head: SegmentHead, *, opened: float) -> None:
        self.head = head
        self.opened = opened  # capture time of presentation time 0
        self.part = part_path(directory, head.number)
        self.frames = {Kind.VIDEO: 0, Kind.AUDIO: 0}
        self.rtp: dict[Kind, tuple[int, int]] = {}
        self._delays: dict[int, float] = {}  # the least of each second
        self._last_ms: dict[Kind, int] = {}
        self._step_ms = dict(_TYPICAL_STEP)
        record = {**asdict(head), "started_at": head.started_at.isoformat()}
        head_path(self.part).write_text(json.dumps(record), encoding="utf-8")
        self._container: OutputContainer = av.open(
            str(self.part), "w", format="webm", options=_OPTIONS
        )
        self._streams: dict[Kind, Stream] = {}
        if head.width:
            self._streams[Kind.VIDEO] = self._container.add_mux_stream(
                "vp8", rate=30, width=head.width, height=head.height
            )
        audio = self._container.add_stream("libopus", rate=48000)
        audio.layout = "stereo"
        self._streams[Kind.AUDIO] = audio

    @property
    def has_video(self) -> bool:
        return bool(self.head.width)

    @property
    def media_ms(self) -> int:
        return max((at + self._step_ms[k] for k, at in self._last_ms.items()), default=0)

    @property
    def span_ms(self) -> int:
        """How long it took to come, by the least delayed frames of its first and last seconds.

        Behind a dark line the first or last pictures may be seconds late: they alone say nothing.
        """
        marks = [self._delays[second] for second in sorted(self._delays)]
        drift = min(marks[-2:], default=0.0) - min(marks[:2], default=0.0)
        return max(0, self.media_ms + round(drift * 1000))

    def write(self, frame: Frame, captured: float) -> None:
        """Mux one frame; raises one of WRITE_ERRORS when the disk will not have it."""
        kind, rtp = frame.kind, frame.timestamp
        at = max(0, round((captured - self.opened) * 1000))
        last = self._last_ms.get(kind)
        if last is not None:
            at = max(at, last + 1)
            self._step_ms[kind] = min(at - last, 1000)
        packet = Packet(frame.data)
        packet.pts = packet.dts = at
        packet.time_base = _MILLISECOND
        packet.is_keyframe = frame.key
        packet.stream = self._streams[kind]
        self._container.mux(packet)
        self._last_ms[kind] = at
        self.frames[kind] += 1
        self.rtp[kind] = (self.rtp.get(kind, (rtp, rtp))[0], rtp)
        second, delay = at // 1000, frame.arrival - captured
        if delay < self._delays.get(second, NEVER):
            self._delays[second] = delay

    def close(self, *, book: Callable[[Sealed], None]) -> Sealed:
        """Write the end, then `seal`; raises one of WRITE_ERRORS."""
        self._container.close()
        return seal(self.part, book=book)

    def abandon(self, *, book: Callable[[Sealed], None]) -> Sealed | None:
        """After a failed write: keep what is whole; None if nothing is."""
        with contextlib.suppress(*WRITE_ERRORS):  # the failure that brought us here, said again
            self._container.close()
        if not cut_to_whole_clusters(self.part):
            self.part.unlink(missing_ok=True)
            head_path(self.part).unlink(missing_ok=True)
            return None
        return seal(self.part, book=book)
