"""Segments, holes and how much of the call is covered."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fieldsvc.kernel import blobs, clock, journal
from signaling import recordings, rooms
from signaling.media.events import GapCause, RecordingGap, RecordingStarted
from signaling.models import Gap, Member, PeerRow, Room, Segment
from signaling.spans import Kept
from signaling.states import Cause, Direction, PeerEnd
from tests.signaling.conftest import Scene
from tests.support.fake_engine import segment

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def kinds(scene: Scene) -> list[str]:
    return [entry.kind for entry in journal.entries(scene.room.stream)]


def admit(scene: Scene, seconds: float = 0) -> None:
    Member.objects.filter(pk=scene.li.pk).update(admitted_at=at(seconds))
    Room.objects.filter(pk=scene.room.pk).update(opened_at=at(-60), closed_at=at(60))


def store(scene: Scene, folder: Path, number: int, ended: float) -> Segment:
    stored = recordings.record_segment(
        segment(
            folder,
            str(scene.room.pk),
            str(scene.li.pk),
            number,
            b"segment %d" % number,
            ended_at=at(ended),
        )
    )
    assert stored is not None
    return stored


def reckon(scene: Scene) -> recordings.Coverage:
    return recordings.coverage(Room.objects.get(pk=scene.room.pk))


def test_a_segment_is_stored_once_however_often_it_is_reported(
    scene: Scene, tmp_path: Path
) -> None:
    event = segment(tmp_path, str(scene.room.pk), str(scene.li.pk), 1, b"webm")
    first = recordings.record_segment(event)
    assert first is not None
    assert recordings.record_segment(event) == first
    assert kinds(scene).count("recording.segment_stored") == 1
    with blobs.store().open(first.blob_key) as stored:
        assert stored.read() == b"webm"
    assert not event.path.exists()
    assert event.path.with_suffix(".stored").exists()


def test_the_entry_says_what_the_evidence_needs(scene: Scene, tmp_path: Path) -> None:
    row = store(scene, tmp_path, 1, 8)
    entry = list(journal.entries(scene.room.stream))[-1]
    assert entry.data["segment"] == str(row.pk)
    assert entry.data["sha256"] == row.sha256
    assert entry.data["subject"] == "case-li"
    assert (entry.data["number"], entry.data["video_frames"]) == (1, 240)
    assert recordings.segment(row.pk) == row


def test_a_file_that_changed_after_hashing_is_refused_and_kept(
    scene: Scene, tmp_path: Path
) -> None:
    event = segment(tmp_path, str(scene.room.pk), str(scene.li.pk), 1, b"webm")
    event.path.write_bytes(b"tampered")
    with pytest.raises(recordings.SegmentDamaged):
        recordings.record_segment(event)
    assert event.path.exists()
    assert Segment.objects.count() == 0


def test_a_number_given_twice_loses_nothing(scene: Scene, tmp_path: Path) -> None:
    store(scene, tmp_path / "node1", 1, 8)
    other = segment(
        tmp_path / "node2", str(scene.room.pk), str(scene.li.pk), 1, b"another", ended_at=at(16)
    )
    stored = recordings.record_segment(other)
    assert stored is not None
    assert stored.number == 2


def test_a_segment_of_nobody_stays_on_disk(scene: Scene, tmp_path: Path) -> None:
    event = segment(tmp_path, str(scene.room.pk), str(scene.room.pk), 1, b"webm")
    assert recordings.record_segment(event) is None
    assert event.path.exists()


def test_a_gap_is_named_once(scene: Scene) -> None:
    gap = RecordingGap(
        str(scene.room.pk), str(scene.li.pk), at(1), at(2), GapCause.PACKET_LOSS, 4, "video"
    )
    recordings.note_gap(gap)
    recordings.note_gap(gap)
    assert (Gap.objects.get().frames, kinds(scene).count("recording.gap_named")) == (4, 1)


def test_a_full_recording_is_covered_to_the_last_second(scene: Scene, tmp_path: Path) -> None:
    admit(scene)
    Room.objects.filter(pk=scene.room.pk).update(closed_at=at(24))
    for number in (1, 2, 3):
        store(scene, tmp_path, number, 8 * number)
    found = reckon(scene)
    assert found.percent == 100.0
    assert [(s.starts_at, s.ends_at, s.state) for s in found.spans] == [
        (at(0), at(24), Kept.COVERED)
    ]


def test_every_second_is_covered_or_has_a_cause(scene: Scene, tmp_path: Path) -> None:
    admit(scene)
    store(scene, tmp_path, 1, 10)  # 2 … 10
    store(scene, tmp_path, 2, 30)  # 22 … 30
    recordings.note_gap(
        RecordingGap(str(scene.room.pk), str(scene.li.pk), at(10), at(22), GapCause.CRASH, 0, "")
    )
    PeerRow.objects.create(
        member=scene.li,
        source=scene.li,
        name="p",
        direction=Direction.PUBLISH.value,
        opened_at=at(20),
        connected_at=at(20),
        closed_at=at(30),
        end=PeerEnd.MEDIA_RESTARTED.value,
    )
    found = reckon(scene)
    assert [(s.starts_at, s.ends_at, s.cause) for s in found.spans] == [
        (at(0), at(2), Cause.NOT_PUBLISHING),
        (at(2), at(10), None),
        (at(10), at(22), Cause.CRASH),
        (at(22), at(30), None),
        (at(30), at(60), Cause.MEDIA_RESTARTED),
    ]
    assert found.percent == round(100 * 16 / 60, 1)


def test_a_long_hole_inside_a_segment_is_a_gap(scene: Scene, tmp_path: Path) -> None:
    admit(scene, 2)
    Room.objects.filter(pk=scene.room.pk).update(closed_at=at(10))
    store(scene, tmp_path, 1, 10)
    ids = (str(scene.room.pk), str(scene.li.pk))
    recordings.note_gap(RecordingGap(*ids, at(4), at(7), GapCause.PACKET_LOSS, 90, "video"))
    recordings.note_gap(RecordingGap(*ids, at(8), at(8.2), GapCause.PACKET_LOSS, 6, "video"))
    recordings.note_gap(RecordingGap(*ids, at(8), at(10), GapCause.PACKET_LOSS, 6, "audio"))
    assert [(s.state, s.cause) for s in reckon(scene).spans] == [
        (Kept.COVERED, None),
        (Kept.GAP, Cause.PACKET_LOSS),
        (Kept.COVERED, None),
    ]


def test_before_anyone_is_admitted_there_is_nothing_to_cover(scene: Scene) -> None:
    assert reckon(scene) == recordings.Coverage(0.0, [])


def test_the_running_segment_counts_neither_way(scene: Scene, tmp_path: Path) -> None:
    _publishing(scene, tmp_path)
    with clock.using(clock.FixedClock(at(17))):
        assert reckon(scene).percent == 100.0
    PeerRow.objects.update(closed_at=at(17), end=PeerEnd.FAILED.value)
    with clock.using(clock.FixedClock(at(28))):
        spans = reckon(scene).spans
    assert [(s.ends_at, s.cause) for s in spans] == [
        (at(10), None),
        (at(28), Cause.PEER_LOST),
    ]


def test_what_was_recorded_is_no_hole_while_it_is_still_being_stored(
    scene: Scene, tmp_path: Path
) -> None:
    _publishing(scene, tmp_path)
    PeerRow.objects.update(closed_at=at(17), end=PeerEnd.FAILED.value)
    with clock.using(clock.FixedClock(at(18))):
        assert [(s.ends_at, s.cause) for s in reckon(scene).spans] == [(at(10), None)]
    store(scene, tmp_path, 2, 17)  # 9 … 17
    with clock.using(clock.FixedClock(at(28))):
        spans = reckon(scene).spans
    assert [(s.ends_at, s.cause) for s in spans] == [(at(17), None), (at(28), Cause.PEER_LOST)]


def _publishing(scene: Scene, folder: Path) -> None:
    """Recorded since 2, of which 8 seconds are stored."""
    admit(scene, 2)
    Room.objects.filter(pk=scene.room.pk).update(closed_at=None)
    store(scene, folder, 1, 10)
    PeerRow.objects.create(
        member=scene.li,
        source=scene.li,
        name="p",
        direction=Direction.PUBLISH.value,
        opened_at=at(2),
        connected_at=at(2),
    )


def test_a_new_node_names_the_hole_it_could_not_see(scene: Scene, tmp_path: Path) -> None:
    store(scene, tmp_path, 1, 8)
    PeerRow.objects.create(
        member=scene.li,
        source=scene.li,
        name="p",
        direction=Direction.PUBLISH.value,
        opened_at=at(0),
        closed_at=at(9),
        end=PeerEnd.MEDIA_RESTARTED.value,
    )
    started = RecordingStarted(str(scene.room.pk), str(scene.li.pk), "p2", at(20))
    recordings.note_started(started, first_of_node=True)
    gap = Gap.objects.get()
    assert (gap.started_at, gap.ended_at, gap.cause) == (at(8), at(20), "media_restarted")


def test_after_a_crash_nobody_claims_to_know_what_was_received(
    scene: Scene, tmp_path: Path
) -> None:
    store(scene, tmp_path, 1, 8)
    rooms.close_room(scene.room.pk, actor=journal.SYSTEM, reason="concluded")
    entry = list(journal.entries(scene.room.stream))[-1]
    assert entry.kind == "room.closed"
    assert (entry.data["frames_recorded"], entry.data["segments"]) == (640, 1)
    assert (entry.data["frames_received"], entry.data["balanced"]) == (None, None)
