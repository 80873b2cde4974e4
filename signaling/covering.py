"""How much of the guest's picture is recorded, and the name of every stretch that is not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from fieldsvc.kernel import clock
from signaling import conditions, spans
from signaling.models import Gap, Member, PeerRow, Room, Segment
from signaling.spans import Span
from signaling.states import Cause, Direction, Life, PeerEnd, Role

# A hole shorter than this between two pieces is the time between two frames, not a loss.
SLIVER = timedelta(milliseconds=500)
# A hole inside a running segment counts from this length on.
INNER_HOLE = timedelta(seconds=1)
# The last segment is closed, synced, hashed and uploaded after its peer has ended.
STORED_WITHIN = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the guest's time is recorded; every second is in exactly one span."""

    percent: float
    spans: list[Span]


def coverage(room: Room) -> Coverage:
    """How much of the guest's picture is recorded, from the first admission to the closing.

    While the room is open and the guest publishes, or did a moment ago, the reckoning ends with
    the last stored segment: the running one is neither covered nor lost yet. Percent is 0 before
    that.
    """
    guests = list(room.members.filter(role=Role.GUEST.value, admitted_at__isnull=False))
    admitted = [guest.admitted_at for guest in guests if guest.admitted_at is not None]
    if not admitted:
        return Coverage(0.0, [])
    rows = list(Segment.objects.filter(room=room, source__in=guests, video_frames__gt=0))
    until = _reckoned_until(room, guests, rows)
    since = min(admitted)
    if until <= since:
        return Coverage(0.0, [])
    gaps = list(Gap.objects.filter(room=room, source__in=guests).exclude(kind="audio"))
    covered = spans.union([(row.started_at, row.ended_at) for row in rows], SLIVER)
    inner = [(g.started_at, g.ended_at) for g in gaps if g.ended_at - g.started_at >= INNER_HOLE]
    covered = spans.clip(spans.subtract(covered, inner), since, until)
    found = spans.name_holes(covered, since, until, lambda a, b: _cause(gaps, guests, a, b))
    seconds = sum((end - start).total_seconds() for start, end in covered)
    return Coverage(round(100 * seconds / (until - since).total_seconds(), 1), found)


def _reckoned_until(room: Room, guests: list[Member], rows: list[Segment]) -> datetime:
    if room.closed_at is not None:
        return room.closed_at
    now = clock.now()
    running = PeerRow.objects.filter(
        Q(closed_at=None) | Q(closed_at__gt=now - STORED_WITHIN),
        member__in=guests,
        direction=Direction.PUBLISH.value,
        connected_at__isnull=False,
    )
    last = max((row.ended_at for row in rows), default=None)
    if room.state == Life.OPEN and running.exists():
        return last or min(guest.admitted_at or now for guest in guests)
    return now


def _cause(
    gaps: Iterable[Gap], guests: list[Member], started_at: datetime, ended_at: datetime
) -> Cause:
    """The name of a hole: what the phone said of it, else the gap that explains most of it.

    Without either, it is named after what ended before it.
    """
    best = max(
        gaps,
        key=lambda gap: min(gap.ended_at, ended_at) - max(gap.started_at, started_at),
        default=None,
    )
    if best is not None and min(best.ended_at, ended_at) > max(best.started_at, started_at):
        cause = Cause(best.cause)
    else:
        cause = next((cause_before(guest, ended_at) for guest in guests), Cause.UNEXPLAINED)
    said = (as_told(guest, cause, started_at, ended_at) for guest in guests)
    return next((word for word in said if word != cause), cause)


NOTHING_CAME = {
    Cause.NOT_PUBLISHING,
    Cause.PEER_LOST,
    Cause.RECONNECT,
    Cause.TRACK_SILENT,
    Cause.UNEXPLAINED,
}


def as_told(source: Member, observed: Cause, started_at: datetime, ended_at: datetime) -> Cause:
    """What the member's page said of a stretch, else what the node saw of it.

    Only where nothing came does the phone know better than the node; what came and was lost, the
    node saw.
    """
    if observed not in NOTHING_CAME:
        return observed
    return conditions.cause_of(source, started_at, ended_at) or observed


def cause_before(source: Member, at: datetime) -> Cause:
    """What ended the member's media before an instant, as the name of a hole."""
    peers = PeerRow.objects.filter(
        member=source, direction=Direction.PUBLISH.value, closed_at__lte=at
    )
    last = peers.order_by("-closed_at").first()
    if last is None:
        return Cause.NOT_PUBLISHING
    return _CAUSE_OF_END.get(PeerEnd(last.end), Cause.RECONNECT)


_CAUSE_OF_END = {
    PeerEnd.CLOSED_BY_MEMBER: Cause.NOT_PUBLISHING,
    PeerEnd.MEMBER_GONE: Cause.NOT_PUBLISHING,
    PeerEnd.ROOM_CLOSED: Cause.NOT_PUBLISHING,
    PeerEnd.MEDIA_RESTARTED: Cause.MEDIA_RESTARTED,
    PeerEnd.NO_PACKETS: Cause.PEER_LOST,
    PeerEnd.FAILED: Cause.PEER_LOST,
}
