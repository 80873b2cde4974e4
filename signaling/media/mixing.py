"""The sound of several sources on one wall-clock line, in blocks, with no array library."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import add
from pathlib import Path
from typing import TypeAlias

import av

RATE = 48_000
BLOCK = RATE  # one second
Run: TypeAlias = "tuple[int, array[float]]"
"""A first sample's number and the samples."""


@dataclass(frozen=True, slots=True)
class SoundFile:
    """A file with sound and where its presentation time 0 lies on the line, in seconds."""

    path: Path
    offset: float


def samples_of(file: SoundFile) -> "Iterator[Run]":
    """Runs of mono float samples with the sample number at which each begins."""
    with av.open(str(file.path)) as container:
        if not container.streams.audio:
            return
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        for frame in container.decode(audio=0):
            if frame.pts is None or frame.time_base is None:
                continue
            start = round((file.offset + float(frame.pts * frame.time_base)) * RATE)
            for part in resampler.resample(frame):
                run: array[float] = array("f")
                run.frombytes(bytes(part.planes[0])[: part.samples * 4])
                yield start, run
                start += part.samples


@dataclass
class _Lane:
    """One source's files, read as far as the mix has come."""

    files: Iterator[SoundFile]
    runs: "Iterator[Run] | None" = None
    pending: "Run | None" = None
    ended: bool = False

    def head(self) -> "Run | None":
        while self.pending is None and not self.ended:
            if self.runs is None:
                file = next(self.files, None)
                if file is None:
                    self.ended = True
                    break
                self.runs = samples_of(file)
            self.pending = next(self.runs, None)
            if self.pending is None:
                self.runs = None
        return self.pending


@dataclass
class Mixer:
    """Sums lanes into blocks of one second; what lies before 0 or overlaps itself is cut."""

    lanes: list[_Lane] = field(default_factory=list)

    def add_source(self, files: list[SoundFile]) -> None:
        self.lanes.append(_Lane(iter(sorted(files, key=lambda f: f.offset))))

    def blocks(self, seconds: float) -> "Iterator[array[float]]":
        """Blocks from second 0 on; the last is as long as is left."""
        total = max(0, round(seconds * RATE))
        for begin in range(0, total, BLOCK):
            length = min(BLOCK, total - begin)
            block = array("f", bytes(4 * length))
            for lane in self.lanes:
                _fill(lane, block, begin)
            yield block


def _fill(lane: _Lane, block: "array[float]", begin: int) -> None:
    end = begin + len(block)
    while (head := lane.head()) is not None and head[0] < end:
        start, run = head
        if start < begin:
            run, start = run[begin - start :], begin
        if not run:
            lane.pending = None
            continue
        at = start - begin
        here = min(len(run), end - start)
        block[at : at + here] = array("f", map(add, block[at : at + here], run[:here]))
        lane.pending = (start + here, run[here:]) if here < len(run) else None
