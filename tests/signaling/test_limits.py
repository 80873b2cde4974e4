"""A bad socket is closed; nobody else notices."""

import asyncio
import json

from signaling.protocol import Close
from signaling.socket import GuardedSocket, Limits
from tests.signaling.conftest import Scene
from tests.support.until import until_async


async def test_a_flood_closes_its_own_socket_only(scene: Scene) -> None:
    wang, li = await scene.enter_admitted()
    flood = json.dumps({"type": "stats", "id": "1"})
    for _ in range(300):
        await li.send_text(flood)
    assert await li.closed() == 4429
    assert (await wang.ask("chat.send", text="我还好"))["type"] == "ack"


async def test_nonsense_is_refused_and_the_socket_lives(scene: Scene) -> None:
    wang = await scene.enter(scene.wang)
    for text in ("x", "{", "[]", '{"type":"nope","id":"9"}', '{"type":"chat.send","id":"9"}'):
        await wang.send_text(text)
        answer = await wang.expect("error")
        assert answer["code"] in {"message_invalid", "message_unknown"}
        assert answer["title"] and answer["action"]
    assert answer["field"] == "text"
    assert (await wang.ask("chat.send", text="您好"))["type"] == "ack"


class Slow:
    """The server in front, with no room for anything until it is told."""

    def __init__(self) -> None:
        self.room = asyncio.Event()
        self.tried: list[object] = []

    async def __call__(self, message: dict[str, object]) -> None:
        self.tried.append(message.get("text", message["type"]))
        await self.room.wait()


async def test_while_a_client_takes_nothing_what_is_soon_out_of_date_is_left_out() -> None:
    talker, front = GuardedSocket(), Slow()
    talker.base_send = front
    saying = asyncio.create_task(talker.say_text("the room"))
    await until_async(lambda: front.tried == ["the room"], seconds=40, what="a send")
    talker.mention("a point")
    front.room.set()
    await saying
    talker.mention("the next point")
    await until_async(lambda: len(front.tried) == 2, seconds=40, what="a mention")
    assert front.tried == ["the room", "the next point"]


async def test_the_close_does_not_wait_for_a_client_that_takes_nothing() -> None:
    talker, front = GuardedSocket(limits=Limits(last_word=0.01)), Slow()
    talker.base_send = front
    ending = asyncio.create_task(talker.finish(Close.REPLACED))
    await until_async(lambda: "websocket.close" in front.tried, seconds=40, what="the close")
    front.room.set()
    await ending
