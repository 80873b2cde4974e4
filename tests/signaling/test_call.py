"""One call with real media: aiortc peers, the real engine, through the real sockets."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiortc import RTCPeerConnection

from fieldsvc.kernel import blobs, clock, journal
from fieldsvc.kernel.journal import SYSTEM
from signaling import recordings, rooms
from signaling.database import in_thread
from signaling.media.config import EngineConfig
from signaling.media.engine import MediaEngine
from signaling.media.probe import probe_segment
from signaling.mediaworker import MediaNode
from signaling.models import Segment
from tests.signaling.conftest import Scene
from tests.signaling.media.peers import NumberedCamera, Voice, Watcher, negotiate, new_pc
from tests.signaling.test_room import member
from tests.support.room_client import RoomClient
from tests.support.until import until_async


@pytest.fixture
async def real_node(transactional_db: None, tmp_path: Path) -> AsyncIterator[MediaNode]:
    config = EngineConfig(
        storage=tmp_path / "recording",
        segment_seconds=2.0,
        host_addresses=("127.0.0.1",),
        free_space_floor_bytes=1 << 20,
    )
    node = MediaNode(
        lambda events: MediaEngine(config, events, now=clock.now), storage=config.storage
    )
    await node.start()
    yield node
    await node.stop()


async def offer(client: RoomClient, pc: RTCPeerConnection, type_: str, **fields: Any) -> None:
    async def ask(sdp: str) -> str:
        answer = await client.ask(type_, sdp=sdp, **fields)
        assert answer["type"] == "peer.answer", answer
        sdp_answer: str = answer["sdp"]
        return sdp_answer

    await negotiate(pc, ask)


async def publish(client: RoomClient, camera: NumberedCamera, peer: str) -> RTCPeerConnection:
    pc = new_pc()
    for track in (Voice(), camera):
        pc.addTransceiver(track, direction="sendonly")
    await offer(client, pc, "peer.publish", peer=peer)
    return pc


async def watch(client: RoomClient, source: str, peer: str) -> Watcher:
    watcher = Watcher(new_pc())
    watcher.pc.on(
        "track", lambda track: watcher.tasks.append(asyncio.ensure_future(watcher._drain(track)))
    )
    for kind in ("audio", "video"):
        watcher.pc.addTransceiver(kind, direction="recvonly")
    await offer(client, watcher.pc, "peer.subscribe", peer=peer, source=source)
    return watcher


async def test_a_call_is_seen_recorded_and_closed_with_every_frame_accounted_for(
    scene: Scene, real_node: MediaNode
) -> None:
    wang, li = await scene.enter_admitted()
    camera = NumberedCamera()
    phone = await publish(li, camera, "up1")
    await wang.state_where(lambda s: member(s, "李申请")["publishing"] is not None)
    desk = await watch(wang, str(scene.li.pk), "down1")
    await until_async(lambda: len(desk.numbers) > 30 and desk.audio > 30, what="picture and voice")
    await wang.state_where(lambda s: s["recording"]["segments"] >= 1)

    # The phone's socket breaks; its media go on.
    await li.leave()
    seen = len(desk.numbers)
    await until_async(lambda: len(desk.numbers) > seen + 30, what="media without a socket")
    li = await scene.enter(scene.li)
    assert (await rooms.grab_frame(scene.room.pk, "case-li"))[:2] == b"\xff\xd8"

    # The phone loses its network for good and comes back under a new peer id.
    await phone.close()
    phone = await publish(li, camera, "up2")
    seen = len(desk.numbers)
    await until_async(lambda: len(desk.numbers) > seen + 30, what="media after the new peer")

    await in_thread(rooms.close_room, scene.room.pk, actor=SYSTEM, reason="record_issued")
    assert await wang.closed() == 4410

    def closed() -> dict[str, Any] | None:
        entry = list(journal.entries(scene.room.stream))[-1]
        return dict(entry.data) if entry.kind == "room.closed" else None

    body: dict[str, Any] | None = None
    while body is None:
        body = await asyncio.wait_for(in_thread(closed), 60)
    assert body["balanced"] is True
    assert body["frames_received"] == body["frames_recorded"] + body["frames_in_gaps"] > 100
    await in_thread(check_segments, scene, body)
    await desk.close()
    await phone.close()


def check_segments(scene: Scene, body: dict[str, Any]) -> None:
    rows = list(Segment.objects.order_by("number"))
    assert body["segments"] == len(rows) >= 2
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    for row in rows:
        with blobs.store().local_path(row.blob_key) as path:
            assert hashlib.sha256(path.read_bytes()).hexdigest() == row.sha256
            probe = probe_segment(path)
        assert probe.decodable
        assert probe.video_frames == row.video_frames
    found = recordings.coverage(rows[0].room)
    assert found.percent > 60
    assert all(span.cause is not None for span in found.spans if span.state == "GAP")
