"""The media node: one engine, a channel of commands, an ordered writer per room.

In the embedded product it lives on the serving loop (`start_embedded`), in production it is a
process of its own (`manage.py media_node`). Killed at any moment it loses the open half second;
the next start finds what it left and says so.
"""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, Protocol, cast
from uuid import UUID

from fieldsvc.kernel import clock
from signaling import media_calls, mediabooks, metrics, neighbours, placing, push, rawkeeping
from signaling.database import in_thread
from signaling.errors import MediaUnavailable
from signaling.figures import Figures
from signaling.media import kerneltime, native
from signaling.media.engine import MediaEngine
from signaling.media.errors import MediaRefused, RoomUnknown
from signaling.media.events import MediaEvent, RoomStats, RoomSummary, UplinkLevel
from signaling.media_calls import Command, Reply
from signaling.mediabooks import Books
from signaling.mediaconfig import engine_config
from signaling.models import MediaNode as NodeRow
from signaling.pointers import Relay
from signaling.push import Hint
from signaling.sweeping import sweep

logger = logging.getLogger(__name__)

BEAT_SECONDS: Final = 2.0
STATS_SECONDS: Final = 2.0
RAW_SECONDS: Final = 60.0


class Engine(Protocol):
    """What a node asks of its engine; `signaling.media.engine.MediaEngine` is the real one."""

    async def open_room(self, room_id: str) -> None: ...
    async def publish(
        self,
        room_id: str,
        member_id: str,
        peer_id: str,
        offer_sdp: str,
        *,
        start_kbps: int | None = None,
    ) -> str: ...
    async def subscribe(
        self, room_id: str, member_id: str, source_member_id: str, peer_id: str, offer_sdp: str
    ) -> str: ...
    async def close_peer(self, peer_id: str) -> None: ...
    async def tell_level(self, room_id: str, member: str, level: UplinkLevel) -> None: ...
    async def tell_rate(self, room_id: str, member: str, kbps: float) -> None: ...
    async def close_room(self, room_id: str) -> RoomSummary: ...
    async def grab_frame(self, room_id: str, source: str) -> bytes: ...
    async def stats(self, room_id: str) -> RoomStats: ...
    async def salvage(self, directory: Path) -> None: ...
    async def close(self) -> None: ...


EngineFactory = Callable[[Callable[[MediaEvent], None]], Engine]


class MediaNode:
    """Owns an engine and answers for it."""

    def __init__(self, make_engine: EngineFactory, *, storage: Path) -> None:
        self._storage = storage
        self.books = Books()
        self._figures = Figures()
        self.engine = make_engine(self.books.take)
        self._row: NodeRow | None = None
        self._rooms: set[str] = set()
        self._finishing: set[UUID] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._opening = asyncio.Lock()

    async def start(self) -> None:
        """Save what a crash left, register, then take commands."""
        push.attach(asyncio.get_running_loop())
        label = f"{socket.gethostname()}:{self._storage}"
        # Two living nodes cannot share a folder, so whoever has this label is dead.
        await in_thread(placing.withdraw_label, label)
        # Whole segments before torn ones: that is the order they were recorded in, and entering a
        # salvaged one takes its file away while the folder is still being looked through.
        for left in await in_thread(mediabooks.unregistered, self._storage):
            self.books.take(left)
        await self.engine.salvage(self._storage)
        metrics.KERNEL_TIMES.set(kerneltime.available())
        metrics.COMPILED.set(native.told())
        channel = await media_calls.layer().new_channel("media")
        self._row = await in_thread(placing.register, channel, label)
        self._spawn(self._listen(channel))
        self._spawn(self._every(BEAT_SECONDS, self._beat))
        self._spawn(self._every(STATS_SECONDS, self._push_stats))
        self._spawn(self._every(RAW_SECONDS, self._keep_raw))
        self._spawn(self._every(neighbours.LOOK_SECONDS, self._look_around))
        metrics.count_tasks()
        self._spawn(metrics.watch_lag())

    async def stop(self) -> None:
        """Drain: no new rooms, every segment closed and stored, the clients told to offer anew."""
        if self._row is None:
            return
        row, self._row = self._row, None
        await in_thread(placing.drain, row.pk)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for room in list(self._rooms):
            await self._close_room(room)
        await self.engine.close()
        await self.books.settled()
        await in_thread(placing.withdraw, row.pk)

    # commands

    async def _listen(self, channel: str) -> None:
        # One receive after the other and never with a timeout: a cancelled receive of the Redis
        # layer unsubscribes the channel.
        while True:
            message = cast("Command", await media_calls.layer().receive(channel))
            self._spawn(self._answer(message))

    async def _answer(self, command: Command) -> None:
        reply = Reply(type="media.reply", request=command.get("request", ""), code="")
        try:
            reply = await self._carry_out(command, reply)
        except MediaRefused as refused:
            reply["code"] = refused.code
        except Exception:
            logger.exception("media command failed", extra={"verb": command.get("verb", "")})
            reply["code"] = "server_error"
        if to := command.get("reply_to"):
            try:
                await media_calls.send(to, reply)
            except MediaUnavailable:
                logger.warning("media answer was lost", extra={"verb": command["verb"]})

    async def _carry_out(self, command: Command, reply: Reply) -> Reply:
        room = command["room"]
        match command["verb"]:
            case "publish":
                await self._open(room)
                reply["sdp"] = await self.engine.publish(
                    room,
                    command["member"],
                    command["peer"],
                    command["sdp"],
                    start_kbps=command.get("start_kbps"),
                )
            case "subscribe":
                await self._open(room)
                reply["sdp"] = await self.engine.subscribe(
                    room, command["member"], command["source"], command["peer"], command["sdp"]
                )
            case "grab_frame":
                reply["picture"] = await self.engine.grab_frame(room, command["source"])
            case "close_peer":
                await self.engine.close_peer(command["peer"])
            case "tell_level":
                level = UplinkLevel(command["level"])
                await self.engine.tell_level(room, command["member"], level)
            case "tell_rate":
                await self.engine.tell_rate(room, command["member"], command["kbps"])
            case "drop_member":
                await self._drop(room, command["member"])
            case "close_room":
                await self._finish(UUID(room))
        return reply

    async def _open(self, room: str) -> None:
        async with self._opening:
            await self.engine.open_room(room)
            self._rooms.add(room)

    async def _drop(self, room: str, member: str) -> None:
        for peer in (await self.engine.stats(room)).peers:
            if peer.member == member:
                await self.engine.close_peer(peer.peer)

    async def _close_room(self, room: str) -> RoomSummary | None:
        self._rooms.discard(room)
        self._figures.forget(UUID(room))
        try:
            return await self.engine.close_room(room)
        except RoomUnknown:
            return None

    async def _finish(self, room_id: UUID) -> None:
        """End the recording; the room is closed in the books after its last segment.

        The command and the beat may both ask; the second must not close the books while the
        first still waits for the last segment.
        """
        if room_id in self._finishing:
            return
        self._finishing.add(room_id)
        try:
            self.books.finish(room_id, await self._close_room(str(room_id)))
        finally:
            self._finishing.discard(room_id)

    # the clockwork

    async def _every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except Exception:
                # A database or Redis that is away costs this round, not the node.
                logger.exception("media node's clockwork failed", extra={"part": work.__name__})
            await asyncio.sleep(seconds)

    async def _beat(self) -> None:
        """Live on, look for rooms to close and peers nobody owns, and sweep after others."""
        # Held here: the node may leave between two of these steps.
        row = self._row
        if row is None:
            return
        if not await in_thread(placing.renew, row.pk):
            # Others took us for dead and gave our rooms away; what we hold is of no use any more.
            logger.error("media node was declared dead")
            row = self._row = await in_thread(placing.register, row.channel, row.label)
            for room in list(self._rooms):
                await self._close_room(room)
        for room_id in await in_thread(placing.closing_rooms, row.pk):
            await self._finish(room_id)
        for room in list(self._rooms):
            await self._drop_strays(room)
        await in_thread(sweep)

    async def _keep_raw(self) -> None:
        await rawkeeping.keep_raw(self._storage)

    async def _look_around(self) -> None:
        if self._row is not None:
            await neighbours.bury(self._row.channel)

    async def _drop_strays(self, room: str) -> None:
        """End peers whose row says they are over: the message that said so may have been lost."""
        held = [peer.peer for peer in (await self.engine.stats(room)).peers]
        for peer in await in_thread(mediabooks.strays, held):
            await self.engine.close_peer(peer)

    async def _push_stats(self) -> None:
        looked = []
        for room in list(self._rooms):
            stats = await self.engine.stats(room)
            looked.append(stats)
            if stats.peers:
                text = await in_thread(self._figures.take, UUID(room), stats)
                hint = Hint(type="media.stats", stats=text)
                push.send_group(push.room_group(UUID(room)), hint)
        self._figures.looked(looked)

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def real_engine(events: Callable[[MediaEvent], None]) -> Engine:
    return MediaEngine(engine_config(), events, now=clock.now, relay=Relay())


async def start_embedded() -> MediaNode:
    """Start the node of the embedded product on the running (serving) loop; `await node.stop()`."""
    node = MediaNode(real_engine, storage=engine_config().storage)
    await node.start()
    return node
