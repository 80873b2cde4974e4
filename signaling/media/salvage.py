"""After a crash: every torn segment is kept up to its last whole cluster, and the hole is named."""

import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import av

from signaling.media.events import GapCause, MediaEvent, RecordingGap, SegmentClosed
from signaling.media.probe import count_frames
from signaling.media.segments import (
    SegmentHead,
    cut_to_whole_clusters,
    head_path,
    read_head,
    seal,
)

logger = logging.getLogger(__name__)


def salvage_all(
    directory: Path, now: datetime, *, open_rooms: frozenset[str] = frozenset()
) -> Iterator[MediaEvent]:
    """One SegmentClosed(salvaged) per readable `.part`, and a RecordingGap up to now for each.

    The bytes kept are the bytes written: nothing is muxed again. A `.part` without one whole
    cluster is renamed to `.torn` and only its gap is said.
    """
    for part in sorted(directory.rglob("*.webm.part")):
        if part.parent.parent.name not in open_rooms:
            yield from _salvage(part, now)


def _salvage(part: Path, now: datetime) -> Iterator[MediaEvent]:
    try:
        head = read_head(part)
    except (OSError, ValueError, KeyError, TypeError, json.JSONDecodeError):
        head = _guess_head(part)
    try:
        whole = cut_to_whole_clusters(part)
        video, audio, last_ms = count_frames(part) if whole else (0, 0, 0)
    except (av.FFmpegError, ValueError):
        whole = False
        video = audio = last_ms = 0
    ended_at = head.started_at + timedelta(milliseconds=last_ms)
    if whole:
        sealed = seal(part)
        yield SegmentClosed(
            room=head.room,
            source=head.source,
            peer=head.peer,
            number=head.number,
            path=sealed.path,
            sha256=sealed.sha256,
            size_bytes=sealed.size_bytes,
            started_at=head.started_at,
            ended_at=ended_at,
            media_ms=last_ms,
            video_frames=video,
            audio_frames=audio,
            width=head.width,
            height=head.height,
            first_video_rtp=None,
            last_video_rtp=None,
            first_audio_rtp=None,
            last_audio_rtp=None,
            salvaged=True,
        )
    else:
        logger.warning("segment unreadable after a crash")
        part.rename(part.with_name(part.name.removesuffix(".webm.part") + ".torn"))
        head_path(part).unlink(missing_ok=True)
    yield RecordingGap(head.room, head.source, ended_at, now, GapCause.CRASH, 0, "")


def _guess_head(part: Path) -> SegmentHead:
    """Without its head a segment still has its place; it began no later than it was written."""
    written = datetime.fromtimestamp(part.stat().st_mtime).astimezone()
    return SegmentHead(
        part.parent.parent.name, part.parent.name, "", int(part.name[:6]), written, 0, 0
    )
