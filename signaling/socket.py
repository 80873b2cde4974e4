"""A WebSocket that cannot be flooded or left unread; knows nothing of rooms."""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass

from autobahn.exception import Disconnected
from channels.generic.websocket import AsyncWebsocketConsumer

from signaling import metrics, push
from signaling.bucket import Bucket
from signaling.protocol import Close, ServerMessage, encode
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
    rest: float = 8.0  # of the time that the last look took
    longest_rest: float = 2.0
    last_word: float = 1.0
    answer_within: float = 10.0


class GuardedSocket(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Takes frames in as fast as they come and works on them one by one in a task of its own.

    Bytes are bounded by the server in front (signaling.front), in and out: a frame is never over
    64 KiB, and a send ends only when there is room for it. Here messages are: by bucket and queue.
    """

    def __init__(self, *args: object, limits: Limits | None = None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.limits = limits or Limits()
        self._bucket = Bucket(self.limits.per_second, self.limits.burst)
        self._inbox: asyncio.Queue[str] = asyncio.Queue(self.limits.waiting)
        self._tasks: set[asyncio.Task[None]] = set()
        self._over = False
        self._sending = 0
        self._counted = False

    async def connect(self) -> None:
        push.attach(asyncio.get_running_loop())
        metrics.count_tasks()
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
        if self._inbox.full():
            # On a busy server the bucket may fill faster than the work is done.
            await self.finish(Close.FLOODED)
            return
        # Bytes are no text of ours; as an empty message they are refused like any other nonsense.
        self._inbox.put_nowait(text_data or "")

    async def handle(self, text: str) -> None:
        """Carry out one message; whatever it is, it must not raise for what a client sent."""
        raise NotImplementedError

    async def say(self, message: ServerMessage) -> None:
        """Send, unless the socket is over; waits for as long as the client takes nothing."""
        await self.say_text(encode(message))

    async def say_text(self, text: str) -> None:
        """As `say`, for a message that is encoded already."""
        if self._over:
            return
        self._sending += 1
        try:
            await self.send(text_data=text)
        except _GONE:
            self._over = True
            self.stop()
        finally:
            self._sending -= 1

    def mention(self, text: str) -> None:
        """Say what is out of date in a moment: not at all while something else waits to be sent."""
        if not self._sending:
            self.start(self.say_text(text))

    async def finish(self, close: Close) -> None:
        """Say `bye` and close; nothing is taken in or sent after it."""
        if self._over:
            return
        self._over = True
        metrics.SOCKETS_CLOSED.labels(close.name.lower()).inc()
        bye = encode(Bye(code=close.value, reason=close.name.lower()))
        try:
            # Who takes nothing is not waited for with the close.
            with suppress(TimeoutError):
                async with asyncio.timeout(self.limits.last_word):
                    await self.send(text_data=bye)
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
