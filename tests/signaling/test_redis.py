"""The same room over Redis: the layer of production, and its loss in the middle of a call."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from channels.layers import channel_layers
from pytest_django import Settings

from signaling import rooms
from signaling.database import in_thread
from signaling.mediaworker import MediaNode
from tests.signaling.conftest import Scene, fake
from tests.signaling.test_room import member
from tests.support import redis
from tests.support.fake_engine import FakeEngine
from tests.support.processes import Running, free_port


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def server(port: int, settings: Settings) -> Iterator[Running]:
    with redis.serving(port) as (url, running):
        settings.CHANNEL_LAYERS = redis.layer(url)
        channel_layers.backends.clear()
        yield running


@pytest.fixture
async def redis_node(
    server: Running, transactional_db: None, tmp_path: Path
) -> AsyncIterator[MediaNode]:
    made = MediaNode(lambda events: FakeEngine(events, tmp_path), storage=tmp_path)
    await made.start()
    yield made
    await made.stop()
    await channel_layers["default"].flush()


async def test_a_call_is_arranged_over_redis(scene: Scene, redis_node: MediaNode) -> None:
    wang, li = await scene.enter_admitted()
    answer = await li.ask("peer.publish", peer="p1", sdp="offer")
    assert answer["sdp"] == "answer to offer"
    await wang.state_where(lambda s: member(s, "李申请")["publishing"] is not None)
    assert (await rooms.grab_frame(scene.room.pk, "case-li")).startswith(b"\xff\xd8")
    assert (await wang.expect("media.stats"))["peers"][0]["peer"] == "p1"


async def test_the_sockets_outlive_redis_and_catch_up(
    scene: Scene, redis_node: MediaNode, server: Running, port: int
) -> None:
    wang, li = await scene.enter_admitted()
    server.kill()
    # Without Redis: what is said is stored, and seen by the others' own look.
    assert (await li.ask("chat.send", text="听得到吗"))["type"] == "ack"
    assert (await wang.expect("chat.message"))["message"]["text"] == "听得到吗"
    answer = await li.ask("peer.publish", peer="p1", sdp="offer")
    assert answer["code"] == "media_unavailable"
    with redis.serving(port):
        for attempt in range(40):
            answer = await li.ask("peer.publish", peer=f"again{attempt}", sdp="offer")
            if answer["type"] == "peer.answer":
                break
        assert answer["type"] == "peer.answer"
        assert fake(redis_node).rooms
        assert await in_thread(scene.room.members.count) == 4
