"""Raw journals stay until every packet is accounted for and the dossier is sealed."""

from pathlib import Path
from typing import Any

import pytest

from fieldsvc.kernel import journal
from signaling import mediabooks, rawkeeping, recordings, rooms
from signaling.database import in_thread
from signaling.media.events import SegmentClosed
from signaling.rawkeeping import ACCOUNTED, RELEASED, REMOVED
from tests.signaling.conftest import Scene
from tests.signaling.media.rawlegs import Rig, call


def kinds(scene: Scene) -> list[str]:
    stream = rawkeeping.stream_of(scene.room.pk)
    return [entry.kind for entry in journal.entries(stream)]


async def recorded(scene: Scene, folder: Path, *, losing: bool = False) -> Path:
    """A closed call of two seconds in the books, its journal still on the node."""
    rig = Rig(folder, room=str(scene.room.pk), member=str(scene.li.pk))
    rig.start()
    await rig.play(call(3))
    await rig.close()
    segments = rig.segments[:1] if losing else rig.segments
    await in_thread(enter, scene, segments)
    return next(rig.source.glob("leg-*.rtp"))


def enter(scene: Scene, segments: list[SegmentClosed]) -> None:
    for segment in segments:
        assert recordings.record_segment(segment) is not None
    rooms.close_room(scene.room.pk, actor=journal.SYSTEM, reason="concluded")


async def release(scene: Scene) -> int:
    return await in_thread(rawkeeping.release_raw, scene.room.stream, actor=journal.SYSTEM)


async def test_by_default_they_go_when_all_is_accounted_for_and_the_dossier_is_sealed(
    scene: Scene, tmp_path: Path
) -> None:
    raw = await recorded(scene, tmp_path)
    await rawkeeping.keep_raw(tmp_path)
    await rawkeeping.keep_raw(tmp_path)
    assert raw.exists()
    assert await in_thread(kinds, scene) == [ACCOUNTED]
    assert await release(scene) == 1
    assert await release(scene) == 0
    await rawkeeping.keep_raw(tmp_path)
    assert not raw.exists()
    assert await in_thread(kinds, scene) == [ACCOUNTED, RELEASED, REMOVED]


async def test_the_account_says_what_every_packet_came_to(scene: Scene, tmp_path: Path) -> None:
    raw = await recorded(scene, tmp_path)
    size = raw.stat().st_size
    await rawkeeping.keep_raw(tmp_path)

    def check() -> None:
        (entry,) = journal.entries(rawkeeping.stream_of(scene.room.pk))
        packets = len(call(3))
        assert entry.data["balanced"] is True
        assert (entry.data["packets"], entry.data["recorded"]) == (packets, packets)
        (file,) = entry.data["files"]  # type: ignore[misc]
        assert (file["name"], file["size"]) == (raw.name, size)  # type: ignore[index, call-overload]

    await in_thread(check)


async def test_a_journal_of_which_a_packet_is_missing_is_never_removed(
    scene: Scene, tmp_path: Path, settings: Any
) -> None:
    settings.RECORDING_RAW_KEEP = "stored"
    raw = await recorded(scene, tmp_path, losing=True)
    await release(scene)
    await rawkeeping.keep_raw(tmp_path)
    assert raw.exists()
    assert await in_thread(kinds, scene) == [RELEASED, ACCOUNTED]


@pytest.mark.parametrize(("keep", "stays"), [("stored", False), ("always", True)])
async def test_the_setting_says_how_long(
    scene: Scene, tmp_path: Path, settings: Any, *, keep: str, stays: bool
) -> None:
    settings.RECORDING_RAW_KEEP = keep
    raw = await recorded(scene, tmp_path)
    if stays:
        await release(scene)
    await rawkeeping.keep_raw(tmp_path)
    assert raw.exists() is stays


async def test_an_open_room_is_left_alone(scene: Scene, tmp_path: Path) -> None:
    raw = tmp_path / str(scene.room.pk) / str(scene.li.pk) / "leg-000001.rtp"
    raw.parent.mkdir(parents=True)
    raw.touch()
    await rawkeeping.keep_raw(tmp_path)
    assert await in_thread(kinds, scene) == []
    assert raw.exists()


async def test_a_segment_that_a_crash_kept_from_the_books_has_its_exact_time_from_the_list(
    tmp_path: Path,
) -> None:
    rig = Rig(tmp_path)
    rig.start()
    await rig.play(call(3))
    await rig.close()
    assert mediabooks.unregistered(tmp_path) == rig.segments
    first = rig.segments[0]
    (rig.source / "manifest.jsonl").unlink()
    guessed = mediabooks.unregistered(tmp_path)[0]
    assert guessed.sha256 == first.sha256
    assert abs(guessed.media_ms - first.media_ms) < 200
