"""The door of the media engine: one object per node, no framework, everything async."""

import asyncio
import logging
import re
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from signaling.media import collector, kerneltime, negotiate, seam
from signaling.media.config import EngineConfig
from signaling.media.datagrams import Post
from signaling.media.ends import Tap
from signaling.media.errors import (
    DiskFull,
    OfferInvalid,
    PeerUnknown,
    RoomFull,
    RoomUnknown,
    SourceUnknown,
)
from signaling.media.events import (
    LostReason,
    MediaEvent,
    Role,
    RoomStats,
    RoomSummary,
    UplinkLevel,
)
from signaling.media.forward import Viewer
from signaling.media.ingress import Publisher
from signaling.media.mmsg import new_post
from signaling.media.peer import Peer
from signaling.media.pointing import Pointing, Relay
from signaling.media.room import Room
from signaling.media.salvage import salvage_all
from signaling.media.space import FreeSpace
from signaling.media.still import decode_last
from signaling.media.wire import Wire

logger = logging.getLogger(__name__)

TICK_SECONDS = 0.05  # where something is missing; elsewhere every second tick is enough
TICK_SHARE = 0.001  # seconds of ticking in a row
SWITCH_SECONDS = 0.001
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class MediaEngine:
    """Forwards and records encoded packets; decodes nothing but a still that is asked for.

    Ids are opaque, of letters, digits, `-` and `_`, at most 64. Use it from one event loop;
    `events` is called there, in the order things happened, and must not block. So is `relay`, for
    pointers that come by data channel; without one they are dropped.
    """

    def __init__(
        self,
        config: EngineConfig,
        events: Callable[[MediaEvent], None],
        *,
        now: Callable[[], datetime],
        mono: Callable[[], float] = time.monotonic,
        relay: Relay | None = None,
        post: Post | None = None,
    ) -> None:
        # A recording thread that computes would hold up the packets of all calls for 5 ms.
        sys.setswitchinterval(min(SWITCH_SECONDS, sys.getswitchinterval()))
        # By its own clock alone a busy node would take its delay for the line's.
        fits = config.fit_lines and kerneltime.available()
        self._config = replace(config, fit_lines=fits)
        self._events = events
        self._now = now
        self._mono = mono
        self._post = post or new_post()
        self._clock = kerneltime.ArrivalClock(mono)
        self._collector = collector.Collector(mono)
        self._rooms: dict[str, Room] = {}
        self._pointing = (
            Pointing(relay, self._shut_out, self._members, mono) if relay is not None else None
        )
        self._ticker: asyncio.Task[None] | None = None
        self._space = FreeSpace()

    # rooms

    async def open_room(self, room_id: str) -> None:
        """Open a room for recording; a second call changes nothing. Refuses disk_full."""
        _check_id(room_id)
        if room_id in self._rooms:
            return
        self._check_space()
        room = Room(
            room_id,
            self._config,
            emit=self._emit,
            now=self._now,
            mono=self._mono,
            space=self._space,
        )
        room.on_left = self._collector.peer_left
        self._rooms[room_id] = room
        if self._ticker is None:
            collector.take_over()
            self._ticker = asyncio.get_running_loop().create_task(self._tick())

    async def close_room(self, room_id: str) -> RoomSummary:
        """Close peers and segments; what the recording came to. Refuses room_unknown."""
        room = self._room(room_id)
        del self._rooms[room_id]
        try:
            return await room.close()
        finally:
            self._collector.room_closed()

    async def close(self) -> None:
        """Close every room and stop."""
        for room_id in list(self._rooms):
            await self.close_room(room_id)
        if self._ticker is not None:
            self._ticker.cancel()
            await asyncio.wait([self._ticker])
            self._ticker = None
            collector.give_back()

    # peers

    async def publish(
        self,
        room_id: str,
        member_id: str,
        peer_id: str,
        offer_sdp: str,
        *,
        start_kbps: int | None = None,
    ) -> str:
        """Answer a member's offer to send; recorded from the first key frame.

        A new peer id of a member that already publishes replaces the old peer once it is
        connected. Refuses room_unknown, offer_invalid, codec_unsupported, disk_full, room_full.
        """
        room = self._room(room_id)
        _check_id(member_id, peer_id)
        self._check_place(room, member_id)
        self._check_space()
        prepared = await self._prepare(room, peer_id, offer_sdp, Role.PUBLISH)
        publisher = self._publisher(peer_id, prepared)
        wire = self._wire(prepared, publisher)
        room.source(member_id).offered = True
        peer = Peer(
            room_id,
            member_id,
            peer_id,
            member_id,
            Role.PUBLISH,
            prepared.pc,
            publisher,
            wire,
            self._mono(),
        )
        if self._pointing is not None:
            self._pointing.watch(peer)
        kbps = start_kbps or self._config.start_kbps
        return await self._admit(room, peer, prepared, kbps)

    async def subscribe(
        self, room_id: str, member_id: str, source_member_id: str, peer_id: str, offer_sdp: str
    ) -> str:
        """Answer a member's offer to receive one source, which may still be on its way.

        A viewer who waits for its source sees the first key frame the moment it arrives.
        Refuses room_unknown, offer_invalid, codec_unsupported.
        """
        room = self._room(room_id)
        _check_id(member_id, source_member_id, peer_id)
        prepared = await self._prepare(room, peer_id, offer_sdp, Role.SUBSCRIBE)
        viewer = Viewer(
            peer_id, prepared.send_terms(), mono=self._mono, fitted=self._config.fit_lines
        )
        wire = self._wire(prepared, viewer)
        peer = Peer(
            room_id,
            member_id,
            peer_id,
            source_member_id,
            Role.SUBSCRIBE,
            prepared.pc,
            viewer,
            wire,
            self._mono(),
        )
        return await self._admit(room, peer, prepared, 0)

    async def close_peer(self, peer_id: str) -> None:
        """Close one peer connection on request: no PeerLost is said. Refuses peer_unknown."""
        for room in self._rooms.values():
            peer = room.peers.get(peer_id)
            if peer is not None:
                room.drop(peer, LostReason.CLOSED, asked=True)
                return
        raise PeerUnknown(peer_id)

    # sources

    async def request_key_frame(self, room_id: str, source: str) -> None:
        """Ask a publisher for a key frame. Refuses room_unknown, source_unknown."""
        self._sending(room_id, source).request_key_frame()

    async def tell_level(self, room_id: str, member: str, level: UplinkLevel) -> None:
        """A publisher's page stepped down, or up again, by itself: no PublisherLevel is said.

        The engine asks for nothing above it. Refuses room_unknown, source_unknown.
        """
        self._sending(room_id, member).tell_level(level)

    async def tell_rate(self, room_id: str, member: str, kbps: float) -> None:
        """What a publisher's page believes its line bears (`availableOutgoingBitrate`).

        Refuses room_unknown, source_unknown.
        """
        self._sending(room_id, member).tell_rate(kbps)

    def _sending(self, room_id: str, member: str) -> Publisher:
        publisher = self._room(room_id).known_source(member).publisher
        if publisher is None:
            raise SourceUnknown(member)
        return publisher

    async def grab_frame(self, room_id: str, source: str) -> bytes:
        """The newest recorded picture as JPEG, decoded in a thread: a still of lower grade.

        Refuses room_unknown, source_unknown (also when no picture came yet).
        """
        pictures = self._room(room_id).known_source(source).recorder.pictures()
        return await asyncio.to_thread(decode_last, pictures)

    async def stats(self, room_id: str) -> RoomStats:
        """Members (RECORDING among them) and the figures of every peer. Refuses room_unknown."""
        return self._room(room_id).stats(self._mono())

    async def salvage(self, directory: Path) -> None:
        """Close what a crash left open under `directory`; rooms open now are left alone.

        Says SegmentClosed(salvaged=True) and a RecordingGap(crash) for each torn segment.
        """
        now, open_rooms = self._now(), frozenset(self._rooms)
        events = await asyncio.to_thread(
            lambda: list(salvage_all(directory, now, open_rooms=open_rooms))
        )
        for event in events:
            self._emit(event)

    # inside

    async def _prepare(
        self, room: Room, peer_id: str, offer_sdp: str, role: Role
    ) -> negotiate.Prepared:
        if peer_id in room.peers:
            raise OfferInvalid("peer id in use")
        prepared = await negotiate.prepare(self._config, offer_sdp, role)
        if self._rooms.get(room.room) is not room:
            await prepared.pc.close()
            raise RoomUnknown(room.room)
        return prepared

    def _publisher(self, peer_id: str, prepared: negotiate.Prepared) -> Publisher:
        return Publisher(
            peer_id,
            prepared.publish_terms(),
            mono=self._mono,
            transport_cc_id=prepared.transport_cc_id(),
            led=prepared.led,
            abs_send_time_id=prepared.abs_send_time_id(),
        )

    def _wire(self, prepared: negotiate.Prepared, tap: Tap) -> Wire:
        transport = seam.transport_of(prepared.pc)
        return Wire(transport, tap, post=self._post, mono=self._mono, clock=self._clock)

    async def _admit(
        self, room: Room, peer: Peer, prepared: negotiate.Prepared, start_kbps: int
    ) -> str:
        room.admit(peer)
        try:
            return await negotiate.answer(
                prepared, start_kbps=start_kbps, max_kbps=self._config.max_kbps
            )
        except OfferInvalid:
            room.drop(peer, LostReason.FAILED, asked=True)
            raise

    def _shut_out(self, peer: Peer) -> None:
        if (room := self._rooms.get(peer.room)) is not None:
            room.drop(peer, LostReason.FAILED)

    def _members(self, room_id: str) -> set[str]:
        room = self._rooms.get(room_id)
        return {peer.member for peer in room.peers.values()} if room is not None else set()

    def _room(self, room_id: str) -> Room:
        room = self._rooms.get(room_id)
        if room is None:
            raise RoomUnknown(room_id)
        return room

    def _check_place(self, room: Room, member_id: str) -> None:
        offered = {member for member, source in room.sources.items() if source.offered}
        if member_id not in offered and len(offered) >= self._config.max_publishers:
            raise RoomFull

    def _check_space(self) -> None:
        self._config.storage.mkdir(parents=True, exist_ok=True)
        if self._space.free(self._config.storage) < self._config.free_space_floor_bytes:
            raise DiskFull

    def _emit(self, event: MediaEvent) -> None:
        try:
            self._events(event)
        except Exception:
            # A listener's fault must not stop the recording of everybody else.
            logger.exception("media event listener failed")

    async def _tick(self) -> None:
        while True:
            # On the clock's own grid: all sources flush together, and never later than they should.
            await asyncio.sleep(TICK_SECONDS - self._mono() % TICK_SECONDS)
            now = since = self._mono()
            between = round(now / TICK_SECONDS) % 2
            for room in list(self._rooms.values()):
                if between and not room.owes:
                    continue
                try:
                    room.tick(now)
                except Exception:
                    logger.exception("media room tick failed")
                if self._mono() - since > TICK_SHARE:
                    await asyncio.sleep(0)  # packets go first: their readers may be due
                    now = since = self._mono()
            if self._pointing is not None:
                self._pointing.tick()
            self._collector.tick(idle=not self._rooms)


def _check_id(*ids: str) -> None:
    for value in ids:
        if not _ID.fullmatch(value):
            raise OfferInvalid("id")
