"""Picture and voice on one line: late starts, loss, silence, wraps, jumps, drift (R15, R16).

Frames carry the second they were captured in; where they lie in the files is measured, not where
the recorder thinks they lie. Minutes of call are fed as fast as the machine can write them.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import pytest

from signaling.media.assemble import Frame
from signaling.media.events import SegmentClosed
from signaling.media.items import Item, Report, Tick
from signaling.media.sink import Kind
from tests.signaling.media.encoded import FPS, pictures, tones
from tests.signaling.media.test_segmenter import START, Recording

GOP = 60
WRAP = 1 << 32


@dataclass(frozen=True)
class Phone:
    """A sender: when each track begins, how its clocks run, and what the network does."""

    seconds: float
    video_late: float = 0.0
    loss: float = 0.0
    silences: tuple[tuple[float, float], ...] = ()
    video_rtp: int = 0
    audio_rtp: int = 0
    audio_drift: float = 0.0  # how much faster the sender's sound clock runs than its picture clock
    jitter: float = 0.0
    reports: bool = True
    dark: tuple[float, float] | None = None

    def items(self) -> list[Item]:
        chance = random.Random(20261122)
        items: list[tuple[float, Item]] = []
        for frame, captured in (*self._video(), *self._audio()):
            if chance.random() < self.loss and not (frame.kind is Kind.VIDEO and frame.key):
                continue
            delay = chance.random() * self.jitter
            arrived = captured + 100 + delay
            if self.dark is not None:
                kept = self._through_the_dark(frame.kind, captured)
                if kept is None:
                    continue
                arrived = max(arrived, 100 + kept)
            items.append((arrived, _at(frame, arrived)))
        if self.reports:
            items += self._reports()
        items += [(100 + n * 0.2, Tick(100 + n * 0.2)) for n in range(round(self.seconds * 5))]
        return [item for _, item in sorted(items, key=lambda pair: pair[0])]

    def _through_the_dark(self, kind: Kind, captured: float) -> float | None:
        """When it gets through at the earliest; None: never.

        Pictures are asked for again, and wait behind each other when the line is back.
        """
        start, end = self.dark or (0.0, 0.0)
        if kind is Kind.AUDIO:
            return None if start <= captured < end else captured
        if start <= captured < end:
            return end + 0.1 + 0.3 * (captured - start) / (end - start)
        wait = 1.9 - 0.3 * (captured - end)
        return captured + max(0.0, wait if captured >= end else 0.0)

    def _video(self) -> Iterator[tuple[Frame, float]]:
        film = pictures(GOP, gop=GOP)
        for number in range(round((self.seconds - self.video_late) * FPS)):
            captured = self.video_late + number / FPS
            data = film[number % GOP]
            stamp = (self.video_rtp + round(captured * 90_000)) % WRAP
            key = number % GOP == 0
            yield (
                Frame(Kind.VIDEO, data, stamp, 0.0, key, *((320, 180) if key else (0, 0))),
                captured,
            )

    def _audio(self) -> Iterator[tuple[Frame, float]]:
        voice = tones(50)
        for number in range(round(self.seconds * 50)):
            captured = number * 0.02
            if any(start <= captured < end for start, end in self.silences):
                continue
            rate = 48_000 * (1 + self.audio_drift)
            stamp = (self.audio_rtp + round(captured * rate)) % WRAP
            yield Frame(Kind.AUDIO, voice[number % 50], stamp, 0.0, key=True), captured

    def _reports(self) -> Iterator[tuple[float, Item]]:
        for number in range(1, round(self.seconds / 5)):
            at = number * 5.0
            ntp = round((at + 3_000_000_000) * WRAP)
            audio = self.audio_rtp + round(at * 48_000 * (1 + self.audio_drift))
            video = self.video_rtp + round(at * 90_000)
            if at > self.video_late:
                yield 100.001 + at, Report(Kind.VIDEO, ntp, video % WRAP)
            yield 100.001 + at, Report(Kind.AUDIO, ntp, audio % WRAP)


def _at(frame: Frame, arrival: float) -> Frame:
    return Frame(
        frame.kind, frame.data, frame.timestamp, arrival, frame.key, frame.width, frame.height
    )


def record(folder: Path, phone: Phone) -> Recording:
    recording = Recording(folder, segment_seconds=8.0)
    items = phone.items()
    for at in range(0, len(items), 40):
        recording.feed(items[at : at + 40])
    recording.finish(100 + phone.seconds)
    return recording


def presented(segment: SegmentClosed, kind: Kind) -> list[float]:
    """When the frames of a segment are to be seen or heard, in seconds from the call's start."""
    offset = (segment.started_at - START).total_seconds()
    with av.open(str(segment.path)) as container:
        return [
            offset + float((p.pts or 0) * (p.time_base or Fraction(1)))
            for p in container.demux()
            if p.size and p.stream.type == kind
        ]


def ends(recording: Recording, phone: Phone, kind: Kind) -> list[tuple[float, float]]:
    """Where the first and last frame of each segment lie, and when they were captured."""
    found = []
    for segment in recording.segments:
        times = presented(segment, kind)
        video = kind is Kind.VIDEO
        first = segment.first_video_rtp if video else segment.first_audio_rtp
        last = segment.last_video_rtp if video else segment.last_audio_rtp
        if first is None or last is None:
            continue
        rate = 90_000 if video else 48_000 * (1 + phone.audio_drift)
        origin = phone.video_rtp if video else phone.audio_rtp
        for shown, stamp in ((times[0], first), (times[-1], last)):
            found.append((shown, (stamp - origin) % WRAP / rate))
    return found


def worst(recording: Recording, phone: Phone) -> tuple[float, float]:
    """The offset between picture and voice at the start, and the most it moves over the call."""
    errors = {
        kind: [shown - captured for shown, captured in ends(recording, phone, kind)]
        for kind in (Kind.VIDEO, Kind.AUDIO)
    }
    start = abs(errors[Kind.VIDEO][0] - errors[Kind.AUDIO][0])
    apart = [
        abs(video - audio)
        for video, audio in zip(errors[Kind.VIDEO], errors[Kind.AUDIO], strict=False)
    ]
    return start, max(apart)


def duration(recording: Recording) -> float:
    return (recording.segments[-1].ended_at - recording.segments[0].started_at).total_seconds()


CALLS = {
    "a plain call": Phone(120),
    "video a second late": Phone(120, video_late=1.0),
    "loss and silences": Phone(
        600, video_late=1.0, loss=0.05, silences=((60, 90), (200, 204), (400, 460)), jitter=0.04
    ),
    "a drifting sound clock": Phone(300, audio_drift=0.0005, jitter=0.02),
    "no sender reports": Phone(120, video_late=1.0, jitter=0.03, reports=False),
    "three seconds dark": Phone(60, dark=(24.0, 27.0)),
    "dark at a cut, no reports": Phone(60, dark=(22.5, 25.5), reports=False),
}


@pytest.mark.parametrize("name", CALLS)
def test_picture_and_voice_start_together_and_stay_together(tmp_path: Path, name: str) -> None:
    phone = CALLS[name]
    recording = record(tmp_path, phone)
    start, apart = worst(recording, phone)
    assert start <= 0.080
    assert apart <= 0.120
    assert abs(duration(recording) - phone.seconds) <= 0.5
    assert not [s for s in recording.segments if s.time_differs]


WRAPS = {
    "picture wraps": Phone(60, video_rtp=WRAP - 20 * 90_000),
    "sound wraps": Phone(60, audio_rtp=WRAP - 31 * 48_000),
    "both wrap at once": Phone(60, video_rtp=WRAP - 30 * 90_000, audio_rtp=WRAP - 30 * 48_000),
}


@pytest.mark.parametrize("name", WRAPS)
def test_a_wrap_neither_moves_the_line_nor_cuts_a_segment(tmp_path: Path, name: str) -> None:
    phone = WRAPS[name]
    recording = record(tmp_path, phone)
    assert abs(duration(recording) - 60) <= 0.1
    assert len(recording.segments) == 8
    assert max(worst(recording, phone)) <= 0.08


@pytest.mark.parametrize("jump", [-600.0, -6.0, 6.0, 600.0, 47_722.0])
def test_a_jump_of_the_senders_clock_cuts_and_the_line_goes_on_as_time_did(
    tmp_path: Path, jump: float
) -> None:
    recording = Recording(tmp_path, segment_seconds=8.0)
    items: list[Item] = []
    for item in Phone(40, reports=False).items():
        if isinstance(item, Frame) and item.arrival >= 117.3:
            rate = 90_000 if item.kind is Kind.VIDEO else 48_000
            moved = (item.timestamp + round(jump * rate)) % WRAP
            item = Frame(
                item.kind, item.data, moved, item.arrival, item.key, item.width, item.height
            )
        items.append(item)
    for at in range(0, len(items), 40):
        recording.feed(items[at : at + 40])
    recording.finish(140)
    assert abs(duration(recording) - 40) <= 1.0
    for before, after in pairwise(recording.segments):
        assert after.started_at >= before.started_at
        assert abs((after.started_at - before.ended_at).total_seconds()) <= 0.5
    assert recording.recorded == 40 * 80
