"""A WebSocket that cannot be flooded, stuffed or left unread; knows nothing of rooms."""

import asyncio
import logging
import time
from collections.abc import Coroutine
from dataclasses import dataclass

from autobahn.exception import Disconnected
from channels.generic.websocket import AsyncWebsocketConsumer

from signaling import metrics, push
from signaling.bucket import Bucket
from signaling.protocol import MAX_MESSAGE_BYTES, Close, ServerMessage, encode
from signaling.protocol.server import Bye

logger = logging.getLogger(__name__)

_GONE = (Disconnected, OSError)
"""What a send meets when the client has left and nobody has told us yet (ASGI 2.4: OSError)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one socket may do; spans in seconds."""

    hello_within: float = 5.0
    per_second: float = 30.0
    burst: float = 60.0
    points_per_second: float = 25.0
    waiting: int = 64
    look_every: float = 4.0
    settle: float = 0.05
    silent_after: float = 8.0
    unread_bytes: int = 256 * 1024
    answer_within: float = 10.0


class GuardedSocket(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Takes frames in as fast as they come and works on them one by one in a task of its own.

    The server in front has no back-pressure in either direction (daphne#170), so both are bounded
    here: in by bucket, size and queue, out by what was sent since the client last spoke.
    """

    def __init__(self, *args: object, limits: Limits | None = None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.limits = limits or Limits()
        self._bucket = Bucket(self.limits.per_second, self.limits.burst)
        self._inbox: asyncio.Queue[str] = asyncio.Queue(self.limits.waiting)
        self._tasks: set[asyncio.Task[None]] = set()
        self._over = False
        self._heard_at = time.monotonic()
        self._unread = 0
        self._counted = False

    async def connect(self) -> None:
        push.attach(asyncio.get_running_loop())
        await self.accept()
        metrics.SOCKETS.labels(type(self).__name__).inc()
        self._counted = True
        self.start(self._work())

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Only sort out and enqueue: a slow handler here would hold the disconnect back too."""
        if self._over:
            return
        if not self._bucket.take():
            await self.finish(Close.FLOODED)
            return
        self._heard_at = time.monotonic()
        self._unread = 0
        # Bytes are no text of ours; as an empty message they are refused like any other nonsense.
        text = text_data or ""
        size = len(bytes_data) if bytes_data is not None else len(text.encode("utf-8", "replace"))
        if size > MAX_MESSAGE_BYTES:
            await self.finish(Close.TOO_LARGE)
            return
        if self._inbox.full():
            # On a busy server the bucket may fill faster than the work is done.
            await self.finish(Close.FLOODED)
            return
        self._inbox.put_nowait(text)

    async def handle(self, text: str) -> None:
        """Carry out one message; whatever it is, it must not raise for what a client sent."""
        raise NotImplementedError

    async def say(self, message: ServerMessage) -> None:
        """Send, unless the socket is over or its client has long stopped reading."""
        await self.say_text(encode(message))

    async def say_text(self, text: str) -> None:
        """As `say`, for a message that is encoded already."""
        if self._over:
            return
        silent = time.monotonic() - self._heard_at
        if self._unread > self.limits.unread_bytes and silent > self.limits.silent_after:
            await self.finish(Close.TOO_LARGE)
            return
        self._unread += len(text)
        try:
            await self.send(text_data=text)
        except _GONE:
            self._over = True
            self.stop()

    async def finish(self, close: Close) -> None:
        """Say `bye` and close; nothing is taken in or sent after it."""
        if self._over:
            return
        self._over = True
        metrics.SOCKETS_CLOSED.labels(close.name.lower()).inc()
        try:
            await self.send(text_data=encode(Bye(code=close.value, reason=close.name.lower())))
            await self.close(code=close.value)
        except _GONE:
            logger.debug("client left before it heard why")
        self.stop()

    def start(self, work: Coroutine[object, object, None]) -> None:
        """Run a task for as long as the socket lives."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def stop(self) -> None:
        """Cancel the socket's tasks, but for the one that asks."""
        own = asyncio.current_task()
        for task in self._tasks:
            if task is not own:
                task.cancel()

    async def disconnect(self, code: int) -> None:
        if self._counted:
            self._counted = False
            metrics.SOCKETS.labels(type(self).__name__).dec()
        self._over = True
        self.stop()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("socket task failed", exc_info=error)

    async def _work(self) -> None:
        while not self._over:
            await self.handle(await self._inbox.get())
