"""A member's page, as far as the socket sees it."""

import asyncio
import itertools
import json
import time
from collections import deque
from collections.abc import Callable
from typing import Any, TypeAlias

from channels.testing import WebsocketCommunicator

from signaling.consumers import RoomConsumer, Vouch
from signaling.socket import Limits

Message: TypeAlias = dict[str, Any]
Check: TypeAlias = Callable[[Message], bool]
QUICK = Limits(look_every=0.3, settle=0.01, hello_within=0.5)
# How long to wait for what must come; only a failing test waits so long.
PATIENCE = 60.0


class Closed(AssertionError):
    """The server closed the socket."""

    def __init__(self, code: int) -> None:
        super().__init__(f"closed with {code}")
        self.code = code


class RoomClient:
    """Sends with running ids; what arrives before an answer is kept until it is asked for."""

    def __init__(
        self, limits: Limits = QUICK, *, vouch: Vouch = lambda _member, _holder: True
    ) -> None:
        application = RoomConsumer.as_asgi(limits=limits, vouch=vouch)
        self._socket = WebsocketCommunicator(application, "/ws/room")
        self._ids = itertools.count(1)
        self._kept: deque[Message] = deque()
        self.seen: list[Message] = []
        self.state: Message = {}

    async def connect(self) -> "RoomClient":
        accepted, _ = await self._socket.connect(timeout=PATIENCE)
        assert accepted
        return self

    async def enter(self, ticket: str, *, chat_once: bool = False) -> Message:
        """Connect, greet, and return the welcome."""
        await self.connect()
        await self.send("hello", v=1, ticket=ticket, chat_once=chat_once)
        return await self.expect("welcome")

    async def send(self, type_: str, **fields: object) -> str:
        number = str(next(self._ids))
        await self._socket.send_json_to({"type": type_, "id": number, **fields})
        return number

    async def send_text(self, text: str) -> None:
        await self._socket.send_to(text_data=text)

    async def ask(self, type_: str, **fields: object) -> Message:
        """Send and wait for whatever answers this very message.

        What the room does in consequence may be told before the answer or after it.
        """
        number = await self.send(type_, **fields)
        while (message := await self._next(PATIENCE)).get("reply_to") != number:
            # The room as last seen is in `state`; an older one helps nobody.
            if message["type"] != "room.state":
                self._kept.append(message)
        return message

    async def expect(self, *types: str, seconds: float = PATIENCE, **fields: object) -> Message:
        """The next message of one of these types whose fields are as given."""
        deadline = time.monotonic() + seconds
        while True:
            message = (
                self._kept.popleft()
                if self._kept
                else await self._next(max(0.01, deadline - time.monotonic()))
            )
            if message["type"] in types and fields.items() <= message.items():
                return message

    async def state_where(self, check: Check, *, seconds: float = PATIENCE) -> Message:
        """The room as last seen, once it is as wished (it may have come before a reply)."""
        deadline = time.monotonic() + seconds
        while not check(self.state):
            await self.expect("room.state", seconds=deadline - time.monotonic())
        return self.state

    async def closed(self, *, seconds: float = PATIENCE) -> int:
        """Read until the server closes; the close code."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                await self._next(max(0.01, deadline - time.monotonic()))
            except Closed as closed:
                return closed.code

    async def is_quiet(self, type_: str, *, seconds: float = 0.4) -> bool:
        """Nothing of this type arrives for a while."""
        try:
            await self.expect(type_, seconds=seconds)
        except TimeoutError:
            return True
        return False

    async def leave(self) -> None:
        """Cut the socket without a word."""
        await self._socket.disconnect(timeout=PATIENCE)

    async def _next(self, seconds: float) -> Message:
        async with asyncio.timeout(seconds):
            frame = await self._socket.output_queue.get()
        if frame["type"] == "websocket.close":
            raise Closed(frame.get("code", 1000))
        assert frame["type"] == "websocket.send", frame
        message: Message = json.loads(frame["text"])
        self.seen.append(message)
        self.state = message.get("state", self.state)
        return message
