"""/ws/feed: tells a desk that something of its bureau moved; what, it reads by HTTP."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from signaling import push
from signaling.protocol import Close, error
from signaling.push import Hint
from signaling.socket import GuardedSocket, Limits

logger = logging.getLogger(__name__)

Scope: TypeAlias = Mapping[str, object]
Identify: TypeAlias = Callable[[Scope], Awaitable[str | None]]
"""Who is behind a socket, as the id of what they may hear of; None when nobody (any more)."""

_CHANGED = json.dumps({"type": "changed"})


class FeedConsumer(GuardedSocket):
    """Says `changed`, at most twice a second, for as long as the session behind it is good."""

    def __init__(
        self, *args: object, identify: Identify, limits: Limits | None = None, **kwargs: object
    ) -> None:
        super().__init__(*args, limits=limits, **kwargs)
        self._identify = identify
        self._listens_to: str | None = None
        self._moved = asyncio.Event()

    async def connect(self) -> None:
        found = await self._identify(self.scope)
        if found is None:
            # Before the handshake is answered: the browser sees 403.
            await self.close()
            return
        await super().connect()
        self._listens_to = push.scope_group(found)
        await self.channel_layer.group_add(self._listens_to, self.channel_name)
        self.start(self._tell())
        self.start(self._check(found))

    async def handle(self, text: str) -> None:
        await self.say(error("message_unknown"))

    async def feed_changed(self, hint: Hint) -> None:
        self._moved.set()

    async def _tell(self) -> None:
        while not self._over:
            await self._moved.wait()
            self._moved.clear()
            await self.say_text(_CHANGED)
            await asyncio.sleep(0.5)

    async def _check(self, found: str) -> None:
        """Ask anew who is there: a session that ended or a person who left hears nothing more."""
        while not self._over:
            await asyncio.sleep(self.limits.look_every)
            try:
                if await self._identify(self.scope) != found:
                    await self.finish(Close.NOT_ALLOWED)
            except Exception:
                logger.exception("feed could not be checked")

    async def disconnect(self, code: int) -> None:
        await super().disconnect(code)
        if self._listens_to is not None:
            await self.channel_layer.group_discard(self._listens_to, self.channel_name)
