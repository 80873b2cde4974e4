"""One playable MP4 from all segments of a room, on the wall-clock line."""

from array import array
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import av
import pytest
from PIL import Image

from signaling.media.contact import step_of
from signaling.media.derive import (
    Derived,
    DeriveSource,
    Mark,
    Notes,
    NothingToDerive,
    SegmentRef,
    chapters,
    derive_mp4,
)
from signaling.media.events import GapCause, SegmentClosed
from signaling.media.items import LegEnd, LegStart
from signaling.media.sink import Kind
from tests.signaling.media.encoded import audio_frames, video_frames
from tests.signaling.media.test_segmenter import BOTH, START, Recording, merged

if TYPE_CHECKING:
    from av.container.core import Chapter


def refs(segments: list[SegmentClosed]) -> tuple[SegmentRef, ...]:
    return tuple(SegmentRef(s.path, s.started_at, s.media_ms) for s in segments)


def loudness(path: Path) -> list[float]:
    """Mean absolute level of each tenth of a second."""
    out: list[float] = []
    samples = array("f")
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=48_000)
        for frame in container.decode(audio=0):
            for part in resampler.resample(frame):
                samples.frombytes(bytes(part.planes[0])[: part.samples * 4])
    for at in range(0, len(samples) - 4800, 4800):
        out.append(sum(map(abs, samples[at : at + 4800])) / 4800)
    return out


@dataclass(frozen=True)
class Film:
    """What was derived, and the shares that were told on the way."""

    derived: Derived
    path: Path
    shares: list[float]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """Li turns the phone after a second, is away for one, and Wang talks meanwhile."""
    folder = tmp_path_factory.mktemp("room")
    main = Recording(folder / "a")
    upright = video_frames(15, size=(180, 320), at=101.0, rtp=90_000)
    main.frames(merged(video_frames(30), upright, audio_frames(75)))
    main.feed([LegEnd(GapCause.PEER_LOST), LegStart("p2", BOTH)])
    main.frames(video_frames(15, at=103.0, rtp=9))
    main.finish()
    other = Recording(folder / "b")
    other.feed([LegStart("q1", frozenset({Kind.AUDIO}))])
    other.frames(audio_frames(25, at=102.0))
    other.finish()
    shares: list[float] = []
    out = folder / "room.mp4"
    sources = [
        DeriveSource("li", refs(main.segments), main=True),
        DeriveSource("wang", refs(other.segments), main=False),
    ]
    marks = (Mark("CY01", START), Mark("CY02", START + timedelta(seconds=2)))
    notes = Notes(marks, "made of a b c")
    return Film(derive_mp4(sources, out, on_progress=shares.append, notes=notes), out, shares)


def test_a_room_with_rotation_and_a_hole_becomes_one_file_of_the_true_length(film: Film) -> None:
    assert abs(film.derived.seconds - 3.5) < 0.1
    assert film.derived.started_at == START
    assert film.derived.pictures > 45


def test_the_progress_rises_to_the_whole(film: Film) -> None:
    assert film.shares[-1] == 1.0
    assert all(a <= b for a, b in pairwise(film.shares))


def test_the_picture_is_upright_in_one_size_and_dark_where_nothing_came(film: Film) -> None:
    with av.open(str(film.path)) as container:
        streams = (*container.streams.video, *container.streams.audio)
        assert [s.codec_context.name for s in streams] == ["h264", "aac"]
        pictures = list(container.decode(video=0))
    assert len(pictures) == round(film.derived.seconds * 25)
    assert {(p.width, p.height) for p in pictures} == {(1280, 720)}
    levels = [max(bytes(p.planes[0])) for p in pictures]
    assert levels[25] > 60
    assert levels[70] < 30
    assert levels[-6] > 60


def test_everybody_is_heard_when_they_spoke_and_silence_stays_silence(film: Film) -> None:
    heard = loudness(film.path)
    assert heard[10] > 0.01
    assert heard[17] < 0.005
    assert heard[22] > 0.01
    assert heard[32] < 0.005


def test_a_player_can_start_before_the_file_is_loaded(film: Film) -> None:
    with film.path.open("rb") as file:
        assert b"moov" in file.read(4096)


def test_without_a_main_source_there_is_nothing_to_derive(tmp_path: Path) -> None:
    with pytest.raises(NothingToDerive):
        derive_mp4([], tmp_path / "x.mp4", on_progress=lambda _share: None)
    assert not (tmp_path / "x.mp4").exists()


def test_chapters_begin_where_the_items_were_looked_at(film: Film) -> None:
    with av.open(str(film.path)) as container:
        found = [(one["metadata"]["title"], _seconds(one)) for one in container.chapters()]
        assert container.metadata["comment"] == "made of a b c"
    assert [title for title, _ in found] == ["CY01", "CY02"]
    assert found[0][1] == (0.0, 2.0)
    assert abs(found[1][1][1] - film.derived.seconds) < 0.01


def _seconds(chapter: "Chapter") -> tuple[float, float]:
    base = chapter["time_base"] or Fraction(1)
    return float(chapter["start"] * base), float(chapter["end"] * base)


def test_chapters_outside_the_recording_are_cut_to_it_and_none_is_empty() -> None:
    marks = tuple(Mark(f"{n}", START + timedelta(seconds=n)) for n in (-5, 2, 2, 50))
    found = chapters(marks, START, 10.0)
    assert [(c["metadata"]["title"], c["start"], c["end"]) for c in found] == [
        ("-5", 0, 2000),
        ("2", 2000, 10_000),
    ]


CELLS = ((0, 0, 160, 90), (160, 0, 320, 90))


def test_a_sheet_of_small_pictures_lies_beside_the_file(film: Film) -> None:
    with Image.open(film.path.with_suffix(".jpg")) as sheet:
        assert sheet.size == (2 * 160, 90)
        assert all(max(sheet.crop(cell).convert("L").tobytes()) > 60 for cell in CELLS)
    assert step_of(3600) == 36.0
