"""kill -9 of the process that holds media: what is lost, and what the next start says of it."""

import sys
from pathlib import Path

from django.conf import settings
from django.db import connection

from fieldsvc.kernel import blobs, clock, ids, journal
from signaling import recordings
from signaling.database import in_thread
from signaling.media.config import EngineConfig
from signaling.media.engine import MediaEngine
from signaling.media.probe import probe_segment
from signaling.mediaworker import MediaNode
from signaling.models import Gap, Member, PeerRow, Room, Segment
from signaling.models import MediaNode as NodeRow
from signaling.states import Direction, PeerEnd
from tests.signaling.conftest import Scene
from tests.support.processes import start
from tests.support.until import until

LOSS_SECONDS = 2.0


async def test_a_killed_node_loses_at_most_two_seconds_and_says_which(
    scene: Scene, tmp_path: Path
) -> None:
    recording = tmp_path / "recording"
    killed_at = await in_thread(record_and_kill, scene, tmp_path, recording)
    config = EngineConfig(storage=recording)
    node = MediaNode(lambda events: MediaEngine(config, events, now=clock.now), storage=recording)
    await node.start()
    await node.books.settled()
    await node.stop()
    await in_thread(check, scene, killed_at)


def record_and_kill(scene: Scene, folder: Path, recording: Path) -> float:
    """Let a child record until two segments are stored and a third is open, then kill it."""
    Member.objects.filter(pk=scene.li.pk).update(admitted_at=clock.now())
    peer = PeerRow.objects.create(
        id=ids.new(),
        member=scene.li,
        source=scene.li,
        name="p1",
        direction=Direction.PUBLISH.value,
        opened_at=clock.now(),
    )
    child = start(
        [
            *(sys.executable, "-m", "tests.signaling.crash.recording_node"),
            *(connection.settings_dict["NAME"], recording, scene.room.pk, scene.li.pk),
        ],
        log=folder / "child.log",
        env={"PEER": str(peer.pk), "BLOB_ROOT": str(settings.BLOB_ROOT)},
    )
    try:
        until(lambda: Segment.objects.count() >= 2, seconds=60, what="two segments")
        stored = Segment.objects.count()
        until(
            lambda: Segment.objects.count() > stored or _half_open(recording),
            seconds=60,
            what="an open segment",
        )
    except AssertionError as error:
        raise AssertionError(child.output()) from error
    finally:
        child.kill()
    Room.objects.update(node=NodeRow.objects.first())
    return clock.now().timestamp()


def _half_open(recording: Path) -> bool:
    return any(part.stat().st_size > 20_000 for part in recording.rglob("*.webm.part"))


def check(scene: Scene, killed_at: float) -> None:
    rows = list(Segment.objects.order_by("number"))
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert [row.salvaged for row in rows][-1] is True
    assert killed_at - rows[-1].ended_at.timestamp() <= LOSS_SECONDS
    for row in rows:
        with blobs.store().local_path(row.blob_key) as path:
            probe = probe_segment(path)
        assert probe.decodable, row.number
        assert probe.video_frames == row.video_frames
    gap = Gap.objects.filter(cause="crash").get()
    assert gap.started_at == rows[-1].ended_at
    kinds = [entry.kind for entry in journal.entries(scene.room.stream)]
    assert kinds.count("recording.segment_stored") == len(rows)
    assert "recording.gap_named" in kinds
    assert PeerRow.objects.get().end == PeerEnd.MEDIA_RESTARTED
    assert Room.objects.get().node_id is None
    spans = recordings.coverage(Room.objects.get()).spans
    assert all(span.cause is not None for span in spans if span.state == "GAP")
