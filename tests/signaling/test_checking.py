"""Before a seal: what the recording plays against the time it was made in."""

from pathlib import Path
from typing import Any

from fieldsvc.kernel import journal
from signaling import checking, recordings
from signaling.media.events import GapCause, RecordingGap
from signaling.models import Segment
from tests.signaling.conftest import Scene
from tests.signaling.test_recordings import at, store


def checked(scene: Scene) -> dict[str, Any]:
    checking.check(scene.room)
    (entry,) = [e for e in journal.entries(scene.room.stream) if e.kind == "recording.checked"]
    return dict(entry.data)


def gap(scene: Scene, since: float, until: float) -> None:
    room, source = str(scene.room.pk), str(scene.li.pk)
    recordings.note_gap(RecordingGap(room, source, at(since), at(until), GapCause.PEER_LOST, 0, ""))


def test_a_recording_that_plays_its_time_less_the_named_gaps_is_sound(
    scene: Scene, tmp_path: Path
) -> None:
    store(scene, tmp_path, 1, 8)
    store(scene, tmp_path, 2, 16.04)  # as long after the last frame as the next one takes
    gap(scene, 16.04, 20)
    store(scene, tmp_path, 3, 28)
    found = checked(scene)
    assert found["differs"] is False
    (source,) = found["sources"]
    assert (source["subject"], source["segments"]) == ("case-li", 3)
    assert (source["wall_ms"], source["media_ms"]) == (28_000, 24_000)
    assert (source["gap_ms"], source["unnamed_ms"], source["doubtful"]) == (3960, 0, [])


def test_time_that_is_in_no_segment_and_no_gap_is_named(scene: Scene, tmp_path: Path) -> None:
    store(scene, tmp_path, 1, 8)
    store(scene, tmp_path, 2, 20)
    gap(scene, 8, 9)
    (source,) = checked(scene)["sources"]
    assert (source["gap_ms"], source["unnamed_ms"], source["differs"]) == (1000, 3000, True)


def test_a_segment_that_plays_shorter_than_it_took_is_named(scene: Scene, tmp_path: Path) -> None:
    first, second = store(scene, tmp_path, 1, 8), store(scene, tmp_path, 2, 20)
    Segment.objects.filter(pk=first.pk).update(span_ms=11_900)
    Segment.objects.filter(pk=second.pk).update(span_ms=8_900)
    found = checked(scene)
    (source,) = found["sources"]
    assert found["differs"] is True
    assert [(one["number"], one["span_ms"]) for one in source["doubtful"]] == [(1, 11_900)]


def test_it_is_said_once_and_not_of_a_room_without_a_recording(
    scene: Scene, tmp_path: Path
) -> None:
    checking.check(scene.room)
    assert all(e.kind != "recording.checked" for e in journal.entries(scene.room.stream))
    store(scene, tmp_path, 1, 8)
    assert checked(scene) == checked(scene)
