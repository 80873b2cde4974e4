"""One WebM segment on disk: written in whole clusters, closed with fsync, hashed, then renamed."""

import contextlib
import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from av import FFmpegError

from signaling.media.assemble import Frame
from signaling.media.ebml import whole_length
from signaling.media.journal import settle_name
from signaling.media.sink import Kind
from signaling.media.webm import WebmFile

# The second when what a failed write left is read back.
WRITE_ERRORS: Final = (OSError, FFmpegError)
NEVER: Final = float("inf")
_TYPICAL_STEP: Final = {Kind.VIDEO: 33, Kind.AUDIO: 20}


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


@dataclass(slots=True)
class _Track:
    """What was written of one kind: presentation times in ms, timestamps as they came."""

    step_ms: int
    frames: int = 0
    last_ms: int = -1
    first_rtp: int = 0
    last_rtp: int = 0


class SegmentFile:
    """An open segment, in the hands of one thread at a time."""

    def __init__(self, directory: Path, head: SegmentHead, *, opened: float) -> None:
        self.head = head
        self.opened = opened  # capture time of presentation time 0
        self.part = part_path(directory, head.number)
        self.has_video = bool(head.width)
        self._tracks = {kind: _Track(step) for kind, step in _TYPICAL_STEP.items()}
        self._delays: dict[int, float] = {}  # the least of each second
        record = {**asdict(head), "started_at": head.started_at.isoformat()}
        head_path(self.part).write_text(json.dumps(record), encoding="utf-8")
        self._file = WebmFile(self.part, width=head.width, height=head.height)

    @property
    def frames(self) -> dict[Kind, int]:
        return {kind: track.frames for kind, track in self._tracks.items()}

    @property
    def rtp(self) -> dict[Kind, tuple[int, int]]:
        """The first and the last timestamp of each kind that there is anything of."""
        return {k: (t.first_rtp, t.last_rtp) for k, t in self._tracks.items() if t.frames}

    @property
    def media_ms(self) -> int:
        return max((t.last_ms + t.step_ms for t in self._tracks.values() if t.frames), default=0)

    def span_ms(self, by_sender: float | None) -> int:
        """How long it took to come, by the least delayed frames of its first and last seconds.

        Behind a dark line or on a narrow one whole seconds of pictures are late: they are believed
        only as far as the sender's own clock differs from its media (`by_sender`, in seconds).
        """
        marks = [self._delays[second] for second in sorted(self._delays)]
        drift = min(marks[-2:], default=0.0) - min(marks[:2], default=0.0)
        if by_sender is not None:
            drift = min(drift, by_sender, key=abs)
        return max(0, self.media_ms + round(drift * 1000))

    def write(self, frame: Frame, captured: float) -> None:
        """Take one frame; raises one of WRITE_ERRORS when the disk will not have it."""
        track = self._tracks[frame.kind]
        at = round((captured - self.opened) * 1000)
        if track.frames:
            last = track.last_ms
            if at <= last:
                at = last + 1
            track.step_ms = at - last if at - last < 1000 else 1000
        else:
            at = max(0, at)
            track.first_rtp = frame.timestamp
        self._file.add(frame.kind, at, frame.data, key=frame.key)
        track.last_ms = at
        track.last_rtp = frame.timestamp
        track.frames += 1
        second, delay = at // 1000, frame.arrival - captured
        if delay < self._delays.get(second, NEVER):
            self._delays[second] = delay

    def close(self, *, book: Callable[[Sealed], None]) -> Sealed:
        """Write the end, then `seal`; raises one of WRITE_ERRORS."""
        self._file.close(self.media_ms)
        return seal(self.part, book=book)

    def abandon(self, *, book: Callable[[Sealed], None]) -> Sealed | None:
        """After a failed write: keep what is whole; None if nothing is."""
        with contextlib.suppress(OSError):  # the failure that brought us here, said again
            self._file.drop()
        if not cut_to_whole_clusters(self.part):
            self.part.unlink(missing_ok=True)
            head_path(self.part).unlink(missing_ok=True)
            return None
        return seal(self.part, book=book)
