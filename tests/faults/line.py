"""A member's WebSocket to a running product, over the wire."""

import asyncio
import itertools
import json
from collections.abc import Callable
from typing import Any, TypeAlias, cast
from urllib.parse import urlsplit

from autobahn.asyncio.websocket import WebSocketClientFactory, WebSocketClientProtocol

Message: TypeAlias = dict[str, Any]
PATIENCE = 20.0


class Line(WebSocketClientProtocol):
    """Sends with running ids; answers find their question, the newest room state is kept."""

    def __init__(self) -> None:
        super().__init__()
        self._ids = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[Message]] = {}
        self._moved = asyncio.Event()
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.room: Message = {}

    def onOpen(self) -> None:
        self.opened.set_result(None)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        message: Message = json.loads(payload)
        self.room = message.get("state", self.room)
        waiting = self._waiting.pop(str(message.get("reply_to", "")), None)
        if waiting is not None:
            waiting.set_result(message)
        self._moved.set()

    def tell(self, message: Message) -> None:
        self.sendMessage(json.dumps(message).encode())  # type: ignore[no-untyped-call]

    async def ask(self, type_: str, **fields: object) -> Message:
        number = str(next(self._ids))
        answer = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        self.tell({"type": type_, "id": number, **fields})
        return await asyncio.wait_for(answer, PATIENCE)

    async def state_where(self, check: Callable[[Message], bool]) -> Message:
        async with asyncio.timeout(PATIENCE):
            while not (self.room and check(self.room)):
                self._moved.clear()
                await self._moved.wait()
        return self.room


async def connect(url: str, ticket: str) -> Line:
    """Open /ws/room and greet."""
    parts = urlsplit(url)
    factory = WebSocketClientFactory(  # type: ignore[no-untyped-call]
        f"ws://{parts.netloc}/ws/room", origin=url
    )
    factory.protocol = Line
    loop = asyncio.get_running_loop()
    host, port = parts.hostname or "", parts.port or 80
    _, protocol = await loop.create_connection(factory, host, port)
    line = cast("Line", protocol)
    await asyncio.wait_for(line.opened, PATIENCE)
    line.tell({"type": "hello", "id": "0", "v": 1, "ticket": ticket})
    await line.state_where(lambda state: bool(state))
    return line
