"""One playable MP4 of a whole room: a derived, rebuildable copy, never the evidence itself."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.filter import Graph
from av.video.stream import VideoStream

from signaling.media.contact import Sheet
from signaling.media.mixing import RATE, Mixer, SoundFile

if TYPE_CHECKING:
    from av.container.core import Chapter  # a shape that exists in the stubs only

logger = logging.getLogger(__name__)

WIDTH, HEIGHT, FPS = 1280, 720, 25
HOLD_SECONDS = 1.0
"""A picture stays this long when nothing follows; then the canvas is black until the next."""


@dataclass(frozen=True, slots=True)
class SegmentRef:
    """A segment file and the aware UTC wall-clock time of its presentation time 0."""

    path: Path
    started_at: datetime
    media_ms: int


@dataclass(frozen=True, slots=True)
class DeriveSource:
    """One source's segments; exactly one source is `main`: its pictures are shown."""

    source: str
    segments: tuple[SegmentRef, ...]
    main: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A chapter begins; it lasts until the next."""

    title: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Notes:
    """What the file says of itself: where its chapters begin, and what it was made of."""

    marks: tuple[Mark, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Derived:
    """What was written: seconds on the wall-clock line and pictures that are not repeats."""

    path: Path
    started_at: datetime
    seconds: float
    pictures: int


_NO_NOTES = Notes()


class NothingToDerive(ValueError):
    """No segment, or not exactly one main source."""


def derive_mp4(
    sources: list[DeriveSource],
    out_path: Path,
    *,
    on_progress: Callable[[float], None],
    notes: Notes = _NO_NOTES,
) -> Derived:
    """Write `out_path` (H.264 + AAC, faststart, 1280×720 at 25/s); costs much CPU: not in a loop.

    The main source's pictures stand on the wall-clock line, letterboxed; a stretch without
    pictures is black and of its true length. The sound of all sources is mixed on the same line.
    `on_progress` gets the share done, 0 to 1. The file appears only when whole; beside it, as
    `.jpg`, a sheet of small pictures of the main source, one of each equal part of the time.
    """
    segments = [s for source in sources for s in source.segments]
    mains = [source for source in sources if source.main]
    if not segments or len(mains) != 1:
        raise NothingToDerive("one main source and at least one segment")
    start = min(s.started_at for s in segments)
    end = max((s.started_at - start).total_seconds() + s.media_ms / 1000 for s in segments)
    draft = out_path.with_name(out_path.name + ".draft")
    draft.parent.mkdir(parents=True, exist_ok=True)
    mixer = _mixer(sources, start)
    sheet = Sheet(end)
    pictures = _Pictures(sorted(mains[0].segments, key=lambda s: s.started_at), start)
    with av.open(str(draft), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        container.metadata["comment"] = notes.comment
        container.set_chapters(chapters(notes.marks, start, end))
        writer = _Writer(container)
        for second, block in enumerate(mixer.blocks(end)):
            writer.sound(bytes(block), len(block))
            for n in range(second * FPS, min((second + 1) * FPS, round(end * FPS))):
                picture = pictures.at(n / FPS)
                sheet.offer(n / FPS, picture)
                writer.picture(picture, n)
            on_progress(min(1.0, (second + 1) / end))
        writer.finish()
    sheet.save(out_path.with_suffix(".jpg"))
    draft.rename(out_path)
    return Derived(out_path, start, end, pictures.shown)


def _mixer(sources: list[DeriveSource], start: datetime) -> Mixer:
    mixer = Mixer()
    for source in sources:
        mixer.add_source(
            [SoundFile(s.path, (s.started_at - start).total_seconds()) for s in source.segments]
        )
    return mixer


def chapters(marks: tuple[Mark, ...], start: datetime, end: float) -> "list[Chapter]":
    """The chapters of a file that begins at `start` and lasts `end` seconds; none is empty."""
    placed = sorted(((mark.at - start).total_seconds(), mark.title) for mark in marks)
    begins = [(min(max(at, 0.0), end), title) for at, title in placed]
    ends = [at for at, _ in begins[1:]] + [end]
    kept = [
        (begin, until, title)
        for (begin, title), until in zip(begins, ends, strict=True)
        if until - begin >= 1 / FPS
    ]
    return [
        {
            "id": number,
            "start": round(begin * 1000),
            "end": round(until * 1000),
            "time_base": Fraction(1, 1000),
            "metadata": {"title": title},
        }
        for number, (begin, until, title) in enumerate(kept)
    ]


class _Pictures:
    """The main source's pictures by time; called with rising times."""

    def __init__(self, segments: list[SegmentRef], start: datetime) -> None:
        self.shown = 0
        self._frames = _on_canvas(segments, start)
        self._next = next(self._frames, None)
        self._current: tuple[float, av.VideoFrame] | None = None
        self._black = _black()

    def at(self, time: float) -> av.VideoFrame:
        while self._next is not None and self._next[0] <= time + 0.5 / FPS:
            self._current = self._next
            self.shown += 1
            self._next = next(self._frames, None)
        if self._current is None or time - self._current[0] > HOLD_SECONDS:
            return self._black
        return self._current[1]


def _black() -> av.VideoFrame:
    frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
    for plane, value in zip(frame.planes, (16, 128, 128), strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    return frame


def _decoded(container: InputContainer, name: str) -> Iterator[av.VideoFrame]:
    """The pictures that can be decoded; the segment itself stays as it was recorded."""
    for packet in container.demux(video=0):
        try:
            yield from packet.decode()
        except av.error.InvalidDataError:
            # The picture before it stays; a copy that is never made would show nothing at all.
            logger.warning("a frame cannot be decoded", extra={"segment": name})


def _on_canvas(
    segments: list[SegmentRef], start: datetime
) -> Iterator[tuple[float, av.VideoFrame]]:
    graph: Graph | None = None
    shape = (0, 0, "")
    for segment in segments:
        offset = (segment.started_at - start).total_seconds()
        with av.open(str(segment.path)) as container:
            if not container.streams.video:
                continue
            for frame in _decoded(container, segment.path.name):
                if frame.pts is None or frame.time_base is None:
                    continue
                at = offset + float(frame.pts * frame.time_base)
                if graph is None or shape != (frame.width, frame.height, frame.format.name):
                    shape = (frame.width, frame.height, frame.format.name)
                    graph = _letterbox(shape)
                graph.push(frame)
                fitted = graph.pull()
                if isinstance(fitted, av.VideoFrame):
                    yield at, fitted


def _letterbox(shape: tuple[int, int, str]) -> Graph:
    graph = Graph()
    width, height, pixels = shape
    chain = [
        graph.add_buffer(
            width=width,
            height=height,
            format=av.VideoFormat(pixels),
            time_base=Fraction(1, 1000),
        ),
        graph.add("scale", f"{WIDTH}:{HEIGHT}:force_original_aspect_ratio=decrease"),
        graph.add("pad", f"{WIDTH}:{HEIGHT}:(ow-iw)/2:(oh-ih)/2:black"),
        graph.add("format", "yuv420p"),
        graph.add("buffersink"),
    ]
    for before, after in pairwise(chain):
        before.link_to(after)
    graph.configure()
    return graph


class _Writer:
    """The two encoders and the muxer."""

    def __init__(self, container: OutputContainer) -> None:
        self._container = container
        video: VideoStream = container.add_stream("libx264", rate=FPS)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video.options = {"preset": "superfast", "crf": "24"}
        audio: AudioStream = container.add_stream("aac", rate=RATE)
        audio.layout = "mono"
        self._video, self._audio = video, audio
        self._resampler = av.AudioResampler(
            format="fltp", layout="mono", rate=RATE, frame_size=1024
        )
        self._samples = 0

    def picture(self, frame: av.VideoFrame, number: int) -> None:
        frame.pts, frame.time_base = number, Fraction(1, FPS)
        frame.pict_type = av.video.frame.PictureType.NONE
        self._container.mux(self._video.encode(frame))

    def sound(self, data: bytes, samples: int) -> None:
        frame = av.AudioFrame(format="flt", layout="mono", samples=samples)
        frame.planes[0].update(data)
        frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
        frame.pts = self._samples
        self._samples += samples
        for part in self._resampler.resample(frame):
            self._container.mux(self._audio.encode(part))

    def finish(self) -> None:
        for part in self._resampler.resample(None):
            self._container.mux(self._audio.encode(part))
        self._container.mux(self._audio.encode(None))
        self._container.mux(self._video.encode(None))
