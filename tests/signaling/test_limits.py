"""A bad socket is closed; nobody else notices."""

import json

from signaling.socket import Limits
from tests.signaling.conftest import Scene
from tests.support.room_client import RoomClient


async def test_a_flood_closes_its_own_socket_only(scene: Scene) -> None:
    wang, li = await scene.enter_admitted()
    flood = json.dumps({"type": "stats", "id": "1"})
    for _ in range(300):
        await li.send_text(flood)
    assert await li.closed() == 4429
    assert (await wang.ask("chat.send", text="我还好"))["type"] == "ack"


async def test_a_message_over_64_kib_closes_the_socket(scene: Scene) -> None:
    wang = await scene.enter(scene.wang)
    await wang.send_text("x" * (64 * 1024 + 1))
    assert await wang.closed() == 4413


async def test_nonsense_is_refused_and_the_socket_lives(scene: Scene) -> None:
    wang = await scene.enter(scene.wang)
    for text in ("x", "{", "[]", '{"type":"nope","id":"9"}', '{"type":"chat.send","id":"9"}'):
        await wang.send_text(text)
        answer = await wang.expect("error")
        assert answer["code"] in {"message_invalid", "message_unknown"}
        assert answer["title"] and answer["action"]
    assert answer["field"] == "text"
    assert (await wang.ask("chat.send", text="您好"))["type"] == "ack"


async def test_a_client_that_never_reads_is_closed_before_much_is_kept_for_it(
    scene: Scene,
) -> None:
    deaf = RoomClient(Limits(settle=0.0, silent_after=0.3, unread_bytes=20_000))
    await deaf.enter(await scene.ticket(scene.chen))
    wang = RoomClient(Limits(settle=0.0, per_second=1000))
    await wang.enter(await scene.ticket(scene.wang))
    for number in range(100):
        await wang.ask("focus.set", item=f"item-{number}")
        await wang.state_where(lambda s, n=number: s["focus"] == f"item-{n}")  # type: ignore[misc]
    assert await deaf.closed() == 4413
    assert sum(len(json.dumps(message)) for message in deaf.seen) < 200_000
    assert (await wang.ask("chat.send", text="我还好"))["type"] == "ack"
