"""From what the engine reports to the database: in order per room, off the loop, until it is in."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db import DatabaseError

from fieldsvc.kernel.blobs import BlobStoreDown
from signaling import levels, peers, recordings
from signaling.database import in_thread
from signaling.media.events import (
    LostReason,
    MediaEvent,
    PeerConnected,
    PeerLost,
    PeerRecovered,
    PeerWeak,
    PublisherLevel,
    RecordingAlarm,
    RecordingGap,
    RecordingStarted,
    RoomSummary,
    SegmentClosed,
    ViewerLevel,
)
from signaling.media.manifest import read_manifest
from signaling.media.probe import probe_segment
from signaling.media.segments import digest_of
from signaling.models import PeerRow
from signaling.states import Level, LevelReason, Link, PeerEnd, ViewLevel

logger = logging.getLogger(__name__)

AGAIN_AFTER = (0.2, 1.0, 5.0, 15.0)
ENDS = {
    LostReason.NO_PACKETS: PeerEnd.NO_PACKETS,
    LostReason.NOT_CONNECTED: PeerEnd.NOT_CONNECTED,
    LostReason.REPLACED: PeerEnd.REPLACED,
}
Entry = Callable[[], None]


class Books:
    """One queue and one task per room; an entry is tried until the database takes it."""

    def __init__(self) -> None:
        self._queues: dict[str, asyncio.Queue[Entry]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._started: set[tuple[str, str]] = set()

    def take(self, event: MediaEvent) -> None:
        """The engine's callback: on the loop, never blocks."""
        first = False
        if isinstance(event, RecordingStarted):
            first = (event.room, event.source) not in self._started
            self._started.add((event.room, event.source))
        self._enter(event.room, lambda: enter(event, first_of_node=first))

    def finish(self, room_id: UUID, summary: RoomSummary | None) -> None:
        """Close the room once everything before is in."""
        self._enter(str(room_id), lambda: recordings.finish(room_id, summary))

    async def settled(self) -> None:
        """Wait until every entry is in, then let the writers go."""
        for queue in list(self._queues.values()):
            await queue.join()
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        self._tasks.clear()
        self._queues.clear()

    def _enter(self, room: str, entry: Entry) -> None:
        if room not in self._queues:
            self._queues[room] = asyncio.Queue()
            self._tasks[room] = asyncio.ensure_future(self._write(self._queues[room]))
        self._queues[room].put_nowait(entry)

    async def _write(self, queue: asyncio.Queue[Entry]) -> None:
        while True:
            entry = await queue.get()
            try:
                await self._until_taken(entry)
            finally:
                queue.task_done()

    async def _until_taken(self, entry: Entry) -> None:
        tries = 0
        while True:
            try:
                await in_thread(entry)
            except (DatabaseError, BlobStoreDown, OSError):
                # The file lies safe on disk; later entries wait, so that order stays.
                logger.exception("recording could not be entered, will be tried again")
                await asyncio.sleep(AGAIN_AFTER[min(tries, len(AGAIN_AFTER) - 1)])
                tries += 1
            except Exception:
                logger.exception("recording entry was refused")
                return
            else:
                return


def enter(event: MediaEvent, *, first_of_node: bool) -> None:
    """One event of the engine, as rows and journal entries."""
    match event:
        case SegmentClosed():
            recordings.record_segment(event)
        case RecordingGap():
            recordings.note_gap(event)
        case RecordingAlarm():
            recordings.note_alarm(event)
        case RecordingStarted():
            recordings.note_started(event, first_of_node=first_of_node)
        case _:
            _enter_peer(event)


def _enter_peer(
    event: PeerConnected | PeerWeak | PeerRecovered | PeerLost | PublisherLevel | ViewerLevel,
) -> None:
    match event:
        case PeerConnected():
            peers.connected(UUID(event.room), UUID(event.peer))
        case PeerWeak():
            peers.link_changed(UUID(event.room), UUID(event.peer), Link.WEAK)
        case PeerRecovered():
            peers.link_changed(UUID(event.room), UUID(event.peer), Link.GOOD)
        case PublisherLevel():
            reason = LevelReason.RECOVERED if event.recovered else LevelReason.BANDWIDTH
            room, member = UUID(event.room), UUID(event.member)
            carried = Level(event.level.value)
            levels.changed(room, member, carried, reason, of=UUID(event.peer))
        case ViewerLevel():
            level = ViewLevel(event.level.value)
            peers.view_level(UUID(event.room), UUID(event.peer), level)
        case PeerLost():
            end = ENDS.get(event.reason, PeerEnd.FAILED)
            peers.ended(UUID(event.room), UUID(event.peer), end)
            recordings.note_stopped(UUID(event.room))


def strays(held: list[str]) -> list[str]:
    """Of the peers an engine holds, those whose row is closed."""
    rows = PeerRow.objects.filter(pk__in=held, closed_at__isnull=False)
    return [str(peer) for peer in rows.values_list("pk", flat=True)]


def unregistered(storage: Path) -> list[SegmentClosed]:
    """Closed segments that a crash kept from the books; taking one twice changes nothing.

    What they are is in the recorder's list beside them. Of one that is not, the time is the file's.
    """
    found = [_closed(path) for path in sorted(storage.rglob("[0-9]*.webm"))]
    return [segment for segment in found if segment is not None]


def _closed(path: Path) -> SegmentClosed | None:
    return _listed(path) or _probed(path)


def _listed(path: Path) -> SegmentClosed | None:
    listed = [one.segment for one in read_manifest(path.parent).listed]
    named = [segment for segment in listed if segment.path == path]
    return named[-1] if named and named[-1].sha256 == digest_of(path) else None


def _probed(path: Path) -> SegmentClosed | None:
    probe = probe_segment(path)
    if probe.error:
        logger.error("left segment cannot be read", extra={"error": probe.error})
        return None
    ended_at = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
    return SegmentClosed(
        room=path.parent.parent.name,
        source=path.parent.name,
        peer="",
        number=int(path.name.partition(".")[0]),
        path=path,
        sha256=digest_of(path),
        size_bytes=path.stat().st_size,
        started_at=ended_at - timedelta(milliseconds=probe.duration_ms),
        ended_at=ended_at,
        media_ms=probe.duration_ms,
        video_frames=probe.video_frames,
        audio_frames=probe.audio_frames,
        width=probe.width,
        height=probe.height,
        first_video_rtp=None,
        last_video_rtp=None,
        first_audio_rtp=None,
        last_audio_rtp=None,
        salvaged=True,
    )
