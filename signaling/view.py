"""A room as its sockets see it: one reading of the database, complete every time."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fieldsvc.kernel import clock, journal
from signaling import conditions, ice, peers
from signaling.models import (
    ChatMessage,
    Hindrance,
    Member,
    PeerRow,
    Room,
    Segment,
    StillRequest,
)
from signaling.presence import Seat
from signaling.protocol.server import (
    ChatLine,
    MemberState,
    PeerClosed,
    Phone,
    Publishing,
    RecordingState,
    RoomState,
    StillRequested,
    StillSettled,
    ViewLevelTold,
)
from signaling.states import (
    Condition,
    Direction,
    Level,
    LevelReason,
    Life,
    Link,
    Recording,
    Role,
    StillState,
    ViewLevel,
)

CHAT_LINES = 200


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything one socket may have to be told."""

    state: RoomState
    head: int
    alarm: str
    stills_requested: list[StillRequested]
    stills_settled: list[StillSettled]
    peers_closed: list[PeerClosed]
    views: list[ViewLevelTold]


def read(held: Seat, *, since: datetime) -> Reading:
    """Read the room for one seat; stills and ended peers from `since` on."""
    # The version is read first: what moves meanwhile is sent again, never missed.
    room = Room.objects.get(pk=held.room.pk)
    guest = held.member.role == Role.GUEST and held.member.admitted_at is not None
    return Reading(
        state=room_state(room, held.member.pk),
        head=journal.head(room.stream).length,
        alarm=room.alarm,
        stills_requested=_requested(room, since) if guest else [],
        stills_settled=_settled(room, since) if held.member.role == Role.HOST else [],
        peers_closed=[
            PeerClosed(peer=row.name, reason=row.end)
            for row in peers.recently_ended(held.member, since)
        ],
        views=[
            ViewLevelTold(peer=row.name, source=str(row.source_id), level=ViewLevel(row.level))
            for row in peers.viewing(held.member)
        ],
    )


def room_state(room: Room, member_id: UUID) -> RoomState:
    """The room for one member (its ICE credential is its own)."""
    return RoomState(
        version=room.version,
        room=str(room.pk),
        opened_at=clock.iso(room.opened_at),
        closed=room.state != Life.OPEN,
        focus=room.focus or None,
        members=_members(room),
        recording=RecordingState(
            state=Recording(room.recording),
            since=clock.iso(room.recording_since) if room.recording_since else None,
            segments=Segment.objects.filter(room=room).count(),
        ),
        chat=_chat(room),
        ice_servers=ice.servers(member_id),
    )


def _members(room: Room) -> list[MemberState]:
    now = clock.now()
    flowing = set(
        PeerRow.objects.filter(
            member__room=room,
            direction=Direction.PUBLISH.value,
            connected_at__isnull=False,
            closed_at=None,
        ).values_list("member_id", flat=True)
    )
    here = set(
        room.members.filter(stays__left_at=None, stays__lease_until__gt=now).values_list(
            "pk", flat=True
        )
    )
    if room.recording != Recording.OFF:
        here |= set(room.members.filter(role=Role.RECORDER.value).values_list("pk", flat=True))
    rows = list(room.members.filter(revoked_at=None).order_by("added_at", "pk"))
    hindered = conditions.running(rows)
    return [
        _member(row, hindered.get(row.pk), online=row.pk in here, flows=row.pk in flowing)
        for row in rows
    ]


def _member(row: Member, hindrance: Hindrance | None, *, online: bool, flows: bool) -> MemberState:
    return MemberState(
        id=str(row.pk),
        role=Role(row.role),
        name=row.name,
        label=row.label,
        subject=row.subject,
        admitted=row.admitted_at is not None,
        online=online,
        publishing=Publishing(audio=row.audio, video=row.video) if flows else None,
        phone=_phone(row),
        link=Link(row.link) if row.link else None,
        level=Level(row.level) if row.level else None,
        level_reason=LevelReason(row.level_reason) if row.level_reason else None,
        condition=Condition(hindrance.condition) if hindrance else None,
        condition_since=clock.iso(hindrance.started_at) if hindrance else None,
    )


def _phone(row: Member) -> Phone | None:
    if row.visible is None:
        return None
    return Phone(
        visible=row.visible,
        network=row.network or None,
        battery=row.battery,
        reason=row.reason or None,
        facing=row.facing or None,
        torch=row.torch,
    )


def _chat(room: Room) -> list[ChatLine]:
    # Values, not rows of models: this is read at every look of every socket.
    newest = ChatMessage.objects.filter(room=room).order_by("-at", "-id")
    lines = newest.values_list("id", "member_id", "member__name", "text", "at")[:CHAT_LINES]
    return [
        ChatLine(id=str(id_), member=str(member), name=name, text=text, at=clock.iso(at))
        for id_, member, name, text, at in reversed(lines)
    ]


def _requested(room: Room, since: datetime) -> list[StillRequested]:
    rows = StillRequest.objects.filter(
        room=room, state=StillState.REQUESTED.value, requested_at__gte=since
    )
    return [StillRequested(request=str(r.pk), item=r.item or None) for r in rows.order_by("pk")]


def _settled(room: Room, since: datetime) -> list[StillSettled]:
    rows = StillRequest.objects.filter(room=room, settled_at__gte=since).order_by("settled_at")
    return [
        StillSettled(request=str(r.pk), evidence=r.evidence or None, code=r.code or None)
        for r in rows
    ]
