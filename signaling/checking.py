"""Sanity before a seal: does a recording play as long as it took, less its named holes?"""

from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from django.db import transaction

from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import SYSTEM
from signaling import spans
from signaling.covering import SLIVER
from signaling.media.events import TIME_TOLERANCE_MS
from signaling.models import Gap, Room, Segment
from signaling.spans import Stretch

KIND: Final = "recording.checked"


def check(room: Room) -> None:
    """Weigh the stored recording of a room; journals `recording.checked`, once for a room.

    Times in milliseconds. `differs` is true when more than `tolerance_ms` of the time between a
    source's first and last frame is neither played nor in a named gap, or when a segment plays
    that much longer or shorter than it took to record. A room without a recording has no entry.
    """
    with transaction.atomic():
        Room.objects.select_for_update().get(pk=room.pk)
        rows = Segment.objects.filter(room=room).select_related("source")
        found = list(rows.order_by("source_id", "started_at", "number"))
        if not found or journal.entries(room.stream).filter(kind=KIND).exists():
            return
        sources = [_weigh(list(group)) for _, group in groupby(found, lambda row: row.source_id)]
        journal.append(
            room.stream,
            KIND,
            actor=SYSTEM,
            data={
                "room": str(room.pk),
                "tolerance_ms": TIME_TOLERANCE_MS,
                "differs": any(source["differs"] for source in sources),
                "sources": list(sources),
            },
        )


def _weigh(rows: list[Segment]) -> dict[str, JSONValue]:
    """What one source's segments come to."""
    source = rows[0].source
    since, until = rows[0].started_at, max(_recorded_until(row) for row in rows)
    played = spans.union([(row.started_at, row.ended_at) for row in rows], SLIVER)
    named = [(gap.started_at, gap.ended_at) for gap in Gap.objects.filter(source=source)]
    gaps = spans.subtract(spans.clip(spans.union(named), since, until), played)
    unnamed = spans.subtract([(since, until)], spans.union([*played, *gaps], SLIVER))
    doubtful: list[JSONValue] = [_doubtful(row) for row in rows if _differs(row)]
    return {
        "source": str(source.pk),
        "subject": source.subject,
        "segments": len(rows),
        "started_at": clock.iso(since),
        "ended_at": clock.iso(until),
        "wall_ms": _ms([(since, until)]),
        "media_ms": sum(row.media_ms for row in rows),
        "gap_ms": _ms(gaps),
        "unnamed_ms": _ms(unnamed),
        "doubtful": doubtful,
        "differs": bool(doubtful) or _ms(unnamed) > TIME_TOLERANCE_MS,
    }


def _recorded_until(row: Segment) -> datetime:
    """When its last frame came; where nobody measured that, when it has played."""
    return row.started_at + timedelta(
        milliseconds=row.media_ms if row.span_ms is None else row.span_ms
    )


def _differs(row: Segment) -> bool:
    return row.span_ms is not None and abs(row.media_ms - row.span_ms) > TIME_TOLERANCE_MS


def _doubtful(row: Segment) -> dict[str, JSONValue]:
    return {
        "segment": str(row.pk),
        "number": row.number,
        "media_ms": row.media_ms,
        "span_ms": row.span_ms,
    }


def _ms(stretches: list[Stretch]) -> int:
    return round(sum((end - start).total_seconds() for start, end in stretches) * 1000)
