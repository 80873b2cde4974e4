"""Rooms on two media nodes: shared out, drained, and moved when a node is killed."""

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from channels.layers import channel_layers
from django.db import connection
from pytest_django import Settings

from fieldsvc.kernel import journal
from signaling import neighbours, placing
from signaling.database import in_thread
from signaling.mediaworker import MediaNode
from signaling.models import MediaNode as NodeRow
from signaling.models import Room
from tests.signaling.conftest import Scene, fake, open_scene
from tests.signaling.test_room import member
from tests.support import redis
from tests.support.fake_engine import FakeEngine
from tests.support.processes import Running, start, wait_ready
from tests.support.until import until


def register(name: str) -> NodeRow:
    return placing.register(f"channel-{name}", f"host:{name}")


def put(number: int) -> NodeRow:
    """Open a room and place it."""
    return placing.place(open_scene(f"dossier:{number:04}").room)


def test_rooms_are_shared_out_to_the_least_loaded(db: None) -> None:
    nodes = [register("one"), register("two")]
    placed = [put(number) for number in range(6)]
    assert [placed.count(node) for node in nodes] == [3, 3]
    assert placing.place(Room.objects.earliest("opened_at")) == placed[0]


def test_a_draining_node_takes_no_room_and_gives_its_own_away(db: None) -> None:
    one, two = register("one"), register("two")
    held = [put(number) for number in range(4)]
    assert len(placing.drain(one.pk)) == held.count(one)
    assert {put(number) for number in range(4, 8)} == {two}
    assert {placing.place(room) for room in Room.objects.filter(node=one)} == {two}


@pytest.fixture
def broker(settings: Settings) -> Iterator[str]:
    with redis.running() as url:
        settings.CHANNEL_LAYERS = redis.layer(url)
        channel_layers.backends.clear()
        yield url


@pytest.fixture
def doomed(transactional_db: None, broker: str, tmp_path: Path) -> Iterator[Running]:
    """The first node, in a process of its own."""
    database = connection.settings_dict["NAME"]
    command = [sys.executable, "-m", "tests.signaling.node_process", database, broker, tmp_path]
    child = start(command, log=tmp_path / "node.log")
    try:
        wait_ready(child, NodeRow.objects.exists, seconds=60)
        yield child
    finally:
        child.kill()


@pytest.fixture
async def survivor(doomed: Running, tmp_path: Path) -> AsyncIterator[MediaNode]:
    folder = tmp_path / "second"
    node = MediaNode(lambda events: FakeEngine(events, folder), storage=folder)
    await node.start()
    yield node
    await node.stop()
    await channel_layers["default"].flush()


def recordings(scene: Scene) -> int:
    """How often a recording began, as the journal has it."""
    kinds = [entry.kind for entry in journal.entries(scene.room.stream)]
    return kinds.count("recording.started")


async def test_a_killed_nodes_call_goes_on_at_the_other(
    scene: Scene, doomed: Running, survivor: MediaNode
) -> None:
    first = await in_thread(NodeRow.objects.earliest, "started_at")
    wang, li = await scene.enter_admitted()
    assert (await li.ask("peer.publish", peer="p1", sdp="offer"))["type"] == "peer.answer"
    await wang.state_where(lambda s: member(s, "李申请")["publishing"] is not None)
    await in_thread(until, lambda: recordings(scene) == 1, seconds=40, what="the recording")
    assert (await in_thread(Room.objects.get)).node_id == first.pk
    doomed.kill()
    # The lease would run on for a quarter of a minute; nobody listening is enough.
    assert (await li.expect("peer.closed", seconds=40))["reason"] == "media_restarted"
    answer = await li.ask("peer.publish", peer="p2", sdp="offer")
    assert answer["type"] == "peer.answer", answer
    await in_thread(until, lambda: recordings(scene) == 2, seconds=40, what="the new recording")
    assert list(fake(survivor).rooms) == [str(scene.room.pk)]
    assert "room.left" not in await scene.kinds()


async def test_a_slow_node_that_still_listens_is_left_alone(
    scene: Scene, doomed: Running, survivor: MediaNode
) -> None:
    def overdue() -> None:
        for node in NodeRow.objects.all():
            lease = node.lease_until - neighbours.SILENT_FOR * 2
            NodeRow.objects.filter(pk=node.pk).update(lease_until=lease)

    own = (await in_thread(NodeRow.objects.latest, "started_at")).channel
    await in_thread(overdue)
    assert await neighbours.bury(own) == []
    assert await in_thread(NodeRow.objects.count) == 2
    # Somebody nobody hears proves nothing either: Redis may just have come back.
    doomed.kill()
    await in_thread(overdue)
    assert await neighbours.bury("nobody-listens-here") == []
    await in_thread(
        until, lambda: NodeRow.objects.count() == 1, seconds=40, what="the killed node's end"
    )
