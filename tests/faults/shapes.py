"""What a sender may do to a recording: turn, change size and SSRC, jump, wrap (R14–R16)."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import av

from signaling.media.config import EngineConfig
from signaling.media.engine import MediaEngine
from signaling.media.events import MediaEvent, SegmentClosed, SourceSummary
from signaling.media.probe import probe_segment
from tests.faults.plan import Wish
from tests.signaling.media.peers import NumberedCamera, Stage, Voice
from tests.signaling.media.test_sync import CALLS, WRAPS, duration, record, worst
from tests.support.footage import read_strip
from tests.support.rows import Row, at_most, exactly
from tests.support.until import until_async

SHAPES = ((320, 180), (180, 320), (640, 360), (240, 320))
EVERY = 5.0
STEPS = ((4.0, 600.0), (8.0, -600.0))


@asynccontextmanager
async def stage(clock_runs: list[float] | None = None) -> AsyncIterator[Stage]:
    """An engine on loopback with an open room; `clock_runs[0]` is how far its clock is off."""
    off = clock_runs or [0.0]
    events: list[MediaEvent] = []
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        config = EngineConfig(
            storage=Path(folder),
            segment_seconds=2.0,
            host_addresses=("127.0.0.1",),
            free_space_floor_bytes=1 << 20,
        )
        engine = MediaEngine(
            config, events.append, now=lambda: datetime.fromtimestamp(time.time() + off[0], UTC)
        )
        await engine.open_room("r1")
        made = Stage(engine, events)
        try:
            yield made
        finally:
            await made.close()


class TurningCamera(NumberedCamera):
    """Another shape every five seconds; a picture's number tells the shape it was sent in."""

    async def recv(self) -> av.VideoFrame:
        self.size = self.shape_of(self._number)
        return await super().recv()

    @staticmethod
    def shape_of(number: int) -> tuple[int, int]:
        return SHAPES[int(number / (30 * EVERY)) % len(SHAPES)]


def turned(wish: Wish) -> list[Row]:
    """R14: sizes, rotation and SSRC change every 5 s; every picture of every segment is decoded."""
    return asyncio.run(_turned(wish.seconds))


async def _turned(seconds: float) -> list[Row]:
    camera = TurningCamera()
    async with stage() as it:
        pc = await it.publish("li", camera, Voice(), peer="li-1")
        await asyncio.sleep(seconds / 2 + 1.0)
        await pc.close()
        await it.publish("li", camera, Voice(), peer="li-2")
        await asyncio.sleep(seconds / 2)
        (source,) = (await it.engine.close_room("r1")).sources
        read, wrong, broken = await asyncio.to_thread(_judge, source)
    phases = {number // round(30 * EVERY) for number in camera.sent[:-30]}
    missing = phases - {number // round(30 * EVERY) for number in read}
    note = (
        f"{len(read)} pictures of {len(camera.sent)} in {len(source.segments)} segments,"
        f" {seconds:g} s, one new peer; VP8 is the only codec the engine takes"
    )
    kept = 100 * (len(read) - wrong) / max(1, len(read))
    return [
        exactly("R14.right_shape", kept, "% pictures", 100, note=note),
        exactly("R14.shapes_without_a_picture", len(missing), "changes", 0),
        exactly("R14.segments_not_decodable", broken, "segments", 0),
        exactly("R14.frames_nowhere", float(not source.balanced), "sources", 0),
    ]


def _judge(source: SourceSummary) -> tuple[list[int], int, int]:
    """Numbers of the pictures in the files, how many have another shape, unreadable segments."""
    read: list[int] = []
    wrong = broken = 0
    for segment in source.segments:
        if segment.video_frames and not probe_segment(segment.path).decodable:
            broken += 1
            continue
        for number, shape in _pictures(segment):
            read.append(number)
            wrong += shape != TurningCamera.shape_of(number)
    return read, wrong, broken


def _pictures(segment: SegmentClosed) -> list[tuple[int, tuple[int, int]]]:
    if not segment.video_frames:
        return []
    with av.open(str(segment.path)) as container:
        seen = [(read_strip(f), (f.width, f.height)) for f in container.decode(video=0)]
    return [(number, shape) for number, shape in seen if number is not None]


def in_step(_: Wish) -> list[Row]:
    """R15: calls of one to ten minutes, fed as fast as the machine writes them."""
    starts, drifts, errors = [], [], []
    for phone in CALLS.values():
        with tempfile.TemporaryDirectory(prefix="faults-") as folder:
            recording = record(Path(folder), phone)
            start, apart = worst(recording, phone)
        starts.append(start * 1000)
        drifts.append(apart * 1000)
        errors.append(abs(duration(recording) - phone.seconds))
    note = "late, drifting, silent, 5 % lost, 3 s dark, no reports; simulated arrivals, real files"
    return [
        at_most("R15.start_offset_max", max(starts), "ms", 80, note=note),
        at_most("R15.apart_max", max(drifts), "ms", 120),
        at_most("R15.duration_error_max", max(errors), "s", 0.5),
    ]


def out_of_time(_: Wish) -> list[Row]:
    """R16: 32-bit wraps of either clock, and the node's own clock put ten minutes on and back."""
    errors, backwards = [], 0
    for phone in WRAPS.values():
        with tempfile.TemporaryDirectory(prefix="faults-") as folder:
            recording = record(Path(folder), phone)
        errors.append(abs(duration(recording) - phone.seconds))
        backwards += sum(b.started_at < a.started_at for a, b in pairwise(recording.segments))
    stepped, more = asyncio.run(_stepped())
    return [
        at_most("R16.wrap_duration_error_max", max(errors), "s", 1.0),
        at_most("R16.clock_step_duration_error", stepped, "s", 1.0, note="+-600 s in a call"),
        exactly("R16.timeline_runs_back", backwards + more, "times", 0),
    ]


async def _stepped() -> tuple[float, int]:
    """A call while the node's clock is put on and back; error of its length, steps backwards."""
    off = [0.0]
    async with stage(off) as it:
        began = time.monotonic()
        await it.publish("li", NumberedCamera(), Voice())
        source = it.engine._rooms["r1"].source("li")
        await until_async(lambda: source.frames_received > 0, seconds=40, what="a picture")
        first = time.monotonic()
        for at, step in STEPS:
            await asyncio.sleep(max(0.0, began + at - time.monotonic()))
            off[0] += step
        await asyncio.sleep(4.0)
        lasted = time.monotonic() - first
        (summary,) = (await it.engine.close_room("r1")).sources
        received = [s for s in summary.segments if s.video_frames]
    recorded = (received[-1].ended_at - received[0].started_at).total_seconds()
    back = sum(b.started_at < a.started_at for a, b in pairwise(received))
    return abs(recorded - lasted), back
