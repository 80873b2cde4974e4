"""Which frame goes into which segment: clocks, sizes, jumps, silence, failing disks."""

import hashlib
import resource
import signal
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import pytest

from signaling.media.assemble import Frame
from signaling.media.events import (
    AlarmCause,
    GapCause,
    RecordingAlarm,
    RecordingGap,
    SegmentClosed,
)
from signaling.media.items import Item, LegEnd, LegStart, Outcome, Report, Terms, Tick
from signaling.media.probe import probe_segment
from signaling.media.segmenter import Segmenter
from signaling.media.sink import Kind
from tests.signaling.media.encoded import audio_frames, video_frames
from tests.support.footage import read_strip

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
BOTH = frozenset({Kind.AUDIO, Kind.VIDEO})


class Recording:
    """A segmenter fed in batches, with everything it reported."""

    def __init__(self, folder: Path, *, segment_seconds: float = 2.0, floor: int = 0) -> None:
        self.folder = folder / "r1" / "li"
        self.segmenter = Segmenter(
            Terms("r1", "li", self.folder, segment_seconds, floor, self._wall)
        )
        self.outcomes: list[Outcome] = []
        self.feed([LegStart("p1", BOTH)])

    def _wall(self, mono: float) -> datetime:
        return START + timedelta(seconds=mono - 100)

    def feed(self, items: list[Item]) -> None:
        self.outcomes.append(self.segmenter.feed(items))

    def frames(self, frames: list[Frame]) -> None:
        for at in range(0, len(frames), 10):
            self.feed([*frames[at : at + 10]])

    def finish(self, at: float = 200.0) -> None:
        self.outcomes.append(self.segmenter.finish(at))

    @property
    def segments(self) -> list[SegmentClosed]:
        return [e for o in self.outcomes for e in o.events if isinstance(e, SegmentClosed)]

    @property
    def gaps(self) -> list[RecordingGap]:
        return [e for o in self.outcomes for e in o.events if isinstance(e, RecordingGap)]

    @property
    def alarms(self) -> list[RecordingAlarm]:
        return [e for o in self.outcomes for e in o.events if isinstance(e, RecordingAlarm)]

    @property
    def recorded(self) -> int:
        return self.outcomes[-1].recorded

    @property
    def in_gaps(self) -> int:
        return self.outcomes[-1].in_gaps


def merged(*streams: list[Frame]) -> list[Frame]:
    return sorted((f for s in streams for f in s), key=lambda f: f.arrival)


def numbers(path: Path) -> list[int | None]:
    with av.open(str(path)) as container:
        return [read_strip(frame) for frame in container.decode(video=0)]


def presentation(path: Path, kind: str) -> list[int]:
    with av.open(str(path)) as container:
        stream = next(s for s in container.streams if s.type == kind)
        return [
            round(p.pts * p.time_base * 1000)
            for p in container.demux(stream)
            if p.pts is not None and p.size
        ]


def test_segments_are_cut_on_key_frames_and_hold_all_frames_in_order(tmp_path: Path) -> None:
    recording = Recording(tmp_path)
    recording.frames(merged(video_frames(200), audio_frames(330)))
    recording.finish()
    assert [s.video_frames for s in recording.segments] == [60, 60, 60, 20]
    assert recording.recorded == 530
    assert recording.in_gaps == 0
    seen = [n for s in recording.segments for n in numbers(s.path)]
    assert seen == list(range(200))
    assert all(probe_segment(s.path).decodable for s in recording.segments)


def test_a_closed_segment_is_named_by_its_digest_and_nothing_open_is_left(tmp_path: Path) -> None:
    recording = Recording(tmp_path)
    recording.frames(video_frames(60))
    recording.finish()
    (segment,) = recording.segments
    assert hashlib.sha256(segment.path.read_bytes()).hexdigest() == segment.sha256
    assert segment.size_bytes == segment.path.stat().st_size
    names = {p.name for p in recording.folder.iterdir()}
    assert names == {"000001.webm", "manifest.jsonl"}


def test_a_size_change_cuts_a_segment_and_each_keeps_its_own_shape(tmp_path: Path) -> None:
    recording = Recording(tmp_path, segment_seconds=60)
    upright = video_frames(30, size=(180, 320), at=101.0, rtp=90_000)
    recording.frames([*video_frames(30), *upright])
    recording.finish()
    assert [(s.width, s.height) for s in recording.segments] == [(320, 180), (180, 320)]
    probes = [probe_segment(s.path) for s in recording.segments]
    assert [(p.width, p.height, p.decoded_pictures) for p in probes] == [
        (320, 180, 30),
        (180, 320, 30),
    ]


def test_a_timestamp_that_wraps_does_not_move_the_timeline(tmp_path: Path) -> None:
    recording = Recording(tmp_path, segment_seconds=60)
    recording.frames(video_frames(90, rtp=(1 << 32) - 45 * 3000))
    recording.finish()
    (segment,) = recording.segments
    assert abs(segment.media_ms - 3000) < 50
    assert segment.video_frames == 90


@pytest.mark.parametrize("jump", [600 * 90_000, -600 * 90_000, -90_000])
def test_a_timestamp_that_jumps_loses_no_frame_and_adds_no_time(tmp_path: Path, jump: int) -> None:
    recording = Recording(tmp_path, segment_seconds=60)
    before = video_frames(120)
    frames = before[:75] + [
        Frame(
            f.kind, f.data, (f.timestamp + jump) & 0xFFFFFFFF, f.arrival, f.key, f.width, f.height
        )
        for f in before[75:]
    ]
    recording.frames(frames)
    recording.finish()
    assert recording.recorded == 120
    assert len(recording.segments) == 2
    assert [n for s in recording.segments for n in numbers(s.path)] == list(range(120))
    span = recording.segments[-1].ended_at - recording.segments[0].started_at
    assert abs(span.total_seconds() - 4.0) < 0.1


def test_video_that_starts_a_second_late_lies_a_second_late(tmp_path: Path) -> None:
    recording = Recording(tmp_path, segment_seconds=60)
    recording.frames(merged(audio_frames(150), video_frames(60, at=101.0, rtp=5)))
    recording.finish()
    (segment,) = recording.segments
    video, audio = presentation(segment.path, "video"), presentation(segment.path, "audio")
    assert abs((video[0] - audio[0]) - 1000) <= 80
    assert segment.audio_frames == 150


def test_a_first_picture_that_comes_late_does_not_set_the_whole_segment_late(
    tmp_path: Path,
) -> None:
    recording = Recording(tmp_path, segment_seconds=60)
    late = [
        replace(f, arrival=max(f.arrival, 100.120 + n / 1000))
        for n, f in enumerate(video_frames(60, rtp=5))
    ]
    recording.frames(merged(audio_frames(100), late))
    recording.finish()
    (segment,) = recording.segments
    video, audio = presentation(segment.path, "video"), presentation(segment.path, "audio")
    assert abs(video[0] - audio[0]) <= 10
    assert abs(video[-1] - 59 * 1000 / 30) <= 10


def test_a_clock_that_stood_still_is_seen_by_what_the_segment_plays(tmp_path: Path) -> None:
    recording = Recording(tmp_path, segment_seconds=60)
    frames = video_frames(180)
    recording.frames(frames[:90] + [replace(f, arrival=f.arrival + 3.0) for f in frames[90:]])
    recording.finish()
    (segment,) = recording.segments
    assert segment.time_differs
    assert abs((segment.span_ms or 0) - segment.media_ms - 3000) < 50


@pytest.mark.parametrize("stood_still", [0.0, 3.0])
def test_pictures_that_are_late_are_told_from_a_clock_that_stood_still_by_the_senders_reports(
    tmp_path: Path, stood_still: float
) -> None:
    recording = Recording(tmp_path, segment_seconds=60)
    items: list[Item] = []
    for number, frame in enumerate(video_frames(180)):
        if number % 30 == 5:
            wall = number / 30 + (stood_still if number >= 90 else 0.0)
            items.append(Report(Kind.VIDEO, round((3e9 + wall) * (1 << 32)), frame.timestamp))
        items.append(replace(frame, arrival=frame.arrival + 3.0) if number >= 90 else frame)
    recording.feed(items)
    recording.finish()
    (segment,) = recording.segments
    assert segment.time_differs == bool(stood_still)


def test_audio_alone_is_recorded_and_joined_by_video_in_a_new_segment(tmp_path: Path) -> None:
    recording = Recording(tmp_path, segment_seconds=60)
    recording.frames(merged(audio_frames(300), video_frames(60, at=104.0, rtp=5)))
    recording.finish()
    assert [(s.width, s.video_frames) for s in recording.segments] == [(0, 0), (320, 60)]
    assert recording.recorded == 360
    assert recording.in_gaps == 0


def test_pictures_before_the_first_key_frame_are_a_named_gap(tmp_path: Path) -> None:
    recording = Recording(tmp_path)
    recording.frames(video_frames(60)[10:])
    recording.finish()
    assert recording.in_gaps == 20
    assert recording.recorded == 30
    assert [(g.cause, g.frames) for g in recording.gaps] == [(GapCause.BEFORE_KEY_FRAME, 20)]
    assert any(o.wants_key_frame for o in recording.outcomes[1:])


def test_a_lost_peer_closes_the_segment_and_the_hole_until_it_returns_is_named(
    tmp_path: Path,
) -> None:
    recording = Recording(tmp_path)
    recording.frames(video_frames(30))
    recording.feed([LegEnd(GapCause.PEER_LOST)])
    recording.feed([LegStart("p2", BOTH)])
    recording.frames(video_frames(30, at=111.0, rtp=77))
    recording.finish()
    assert [s.peer for s in recording.segments] == ["p1", "p2"]
    (gap,) = recording.gaps
    assert gap.cause is GapCause.PEER_LOST
    assert gap.frames == 0
    assert abs((gap.started_at - START).total_seconds() - 29 / 30) < 0.01
    assert abs((gap.ended_at - START).total_seconds() - 11) < 0.01


@pytest.mark.parametrize(("until", "seconds"), [(180, 5.0), (94, 2.13)])
def test_a_silent_track_leaves_a_named_hole(tmp_path: Path, until: int, seconds: float) -> None:
    recording = Recording(tmp_path, segment_seconds=60)
    muted = [f for f in video_frames(200) if not 31 <= int((f.arrival - 100) * 30 + 0.5) < until]
    recording.frames(muted)
    recording.finish()
    (gap,) = recording.gaps
    assert gap.cause is GapCause.TRACK_SILENT
    assert gap.kind == "video"
    assert abs((gap.ended_at - gap.started_at).total_seconds() - seconds) < 0.1
    assert abs(recording.segments[-1].ended_at - START).total_seconds() < 6.9


def test_little_free_space_raises_one_alarm_and_recording_goes_on(tmp_path: Path) -> None:
    recording = Recording(tmp_path, floor=1 << 60)
    for n, frame in enumerate(video_frames(60)):
        recording.feed([frame, Tick(100 + n / 30)])
    recording.finish()
    assert [a.cause for a in recording.alarms] == [AlarmCause.DISK_FULL]
    assert recording.recorded == 60


def test_a_disk_that_refuses_keeps_what_is_whole_and_names_the_rest(tmp_path: Path) -> None:
    recording = Recording(tmp_path, segment_seconds=60)
    frames = video_frames(200)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, limits[1]))
        recording.frames(frames[:100])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    recording.frames(frames[100:])
    recording.finish()
    assert AlarmCause.WRITE_FAILED in {a.cause for a in recording.alarms}
    assert recording.recorded + recording.in_gaps == 200
    assert any(s.salvaged for s in recording.segments)
    assert not recording.segments[-1].salvaged
    kept = [n for s in recording.segments for n in numbers(s.path)]
    assert len(kept) == recording.recorded
    assert kept == sorted(n for n in kept if n is not None)
    assert all(probe_segment(s.path).decodable for s in recording.segments)
