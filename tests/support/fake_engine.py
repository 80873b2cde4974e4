"""A media engine without media: answers, reports and refuses as a test tells it to."""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from fieldsvc.kernel import clock
from signaling.media.errors import MediaRefused, RoomUnknown, SourceUnknown
from signaling.media.events import (
    LostReason,
    MediaEvent,
    PeerConnected,
    PeerLost,
    PeerStats,
    RecordingStarted,
    Role,
    RoomStats,
    RoomSummary,
    SegmentClosed,
    SourceSummary,
    UplinkLevel,
)


class FakeEngine:
    """Behaves like MediaEngine towards a MediaNode; a peer connects as soon as it is answered."""

    def __init__(self, events: Callable[[MediaEvent], None], storage: Path) -> None:
        self.emit = events
        self.storage = storage
        self.rooms: dict[str, dict[str, PeerConnected]] = {}
        self.closed_peers: list[str] = []
        self.refusal: MediaRefused | None = None
        self.deaf = asyncio.Event()
        self.deaf.set()
        self.start_kbps: list[int | None] = []
        self.told: list[tuple[str, str | float]] = []
        self.left: list[MediaEvent] = []
        self.recorded: dict[str, int] = {}

    async def open_room(self, room_id: str) -> None:
        self.rooms.setdefault(room_id, {})

    async def publish(
        self,
        room_id: str,
        member_id: str,
        peer_id: str,
        offer_sdp: str,
        *,
        start_kbps: int | None = None,
    ) -> str:
        self.start_kbps.append(start_kbps)
        await self._admit(PeerConnected(room_id, member_id, peer_id, Role.PUBLISH, member_id))
        self.emit(RecordingStarted(room_id, member_id, peer_id, clock.now()))
        return f"answer to {offer_sdp}"

    async def subscribe(
        self, room_id: str, member_id: str, source_member_id: str, peer_id: str, offer_sdp: str
    ) -> str:
        found = PeerConnected(room_id, member_id, peer_id, Role.SUBSCRIBE, source_member_id)
        await self._admit(found)
        return f"answer to {offer_sdp}"

    async def _admit(self, peer: PeerConnected) -> None:
        await self.deaf.wait()
        if self.refusal is not None:
            raise self.refusal
        self._room(peer.room)[peer.peer] = peer
        self.emit(peer)

    async def tell_level(self, room_id: str, member: str, level: UplinkLevel) -> None:
        self.told.append((member, level.value))

    async def tell_rate(self, room_id: str, member: str, kbps: float) -> None:
        self.told.append((member, kbps))

    async def close_peer(self, peer_id: str) -> None:
        self.closed_peers.append(peer_id)
        for peers in self.rooms.values():
            peers.pop(peer_id, None)

    async def close_room(self, room_id: str) -> RoomSummary:
        self._room(room_id)
        del self.rooms[room_id]
        frames = self.recorded.get(room_id, 0)
        return RoomSummary(room_id, (SourceSummary("guest", frames, frames, 0, (), ()),))

    async def grab_frame(self, room_id: str, source: str) -> bytes:
        if all(peer.member != source for peer in self._room(room_id).values()):
            raise SourceUnknown(source)
        return b"\xff\xd8 a picture \xff\xd9"

    async def stats(self, room_id: str) -> RoomStats:
        peers = self._room(room_id).values()
        return RoomStats(room_id, (), tuple(_figures(peer) for peer in peers))

    async def salvage(self, directory: Path) -> None:
        for event in self.left:
            self.emit(event)

    async def close(self) -> None:
        for room_id in list(self.rooms):
            await self.close_room(room_id)

    def lose(self, peer_id: str, reason: LostReason) -> None:
        """The network takes a peer away."""
        for room, peers in self.rooms.items():
            if peer_id in peers:
                self.emit(PeerLost(room, peers.pop(peer_id).member, peer_id, reason))

    def close_segment(self, room: str, source: str, number: int, content: bytes) -> SegmentClosed:
        """A segment of 8 seconds that ends now lies on disk and is reported."""
        event = segment(self.storage, room, source, number, content)
        frames = event.video_frames + event.audio_frames
        self.recorded[room] = self.recorded.get(room, 0) + frames
        self.emit(event)
        return event

    def _room(self, room_id: str) -> dict[str, PeerConnected]:
        if room_id not in self.rooms:
            raise RoomUnknown(room_id)
        return self.rooms[room_id]


def segment(
    storage: Path,
    room: str,
    source: str,
    number: int,
    content: bytes,
    *,
    ended_at: datetime | None = None,
) -> SegmentClosed:
    """A closed segment whose bytes are `content`."""
    path = storage / room / source / f"{number:06d}.webm"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    ended = ended_at or clock.now()
    return SegmentClosed(
        room=room,
        source=source,
        peer="p",
        number=number,
        path=path,
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        started_at=ended - timedelta(seconds=8),
        ended_at=ended,
        media_ms=8000,
        video_frames=240,
        audio_frames=400,
        width=1280,
        height=720,
        first_video_rtp=1,
        last_video_rtp=720000,
        first_audio_rtp=1,
        last_audio_rtp=384000,
        salvaged=False,
    )


def _figures(peer: PeerConnected) -> PeerStats:
    return PeerStats(
        peer=peer.peer,
        member=peer.member,
        source=peer.source,
        role=peer.role,
        connected=True,
        width=1280,
        height=720,
        fps=30.0,
        kbps=1999.5,
        packets=100,
        packets_lost=0,
        packets_dropped=0,
        rtt_ms=12.5,
        last_packet_age_ms=8.0,
        frames_received=100,
        frames_recorded=97,
    )
