"""What a node measures: told to hosts as it comes, kept every ten seconds, summed up at the end."""

import statistics
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import SYSTEM
from signaling import linking, metrics
from signaling.covering import coverage
from signaling.media import events
from signaling.media.events import PeerStats, RoomStats
from signaling.models import MediaSample, Member, PeerRow, Room, Segment
from signaling.protocol import encode
from signaling.protocol.server import MediaStats, PeerFigures, RecordingFigures
from signaling.states import Direction, Recording

KEEP_SECONDS: Final = 10.0
_DIRECTIONS: Final = {
    events.Role.PUBLISH: Direction.PUBLISH,
    events.Role.SUBSCRIBE: Direction.SUBSCRIBE,
}


@dataclass(slots=True)
class _Room:
    """What was last said and kept of a room."""

    told: dict[str, PeerStats] = field(default_factory=dict)
    kept: dict[str, PeerStats] = field(default_factory=dict)
    kept_at: float = 0.0
    loss: dict[str, float] = field(default_factory=dict)
    recording: Recording = Recording.OFF
    segments: int = -1
    coverage_percent: float = 0.0


class Figures:
    """A node's memory of its rooms' last figures. Used by one task, in a database thread."""

    def __init__(self) -> None:
        self._rooms: dict[UUID, _Room] = {}

    def forget(self, room_id: UUID) -> None:
        self._rooms.pop(room_id, None)

    def take(self, room_id: UUID, stats: RoomStats) -> str:
        """Keep what is due, and give `media.stats` as the hosts get it."""
        known = self._rooms.setdefault(room_id, _Room())
        now = time.monotonic()
        if now - known.kept_at >= KEEP_SECONDS:
            known.kept_at, known.segments = now, -1
            _keep(stats, known.kept)
            known.kept = {peer.peer: peer for peer in stats.peers}
        known.loss = {p.peer: lost_part(p, known.told.get(p.peer)) for p in stats.peers}
        recording = _recording(room_id, known)
        known.recording = recording.state
        text = encode(MediaStats(peers=_peers(stats, known.loss), recording=recording))
        known.told = {peer.peer: peer for peer in stats.peers}
        return text

    def looked(self, rooms: list[RoomStats]) -> None:
        """All rooms of the node were looked at: what its monitoring reads is now this."""
        loss = {peer: part for room in self._rooms.values() for peer, part in room.loss.items()}
        states = Counter(
            self._rooms.get(UUID(room.room), _Room()).recording.value for room in rooms
        )
        metrics.looked(rooms, loss, states)


def _peers(stats: RoomStats, loss: dict[str, float]) -> list[PeerFigures]:
    names = dict(
        PeerRow.objects.filter(pk__in=[peer.peer for peer in stats.peers]).values_list("pk", "name")
    )
    return [
        PeerFigures(
            peer=names.get(UUID(peer.peer), ""),
            member=peer.member,
            source=peer.source,
            direction=_DIRECTIONS[peer.role],
            connected=peer.connected,
            width=peer.width,
            height=peer.height,
            fps=round(peer.fps, 1),
            kbps=round(peer.kbps, 1),
            packets_lost=peer.packets_lost,
            packets_dropped=peer.packets_dropped,
            loss_percent=round(100 * loss[peer.peer], 1),
            rtt_ms=peer.rtt_ms,
            last_packet_age_ms=peer.last_packet_age_ms,
            frames_received=peer.frames_received,
            frames_recorded=peer.frames_recorded,
            level=peer.level,
        )
        for peer in stats.peers
    ]


def _recording(room_id: UUID, known: _Room) -> RecordingFigures:
    room = Room.objects.get(pk=room_id)
    segments = Segment.objects.filter(room=room).count()
    # Coverage moves with the segments; reckoning it anew every time would read them all.
    if segments != known.segments:
        known.segments, known.coverage_percent = segments, coverage(room).percent
    return RecordingFigures(
        state=Recording(room.recording),
        segments=segments,
        coverage_percent=known.coverage_percent,
    )


def lost_part(now: PeerStats, before: PeerStats | None) -> float:
    """The part of a peer's packets that were lost since `before`, from 0 to 1."""
    lost = now.packets_lost - (before.packets_lost if before else 0)
    passed = now.packets - (before.packets if before else 0)
    # A publisher's packets are those that arrived, a viewer's those that were sent.
    meant = passed + lost if now.role is events.Role.PUBLISH else passed
    return min(1.0, max(0.0, lost / meant)) if meant > 0 else 0.0


def _keep(stats: RoomStats, before: dict[str, PeerStats]) -> None:
    publishers = [p for p in stats.peers if p.role is events.Role.PUBLISH and p.connected]
    known = {
        str(pk)
        for pk in Member.objects.filter(room_id=UUID(stats.room)).values_list("pk", flat=True)
    }
    now = clock.now()
    MediaSample.objects.bulk_create(
        MediaSample(
            member_id=peer.member,
            at=now,
            kbps=round(peer.kbps),
            fps=round(peer.fps),
            width=peer.width,
            height=peer.height,
            loss_per_mille=round(1000 * lost_part(peer, before.get(peer.peer))),
            rtt_ms=None if peer.rtt_ms is None else round(peer.rtt_ms),
        )
        for peer in publishers
        if peer.member in known
    )


def journal_summary(room: Room) -> None:
    """Journal `room.measured`: how the media of each publisher arrived over the whole call.

    Least, median and greatest of what was sampled every ten seconds, in kbit/s, frames a second,
    lines, per mille and ms; whole seconds weak and lost. Nothing when nobody published.
    """
    members: list[JSONValue] = [
        _summary(member)
        for member in room.members.order_by("added_at", "pk")
        if member.samples.exists()
    ]
    if members:
        journal.append(
            room.stream,
            "room.measured",
            actor=SYSTEM,
            data={"room": str(room.pk), "members": members},
        )


def _summary(member: Member) -> dict[str, JSONValue]:
    samples = list(member.samples.all())
    weak, lost = linking.weak_and_lost(member)
    return {
        "member": str(member.pk),
        "subject": member.subject,
        "samples": len(samples),
        "kbps": _spread([sample.kbps for sample in samples]),
        "fps": _spread([sample.fps for sample in samples]),
        "height": _spread([sample.height for sample in samples]),
        "loss_per_mille": _spread([sample.loss_per_mille for sample in samples]),
        "rtt_ms": _spread([s.rtt_ms for s in samples if s.rtt_ms is not None]),
        "seconds_weak": weak,
        "seconds_lost": lost,
    }


def _spread(values: list[int]) -> list[JSONValue]:
    """Least, median, greatest; empty when nothing was measured. Whole numbers for verifiers."""
    return [min(values), int(statistics.median_low(values)), max(values)] if values else []
