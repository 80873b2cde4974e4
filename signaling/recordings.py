"""What the media node recorded: segments into the blob store, holes by name, alarms, coverage."""

import logging
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db.models import F, Max, QuerySet, Sum

from fieldsvc.kernel import blobs, clock, journal
from fieldsvc.kernel.blobs import Blob
from fieldsvc.kernel.errors import Conflict
from fieldsvc.kernel.journal import SYSTEM
from signaling import rooms
from signaling.changing import changing
from signaling.covering import (
    NOTHING_CAME,
    SLIVER,
    Coverage,
    as_told,
    cause_before,
    coverage,
)
from signaling.media.events import (
    AlarmCause,
    RecordingAlarm,
    RecordingGap,
    RecordingStarted,
    RoomSummary,
    SegmentClosed,
)
from signaling.models import Gap, Member, PeerRow, Room, Segment
from signaling.states import Cause, Direction, Recording

__all__ = [
    "Coverage",
    "Hole",
    "SegmentDamaged",
    "coverage",
    "explain_gaps",
    "finish",
    "note_alarm",
    "note_gap",
    "note_started",
    "note_stopped",
    "record_segment",
    "segment",
    "segments",
]

logger = logging.getLogger(__name__)

MEDIA_TYPE = "video/webm"


class SegmentDamaged(Conflict):
    """The file is no longer what the recorder hashed."""

    code = "segment_damaged"
    title = "录像分段与录制时的摘要不一致"
    action = "请立即联系管理员检查存储；不要删除任何文件。"


def segments(room: Room) -> QuerySet[Segment]:
    """The stored segments of a room with their members, in order of time."""
    return Segment.objects.filter(room=room).select_related("source").order_by("started_at", "pk")


def segment(segment_id: UUID) -> Segment:
    """One segment by its id (as journalled)."""
    return Segment.objects.select_related("room", "source").get(pk=segment_id)


def record_segment(closed: SegmentClosed) -> Segment | None:
    """Take a closed segment into the blob store and the books. Idempotent by content.

    The file goes only after the commit, so a crash in between repeats this and loses nothing.
    A number that another node gave away already becomes the next free one. Refuses
    `segment_damaged` when the bytes are not those that were hashed. Journals
    `recording.segment_stored`. None when the room or member is not of this database.
    """
    source = _source(closed.room, closed.source)
    if source is None:
        return None
    known = Segment.objects.filter(room=source.room, source=source, sha256=closed.sha256).first()
    if known is None:
        blob = _adopt(closed.path)
        if blob.sha256 != closed.sha256:
            raise SegmentDamaged
        known = _enter(closed, source, blob)
    _leave_marker(closed.path)
    return known


def _adopt(path: Path) -> Blob:
    # Adopting consumes the name it is given; the recorder's own name must outlive the commit.
    aside = path.with_suffix(".adopting")
    aside.unlink(missing_ok=True)
    os.link(path, aside)
    return blobs.store().adopt(aside, media_type=MEDIA_TYPE)


def _leave_marker(path: Path) -> None:
    # The recorder numbers on from the names in its folder, so the number must stay taken.
    path.with_suffix(".stored").touch()
    path.unlink(missing_ok=True)


def _enter(closed: SegmentClosed, source: Member, blob: Blob) -> Segment:
    with changing(source.room_id, even_closed=True) as room:
        row = Segment.objects.create(
            room=room,
            source=source,
            number=_free_number(source, closed.number),
            blob_key=blob.key,
            sha256=blob.sha256,
            sm3=blob.sm3,
            size=blob.size,
            media_type=blob.media_type,
            started_at=closed.started_at,
            ended_at=closed.ended_at,
            media_ms=closed.media_ms,
            video_frames=closed.video_frames,
            audio_frames=closed.audio_frames,
            width=closed.width,
            height=closed.height,
            first_video_rtp=closed.first_video_rtp,
            last_video_rtp=closed.last_video_rtp,
            first_audio_rtp=closed.first_audio_rtp,
            last_audio_rtp=closed.last_audio_rtp,
            span_ms=closed.span_ms,
            salvaged=closed.salvaged,
            stored_at=clock.now(),
        )
        _calm(room, row)
        _journal_segment(room, row)
    return row


def _free_number(source: Member, wanted: int) -> int:
    taken = Segment.objects.filter(room=source.room, source=source)
    if not taken.filter(number=wanted).exists():
        return wanted
    return int(taken.aggregate(last=Max("number"))["last"]) + 1


def _journal_segment(room: Room, row: Segment) -> None:
    journal.append(
        room.stream,
        "recording.segment_stored",
        actor=SYSTEM,
        data={
            "segment": str(row.pk),
            "room": str(room.pk),
            "source": str(row.source_id),
            "subject": row.source.subject,
            "number": row.number,
            "sha256": row.sha256,
            "sm3": row.sm3,
            "size": row.size,
            "started_at": clock.iso(row.started_at),
            "ended_at": clock.iso(row.ended_at),
            "media_ms": row.media_ms,
            "span_ms": row.span_ms,
            "video_frames": row.video_frames,
            "audio_frames": row.audio_frames,
            "width": row.width,
            "height": row.height,
            "salvaged": row.salvaged,
        },
    )


def _calm(room: Room, row: Segment) -> None:
    """An alarm is over when a segment holds again what was missing.

    One that began before a track fell silent holds what came until then.
    """
    frames = {"video": row.video_frames, "audio": row.audio_frames}
    old = bool(room.alarm_kind and room.alarm_since and row.started_at < room.alarm_since)
    if room.recording == Recording.ALARM and frames.get(room.alarm_kind, 1) and not old:
        Room.objects.filter(pk=room.pk).update(
            recording=Recording.ON.value, alarm="", alarm_kind=""
        )


def note_started(started: RecordingStarted, *, first_of_node: bool) -> None:
    """A member's recording runs. Journals `recording.started`.

    The first time on a node, the stretch since the last segment elsewhere gets its name here:
    the recorder that runs now cannot know of it.
    """
    source = _source(started.room, started.source)
    if source is None:
        return
    if first_of_node:
        _name_the_hole_before(source, started.started_at)
    with changing(source.room_id, even_closed=True) as room:
        if room.recording == Recording.OFF:
            Room.objects.filter(pk=room.pk).update(
                recording=Recording.ON.value,
                recording_since=room.recording_since or started.started_at,
            )
        journal.append(
            room.stream,
            "recording.started",
            actor=SYSTEM,
            data={
                "room": str(room.pk),
                "source": str(source.pk),
                "subject": source.subject,
                "started_at": clock.iso(started.started_at),
            },
        )


def _name_the_hole_before(source: Member, until: datetime) -> None:
    ends = [
        rows.filter(source=source, ended_at__lte=until).aggregate(last=Max("ended_at"))["last"]
        for rows in (Segment.objects.all(), Gap.objects.all())
    ]
    since = max((end for end in ends if end is not None), default=None)
    if since is None or until - since <= SLIVER:
        return
    cause = cause_before(source, until)
    _name_gap(source, Hole(since, until, cause, 0, ""))


@dataclass(frozen=True, slots=True)
class Hole:
    """A stretch that is in no segment."""

    started_at: datetime
    ended_at: datetime
    cause: Cause
    frames: int
    kind: str


def note_gap(gap: RecordingGap) -> None:
    """Keep a named hole. Idempotent. Journals `recording.gap_named`.

    Its cause is what the member's page said of the stretch, where it said anything.
    """
    source = _source(gap.room, gap.source)
    if source is not None:
        cause = Cause(gap.cause.value)
        _name_gap(source, Hole(gap.started_at, gap.ended_at, cause, gap.frames, gap.kind))


def _name_gap(source: Member, hole: Hole) -> None:
    with changing(source.room_id, even_closed=True) as room:
        row, new = Gap.objects.get_or_create(
            room=room,
            source=source,
            started_at=hole.started_at,
            observed=hole.cause.value,
            kind=hole.kind,
            defaults={
                "ended_at": hole.ended_at,
                "frames": hole.frames,
                "cause": as_told(source, hole.cause, hole.started_at, hole.ended_at).value,
            },
        )
        if new:
            _journal_gap(room, row, "recording.gap_named")


def explain_gaps(source: Member) -> None:
    """Name holes of a member after what its page says only now that it can.

    Journals `recording.gap_explained` for each.
    """
    unexplained = Gap.objects.filter(
        source=source, cause=F("observed"), observed__in=[cause.value for cause in NOTHING_CAME]
    )
    if not unexplained.exists():
        return
    with changing(source.room_id, even_closed=True) as room:
        for row in unexplained.select_related("source"):
            told = as_told(source, Cause(row.observed), row.started_at, row.ended_at)
            if told != row.observed:
                row.cause = told.value
                row.save(update_fields=["cause"])
                _journal_gap(room, row, "recording.gap_explained")


def _journal_gap(room: Room, row: Gap, kind: str) -> None:
    journal.append(
        room.stream,
        kind,
        actor=SYSTEM,
        data={
            "gap": str(row.pk),
            "room": str(room.pk),
            "source": str(row.source_id),
            "subject": row.source.subject,
            "started_at": clock.iso(row.started_at),
            "ended_at": clock.iso(row.ended_at),
            "cause": row.cause,
            "observed": row.observed,
            "frames": row.frames,
            "media_kind": row.kind,
        },
    )


def note_alarm(alarm: RecordingAlarm) -> None:
    """Tell the room that the recording is in danger. Journals `recording.alarm`.

    A member who says that it sends no picture (or no sound) is not in danger for want of it.
    """
    source = _source(alarm.room, alarm.source)
    if source is None:
        return
    sends = source.video if alarm.kind == "video" else source.audio
    if alarm.cause is AlarmCause.TRACK_SILENT and not sends:
        return
    with changing(source.room_id, even_closed=True) as room:
        Room.objects.filter(pk=room.pk).update(
            recording=Recording.ALARM.value,
            alarm=alarm.cause.value,
            alarm_kind=alarm.kind,
            alarm_since=clock.now(),
        )
        journal.append(
            room.stream,
            "recording.alarm",
            actor=SYSTEM,
            data={
                "room": str(room.pk),
                "source": str(source.pk),
                "cause": alarm.cause.value,
                "media_kind": alarm.kind,
            },
        )


def note_stopped(room_id: UUID) -> None:
    """Show the recording as off once nobody in the room publishes."""
    with changing(room_id, even_closed=True) as room:
        publishes = PeerRow.objects.filter(
            member__room=room, direction=Direction.PUBLISH.value, closed_at=None
        )
        if not publishes.exists():
            Room.objects.filter(pk=room_id).update(
                recording=Recording.OFF.value, alarm="", alarm_kind=""
            )


def finish(room_id: UUID, summary: RoomSummary | None) -> None:
    """All that will come has come: close the room with the recorder's books (None: no recorder).

    What was recorded is counted from the stored segments. What was received only a recorder knows
    that was there from the first frame to the last; after a crash nobody does, and the entry says
    null rather than a number that looks whole.
    """
    room = Room.objects.get(pk=room_id)
    segments = Segment.objects.filter(room=room)
    gaps = Gap.objects.filter(room=room)
    stored = segments.aggregate(n=Sum("video_frames") + Sum("audio_frames"))["n"] or 0
    sources = summary.sources if summary else ()
    whole = summary is not None and sum(one.frames_recorded for one in sources) == stored
    rooms.finish_closing(
        room_id,
        rooms.Summary(
            segments=segments.count(),
            gaps=gaps.count(),
            coverage_percent=coverage(room).percent,
            frames_received=sum(one.frames_received for one in sources) if whole else None,
            frames_recorded=stored,
            frames_in_gaps=gaps.aggregate(n=Sum("frames"))["n"] or 0,
            balanced=all(one.balanced for one in sources) if whole else None,
        ),
    )


def _source(room_id: str, member_id: str) -> Member | None:
    """The member a recording is of; None, loudly, when this database does not know it."""
    try:
        found = Member.objects.select_related("room").filter(
            pk=UUID(member_id), room_id=UUID(room_id)
        )
        member = found.first()
    except ValueError:
        member = None
    if member is None:
        logger.error("recording of an unknown member", extra={"room": room_id, "member": member_id})
    return member
