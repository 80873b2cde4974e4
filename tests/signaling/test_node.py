"""Peers through the media node, and what becomes of them when something dies."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.journal import SYSTEM
from signaling import placing, rooms
from signaling.database import in_thread
from signaling.errors import MediaUnavailable, SourceUnknown
from signaling.media.errors import CodecUnsupported
from signaling.media.events import AlarmCause, LostReason, PeerWeak, RecordingAlarm
from signaling.mediaworker import MediaNode
from signaling.models import MediaNode as NodeRow
from signaling.models import PeerRow, Presence, Room, Segment
from signaling.socket import Limits
from tests.signaling.conftest import Scene, fake
from tests.signaling.test_room import member
from tests.support.fake_engine import FakeEngine, segment
from tests.support.room_client import RoomClient
from tests.support.until import until_async


async def flowing(scene: Scene) -> Any:
    """王勘验 sees 李申请, who publishes as p1."""
    wang, li = await scene.enter_admitted()
    answer = await li.ask("peer.publish", peer="p1", sdp="offer", start_kbps=900)
    assert answer["type"] == "peer.answer", answer
    assert (answer["peer"], answer["sdp"]) == ("p1", "answer to offer")
    await wang.state_where(lambda s: member(s, "李申请")["publishing"] is not None)
    return wang, li


async def test_a_publish_is_answered_recorded_and_seen(scene: Scene, node: MediaNode) -> None:
    wang, _ = await flowing(scene)
    assert fake(node).start_kbps == [900]
    state = await wang.state_where(lambda s: s["recording"]["state"] == "ON")
    assert member(state, "李申请")["link"] == "GOOD"
    assert member(state, "录像")["online"]
    answer = await wang.ask("peer.subscribe", peer="s1", source=str(scene.li.pk), sdp="offer2")
    assert (answer["type"], answer["sdp"]) == ("peer.answer", "answer to offer2")
    assert (await scene.kinds())[-1] == "recording.started"


async def test_hosts_watch_the_figures(scene: Scene, node: MediaNode) -> None:
    wang, li = await flowing(scene)
    stats = await wang.expect("media.stats")
    while stats["recording"]["state"] != "ON":  # the figures may be quicker than the books
        stats = await wang.expect("media.stats")
    assert [(p["peer"], p["direction"], p["frames_recorded"]) for p in stats["peers"]] == [
        ("p1", "PUBLISH", 97)
    ]
    assert await li.is_quiet("media.stats", seconds=2.2)


async def test_a_second_publish_replaces_the_first(scene: Scene, node: MediaNode) -> None:
    _, li = await flowing(scene)
    assert (await li.ask("peer.publish", peer="p2", sdp="offer"))["type"] == "peer.answer"
    closed = await li.expect("peer.closed")
    assert (closed["peer"], closed["reason"]) == ("p1", "replaced")
    await until_async(lambda: len(fake(node).closed_peers) == 1, what="the old peer is dropped")


async def test_a_peer_that_its_member_closes_is_closed_in_silence(
    scene: Scene, node: MediaNode
) -> None:
    wang, li = await flowing(scene)
    assert (await li.ask("peer.close", peer="p1"))["type"] == "ack"
    await wang.state_where(lambda s: member(s, "李申请")["publishing"] is None)
    await until_async(lambda: fake(node).closed_peers, what="the engine is told")
    assert await li.is_quiet("peer.closed")


async def test_what_the_engine_refuses_is_said_in_chinese(scene: Scene, node: MediaNode) -> None:
    _, li = await scene.enter_admitted()
    fake(node).refusal = CodecUnsupported()
    answer = await li.ask("peer.publish", peer="p1", sdp="offer")
    assert answer["code"] == "codec_unsupported"
    assert "Chrome" in answer["action"]
    assert (await in_thread(PeerRow.objects.get)).end == "refused"


async def test_a_refused_publish_leaves_the_one_that_stands(scene: Scene, node: MediaNode) -> None:
    wang, li = await flowing(scene)
    fake(node).refusal = CodecUnsupported()
    assert (await li.ask("peer.publish", peer="p2", sdp="offer"))["code"] == "codec_unsupported"
    closed = await li.expect("peer.closed")
    assert (closed["peer"], closed["reason"]) == ("p2", "refused")
    assert await li.is_quiet("peer.closed")
    assert (await li.ask("chat.send", text="还在"))["type"] == "ack"
    seen = member(await wang.state_where(lambda s: bool(s["chat"])), "李申请")
    assert seen["link"] == "GOOD"
    assert seen["publishing"] is not None
    fake(node).refusal = None
    assert (await li.ask("peer.publish", peer="p3", sdp="offer"))["type"] == "peer.answer"
    closed = await li.expect("peer.closed")
    assert (closed["peer"], closed["reason"]) == ("p1", "replaced")


async def test_a_lost_peer_is_announced_and_shown(scene: Scene, node: MediaNode) -> None:
    wang, li = await flowing(scene)
    row = await in_thread(PeerRow.objects.get)
    fake(node).emit(PeerWeak(str(scene.room.pk), str(scene.li.pk), str(row.pk), 2.1))
    await wang.state_where(lambda s: member(s, "李申请")["link"] == "WEAK")
    fake(node).lose(str(row.pk), LostReason.NO_PACKETS)
    assert (await li.expect("peer.closed"))["reason"] == "no_packets"
    state = await wang.state_where(lambda s: s["recording"]["state"] == "OFF")
    assert member(state, "李申请")["publishing"] is None
    assert member(state, "李申请")["link"] == "LOST"


async def test_without_a_node_the_answer_is_clear(scene: Scene) -> None:
    _, li = await scene.enter_admitted()
    answer = await li.ask("peer.publish", peer="p1", sdp="offer")
    assert answer["code"] == "media_unavailable"
    assert await in_thread(PeerRow.objects.count) == 0


async def test_a_node_that_does_not_answer_is_given_up_on(scene: Scene, node: MediaNode) -> None:
    await scene.enter_admitted()
    li = RoomClient(Limits(answer_within=0.5))
    await li.enter(await scene.ticket(scene.li))
    fake(node).deaf.clear()
    answer = await li.ask("peer.publish", peer="p1", sdp="offer")
    assert answer["code"] == "media_unavailable"
    fake(node).deaf.set()
    assert await li.is_quiet("peer.answer")
    assert (await in_thread(PeerRow.objects.get)).end == "refused"


@transaction.atomic
def swept_once_all_leases_ran_out(room: Room) -> list[UUID]:
    """In one transaction: the node of this test lives, and must not renew its lease in between."""
    NodeRow.objects.update(lease_until=room.opened_at)
    return placing.sweep_nodes()


async def test_a_dead_nodes_room_moves_to_a_living_one(
    scene: Scene, node: MediaNode, tmp_path: Path
) -> None:
    wang, li = await flowing(scene)
    assert await in_thread(swept_once_all_leases_ran_out, scene.room) == [scene.room.pk]
    assert (await li.expect("peer.closed"))["reason"] == "media_restarted"
    other = MediaNode(lambda e: FakeEngine(e, tmp_path / "2"), storage=tmp_path / "2")
    await other.start()
    try:
        assert (await li.ask("peer.publish", peer="p2", sdp="o"))["type"] == "peer.answer"
        await wang.state_where(lambda s: member(s, "李申请")["publishing"] is not None)
    finally:
        await other.stop()


async def test_a_draining_node_sends_its_peers_to_another(
    scene: Scene, node: MediaNode, tmp_path: Path
) -> None:
    _, li = await flowing(scene)
    await node.stop()
    assert (await li.expect("peer.closed"))["reason"] == "media_restarted"
    assert await in_thread(NodeRow.objects.count) == 0
    assert (await in_thread(Room.objects.get)).node_id is None


async def test_segments_reach_the_books_in_order(scene: Scene, node: MediaNode) -> None:
    wang, _ = await flowing(scene)
    room, source = str(scene.room.pk), str(scene.li.pk)
    for number in range(1, 6):
        fake(node).close_segment(room, source, number, b"webm %d" % number)
    await wang.state_where(lambda s: s["recording"]["segments"] == 5)
    numbers = await in_thread(
        lambda: [
            e.data["number"]
            for e in journal.entries(scene.room.stream)
            if e.kind == "recording.segment_stored"
        ]
    )
    assert numbers == [1, 2, 3, 4, 5]


async def alarmed(scene: Scene, node: MediaNode, cause: AlarmCause, kind: str) -> Any:
    """王勘验 has heard of an alarm; and the ids of the room and of the member recorded."""
    wang, _ = await flowing(scene)
    room, source = str(scene.room.pk), str(scene.li.pk)
    fake(node).emit(RecordingAlarm(room, source, cause, kind))
    assert (await wang.expect("recording.alarm"))["cause"] == cause.value
    return wang, room, source


async def test_an_alarm_reaches_the_hosts_and_ends_with_a_good_segment(
    scene: Scene, node: MediaNode
) -> None:
    wang, room, source = await alarmed(scene, node, AlarmCause.DISK_FULL, "")
    assert "recording.alarm" in await scene.kinds()
    fake(node).close_segment(room, source, 1, b"good again")
    await wang.state_where(lambda s: s["recording"]["state"] == "ON")


async def test_a_segment_from_before_a_track_fell_silent_ends_no_alarm(
    scene: Scene, node: MediaNode
) -> None:
    wang, room, source = await alarmed(scene, node, AlarmCause.TRACK_SILENT, "video")
    fake(node).close_segment(room, source, 1, b"began with a picture")
    state = await wang.state_where(lambda s: s["recording"]["segments"] == 1)
    assert state["recording"]["state"] == "ALARM"
    later = clock.now() + timedelta(seconds=9)
    fake(node).emit(segment(fake(node).storage, room, source, 2, b"a picture", ended_at=later))
    await wang.state_where(lambda s: s["recording"]["state"] == "ON")


async def test_closing_waits_for_the_last_segment(scene: Scene, node: MediaNode) -> None:
    wang, _ = await flowing(scene)
    fake(node).close_segment(str(scene.room.pk), str(scene.li.pk), 1, b"one")
    await in_thread(rooms.close_room, scene.room.pk, actor=SYSTEM, reason="record_issued")
    assert await wang.closed() == 4410
    await until_async(lambda: not fake(node).rooms, what="the engine closes the room")
    await node.books.settled()
    entries = await in_thread(lambda: list(journal.entries(scene.room.stream)))
    assert entries[-1].kind == "room.closed"
    body = entries[-1].data
    assert (body["segments"], body["frames_received"], body["frames_recorded"]) == (1, 640, 640)
    assert (body["frames_in_gaps"], body["balanced"]) == (0, True)
    assert await in_thread(Presence.objects.filter(left_at=None).count) == 0


async def test_a_frame_is_grabbed_from_the_node(scene: Scene, node: MediaNode) -> None:
    await flowing(scene)
    assert (await rooms.grab_frame(scene.room.pk, "case-li")).startswith(b"\xff\xd8")
    with pytest.raises(SourceUnknown):
        await rooms.grab_frame(scene.room.pk, "staff-chen")
    with pytest.raises(SourceUnknown):
        await rooms.grab_frame(scene.room.pk, "nobody")


async def test_no_frame_without_a_node(scene: Scene) -> None:
    with pytest.raises(MediaUnavailable):
        await rooms.grab_frame(scene.room.pk, "case-li")


async def test_what_a_crash_left_on_disk_is_saved_at_the_next_start(
    scene: Scene, tmp_path: Path
) -> None:
    torn = tmp_path / str(scene.room.pk) / str(scene.li.pk) / "000007.webm"
    torn.parent.mkdir(parents=True)
    torn.write_bytes(b"no container at all")
    made: list[FakeEngine] = []

    def engine(events: Any) -> FakeEngine:
        from tests.support.fake_engine import segment

        made.append(FakeEngine(events, tmp_path))
        made[0].left = [
            segment(tmp_path / "left", str(scene.room.pk), str(scene.li.pk), 3, b"left")
        ]
        return made[0]

    node = MediaNode(engine, storage=tmp_path)
    await node.start()
    await node.stop()
    assert (await in_thread(Segment.objects.get)).number == 3
    assert torn.exists()
    assert not (tmp_path / "left" / str(scene.room.pk) / str(scene.li.pk) / "000003.webm").exists()
