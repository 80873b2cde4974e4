"""Hints to sockets: "it changed", from any thread or process. Losing one costs 5 seconds."""

import asyncio
import hashlib
import logging
from collections.abc import Coroutine
from typing import TypedDict, TypeVar
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer
from redis.exceptions import RedisError

from fieldsvc.kernel.journal import Committed

logger = logging.getLogger(__name__)
T = TypeVar("T")


class Hint(TypedDict, total=False):
    """A message of the channel layer; `type` names the consumer's method."""

    type: str
    stats: str
    text: str
    reached: list[str]


class _Serving:
    """The event loop on which this process serves sockets, once there is one."""

    loop: asyncio.AbstractEventLoop | None = None


def attach(loop: asyncio.AbstractEventLoop) -> None:
    """Remember the serving loop: the in-memory layer may be touched on no other."""
    _Serving.loop = loop


def serving_loop() -> asyncio.AbstractEventLoop | None:
    """The loop that serves, if it still runs."""
    loop = _Serving.loop
    return loop if loop is not None and loop.is_running() else None


async def on_serving_loop(work: Coroutine[object, object, T]) -> T:
    """Await `work` on the serving loop, from whichever loop the caller is on."""
    loop = serving_loop()
    if loop is None or loop is asyncio.get_running_loop():
        return await work
    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, loop))


def room_group(room_id: UUID) -> str:
    return f"room.{room_id.hex}"


def stream_group(stream: str) -> str:
    # A stream's name may hold characters and lengths that a group's name may not.
    return "stream." + hashlib.sha256(stream.encode()).hexdigest()[:40]


def scope_group(scope: str) -> str:
    return "scope." + hashlib.sha256(scope.encode()).hexdigest()[:40]


def send_group(group: str, hint: Hint) -> None:
    """Hand a hint to everyone in `group`; never blocks the serving loop, never raises."""
    loop = serving_loop()
    if loop is not None:
        asyncio.run_coroutine_threadsafe(_send(group, hint), loop)
    elif not isinstance(get_channel_layer(), InMemoryChannelLayer):
        async_to_sync(_send)(group, hint)
    # In memory and nobody serves in this process: there is no socket that could listen.


async def _send(group: str, hint: Hint) -> None:
    layer = get_channel_layer()
    if layer is None:
        raise RuntimeError("CHANNEL_LAYERS is not configured")
    try:
        await layer.group_send(group, dict(hint))
    except (RedisError, OSError) as error:
        # The socket's own look at the version, every 5 seconds, makes up for it.
        logger.warning("hint was lost", extra={"error": type(error).__name__})


def room_changed(room_id: UUID) -> None:
    """Tell the room's sockets to read the room again."""
    send_group(room_group(room_id), Hint(type="room.changed"))


def journal_moved(news: list[Committed]) -> None:
    """Listener of the journal: the stream's readers and the bureau's feed look again."""
    for entry in news:
        send_group(stream_group(entry.stream), Hint(type="stream.moved"))
        if entry.scope:
            send_group(scope_group(entry.scope), Hint(type="feed.changed"))
