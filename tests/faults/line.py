"""A member's WebSocket to a running product, over the wire."""

import asyncio
import itertools
import json
from collections.abc import Callable
from typing import Any, TypeAlias, cast
from urllib.parse import urlsplit

from autobahn.asyncio.websocket import WebSocketClientFactory, WebSocketClientProtocol

Message: TypeAlias = dict[str, Any]
PATIENCE = 40.0
BEAT = 5.0


class Line(WebSocketClientProtocol):
    """Sends with running ids; answers find their question, the newest room state is kept."""

    def __init__(self) -> None:
        super().__init__()
        self._ids = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[Message]] = {}
        self._moved = asyncio.Event()
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.room: Message = {}
        self.peers_closed: set[str] = set()
        self._stills: dict[str, Message] = {}
        self._beating: asyncio.Task[None] | None = None

    def onOpen(self) -> None:
        self.opened.set_result(None)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        message: Message = json.loads(payload)
        self._keep(message)
        if message["type"] == "peer.closed":
            self.peers_closed.add(str(message["peer"]))
        if message["type"] == "still.settled":
            self._stills[str(message["request"])] = message
        waiting = self._waiting.pop(str(message.get("reply_to", "")), None)
        if waiting is not None and not waiting.done():
            waiting.set_result(message)
        self._moved.set()

    def _keep(self, message: Message) -> None:
        """The newest state, and each line of the chat that any message brought."""
        known = [] if message["type"] == "welcome" else self.room.get("chat", [])
        lines = {line["id"]: line for line in known}
        brought = [message["message"]] if message["type"] == "chat.message" else []
        for line in [*brought, *message.get("state", {}).get("chat", [])]:
            lines[line["id"]] = line
        self.room = {**message.get("state", self.room), "chat": list(lines.values())}

    def onClose(self, wasClean: bool, code: int | None, reason: str | None) -> None:
        self.be_quiet()
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(ConnectionResetError(f"closed with {code}"))

    @property
    def alive(self) -> bool:
        return bool(self.state == self.STATE_OPEN)

    def beat(self) -> None:
        """A sign of life every 5 seconds, as a page gives it."""
        self._beating = asyncio.get_running_loop().create_task(self._beat())

    def be_quiet(self) -> None:
        """No more signs of life; what is asked is still sent."""
        if self._beating is not None:
            self._beating.cancel()

    def hang_up(self) -> None:
        """Gone without a word; one that the server has closed is gone already."""
        self.be_quiet()
        if self.transport is not None:
            self.transport.abort()

    async def _beat(self) -> None:
        while self.alive:
            self.tell({"type": "stats", "id": str(next(self._ids))})
            await asyncio.sleep(BEAT)

    def tell(self, message: Message) -> None:
        self.sendMessage(json.dumps(message).encode())  # type: ignore[no-untyped-call]

    async def ask(self, type_: str, **fields: object) -> Message:
        number = str(next(self._ids))
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        self.tell({"type": type_, "id": number, **fields})
        try:
            # Not wait_for: in 3.11 it forgets that it was cancelled when the answer is just there.
            async with asyncio.timeout(PATIENCE):
                return await answer
        finally:
            self._waiting.pop(number, None)

    async def state_where(
        self, check: Callable[[Message], bool], *, seconds: float = PATIENCE
    ) -> Message:
        async with asyncio.timeout(seconds):
            while not (self.room and check(self.room)):
                self._moved.clear()
                await self._moved.wait()
        return self.room

    async def settled(self, request: str, *, seconds: float) -> Message:
        """What became of a photo that was asked for."""
        await self.state_where(lambda _: request in self._stills, seconds=seconds)
        return self._stills[request]


async def connect(url: str, ticket: str) -> Line:
    """Open /ws/room and greet, then give signs of life until it closes."""
    line = await open_socket(url)
    line.tell({"type": "hello", "id": "0", "v": 1, "ticket": ticket, "chat_once": True})
    await line.state_where(lambda state: "version" in state)
    line.beat()
    return line


async def open_socket(url: str) -> Line:
    """A socket that has not said hello: anybody can have one, for a moment."""
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
    return line
