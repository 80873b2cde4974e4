"""One room on this node: its sources, who receives them, and the recorder of each."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from signaling.media.config import EngineConfig
from signaling.media.errors import SourceUnknown
from signaling.media.events import (
    RECORDING,
    GapCause,
    LostReason,
    MediaEvent,
    PeerConnected,
    PeerLost,
    PeerRecovered,
    PeerWeak,
    PublisherLevel,
    Role,
    RoomStats,
    RoomSummary,
    UplinkLevel,
    ViewerLevel,
    ViewLevel,
)
from signaling.media.forward import Viewer
from signaling.media.ingress import Publisher
from signaling.media.items import Terms
from signaling.media.peer import Peer
from signaling.media.recorder import Recorder
from signaling.media.sink import Sink
from signaling.media.space import FreeSpace

logger = logging.getLogger(__name__)

WATCH_EVERY = 0.2


def _nobody_asks() -> None:
    """Of a room that belongs to no engine."""


@dataclass(slots=True)
class Source:
    """What one member publishes, over all of the member's peer connections."""

    member: str
    recorder: Recorder
    sinks: list[Sink] = field(default_factory=list)
    current: Peer | None = None
    received_before: int = 0
    offered: bool = False
    """Whether its member ever asked to publish; a source that is only awaited takes no place."""

    @property
    def publisher(self) -> Publisher | None:
        tap = self.current.tap if self.current is not None else None
        return tap if isinstance(tap, Publisher) else None

    @property
    def frames_received(self) -> int:
        publisher = self.publisher
        return self.received_before + (publisher.frames_received if publisher else 0)


class Room:
    """Decides for its peers; everything here runs on the event loop."""

    def __init__(
        self,
        room: str,
        config: EngineConfig,
        *,
        emit: Callable[[MediaEvent], None],
        now: Callable[[], datetime],
        mono: Callable[[], float],
        space: FreeSpace,
    ) -> None:
        self.room = room
        self.peers: dict[str, Peer] = {}
        self.sources: dict[str, Source] = {}
        self.on_left: Callable[[], None] = _nobody_asks
        self._config = config
        self._emit = emit
        self._mono = mono
        self._space = space
        self._anchor = (now(), mono())
        self._watched = 0.0
        self._closing: set[asyncio.Task[None]] = set()

    def wall(self, mono: float) -> datetime:
        """Node's wall clock at a monotonic time, unmoved by later steps of the clock."""
        then, at = self._anchor
        return then + timedelta(seconds=mono - at)

    def source(self, member: str) -> Source:
        """The source of a member, with its recorder; made when first offered or awaited."""
        source = self.sources.get(member)
        if source is None:
            terms = Terms(
                room=self.room,
                source=member,
                directory=self._config.storage / self.room / member,
                segment_seconds=self._config.segment_seconds,
                floor_bytes=self._config.free_space_floor_bytes,
                wall=self.wall,
                space=self._space,
            )
            source = Source(member, Recorder(terms, emit=self._emit))
            source.sinks.append(source.recorder)
            self.sources[member] = source
        return source

    def known_source(self, member: str) -> Source:
        source = self.sources.get(member)
        if source is None:
            raise SourceUnknown(member)
        return source

    # peers

    def admit(self, peer: Peer) -> None:
        self.peers[peer.peer] = peer
        if isinstance(peer.tap, Viewer):
            source = self.source(peer.source)
            source.sinks.append(peer.tap)
            if source.publisher is not None:
                peer.tap.on_leg(source.publisher)
            peer.tap.on_level = partial(self._viewer_level, peer)
        else:
            peer.tap.on_level = partial(self._publisher_level, peer)
        peer.watch(self._changed)

    def _viewer_level(self, peer: Peer, level: ViewLevel, recovered: bool) -> None:  # noqa: FBT001
        self._emit(ViewerLevel(self.room, peer.member, peer.peer, peer.source, level, recovered))

    def _publisher_level(self, peer: Peer, level: UplinkLevel, recovered: bool) -> None:  # noqa: FBT001
        self._emit(PublisherLevel(self.room, peer.member, peer.peer, level, recovered))

    def _changed(self, peer: Peer, state: str) -> None:
        if peer.gone is not None:
            return
        if state == "connected" and not peer.connected:
            self._connected(peer)
        elif state == "failed":
            self.drop(peer, LostReason.FAILED)
        elif state == "closed":
            self.drop(peer, LostReason.CLOSED)

    def _connected(self, peer: Peer) -> None:
        peer.connected = True
        peer.tap.on_alive()
        if isinstance(peer.tap, Viewer):
            peer.tap.open(peer.wire)
        else:
            source = self.source(peer.member)
            if source.current is not None:
                self.drop(source.current, LostReason.REPLACED)
            source.current = peer
            peer.tap.wire = peer.wire
            peer.tap.attach(source.sinks)
        self._emit(PeerConnected(self.room, peer.member, peer.peer, peer.role, peer.source))

    def drop(self, peer: Peer, reason: LostReason, *, asked: bool = False) -> None:
        """Take a peer out; its connection closes in the background. Says PeerLost unless asked."""
        if peer.gone is not None:
            return
        peer.gone = reason
        self.peers.pop(peer.peer, None)
        if isinstance(peer.tap, Viewer):
            source = self.sources.get(peer.source)
            if source is not None and peer.tap in source.sinks:
                source.sinks.remove(peer.tap)
            peer.tap.wire = None
        else:
            self._end_leg(peer, peer.tap, reason, asked=asked)
        if not asked:
            self._emit(PeerLost(self.room, peer.member, peer.peer, reason))
        peer.wire.close()
        task = asyncio.get_running_loop().create_task(peer.pc.close())
        self._closing.add(task)
        task.add_done_callback(self._closed)

    def _closed(self, task: "asyncio.Task[None]") -> None:
        self._closing.discard(task)
        self.on_left()

    def _end_leg(self, peer: Peer, tap: Publisher, reason: LostReason, *, asked: bool) -> None:
        source = self.sources.get(peer.member)
        if source is None or source.current is not peer:
            return
        source.received_before += tap.frames_received
        source.current = None
        tap.detach()
        cause = GapCause.RECONNECT if reason is LostReason.REPLACED else GapCause.PEER_LOST
        source.recorder.leave(self._mono(), None if asked else cause)

    # time

    @property
    def owes(self) -> bool:
        """Whether a packet is missing that a publisher is to be asked for again soon."""
        publishers = (source.publisher for source in self.sources.values())
        return any(publisher is not None and publisher.owes for publisher in publishers)

    def tick(self, mono: float) -> None:
        watch = mono - self._watched >= WATCH_EVERY
        if watch:
            self._watched = mono
        for peer in list(self.peers.values()):
            if watch:
                self._watch(peer, mono)
            if peer.gone is None:
                peer.tap.tick(mono)
        for source in self.sources.values():
            source.recorder.tick(mono)

    def _watch(self, peer: Peer, mono: float) -> None:
        if not peer.connected:
            if mono - peer.created > self._config.connect_within_seconds:
                self.drop(peer, LostReason.NOT_CONNECTED)
            return
        silent = peer.silent_seconds(mono)
        if silent > self._config.lost_after_seconds:
            self.drop(peer, LostReason.NO_PACKETS)
        elif not peer.weak and silent > peer.weak_after(self._config, mono):
            peer.weak = True
            self._emit(PeerWeak(self.room, peer.member, peer.peer, silent))
        elif peer.weak and silent < 1.0:
            peer.weak = False
            self._emit(PeerRecovered(self.room, peer.member, peer.peer))

    # read side and end

    def stats(self, mono: float) -> RoomStats:
        members = dict.fromkeys([RECORDING, *(p.member for p in self.peers.values())])
        peers = []
        for peer in self.peers.values():
            source = self.sources.get(peer.source) if peer.role is Role.PUBLISH else None
            received = source.frames_received if source else 0
            recorded = source.recorder.frames_recorded if source else 0
            peers.append(peer.stats(mono, received, recorded))
        return RoomStats(self.room, tuple(members), tuple(peers))

    async def close(self) -> RoomSummary:
        """Close every peer and segment; the summary is final."""
        for peer in list(self.peers.values()):
            self.drop(peer, LostReason.CLOSED, asked=True)
        summaries = await asyncio.gather(
            *(s.recorder.close(self._mono(), s.frames_received) for s in self.sources.values())
        )
        if self._closing:
            await asyncio.wait(self._closing, timeout=5)
        return RoomSummary(self.room, tuple(summaries))
