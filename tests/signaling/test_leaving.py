"""A client that leaves while it is spoken to: an end like any other, nothing for the log."""

import asyncio
import logging

import pytest
from autobahn.exception import Disconnected
from channels.testing import WebsocketCommunicator

from signaling.protocol import error
from signaling.socket import GuardedSocket
from tests.support.until import until_async


class Gone:
    """The server in front: what is sent after the client left meets the error it raises."""

    def __init__(self, refusal: Exception) -> None:
        self.refusal = refusal
        self.tried = 0
        self.ended = asyncio.Event()
        self.application = _Talker.as_asgi(gone=self)

    async def __call__(self, scope: object, receive: object, send: object) -> None:
        async def refuse(message: dict[str, object]) -> None:
            if message["type"] == "websocket.accept":
                await send(message)  # type: ignore[operator]
                return
            self.tried += 1
            raise self.refusal

        await self.application(scope, receive, refuse)


class _Talker(GuardedSocket):
    """Answers, and talks on its own for as long as it lives."""

    def __init__(self, *args: object, gone: Gone, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._gone = gone

    async def connect(self) -> None:
        await super().connect()
        self.start(self._wait())

    async def _wait(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            self._gone.ended.set()

    async def handle(self, text: str) -> None:
        await self.say(error("message_unknown"))


@pytest.mark.parametrize("refusal", [Disconnected("closed"), ConnectionResetError()])
async def test_its_tasks_end_without_a_word_in_the_log(
    refusal: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    gone = Gone(refusal)
    page = WebsocketCommunicator(gone, "/ws/room")
    assert (await page.connect(timeout=40))[0]
    await page.send_to(text_data="?")
    await until_async(gone.ended.is_set, seconds=40, what="the end of its tasks")
    await page.send_to(text_data="?")
    await page.disconnect(timeout=40)
    assert gone.tried == 1
    assert not [r for r in caplog.records if r.levelno >= logging.ERROR]
