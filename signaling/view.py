"""A room as its sockets see it: one reading of the database for all of them in a process."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from fieldsvc.kernel import clock, journal
from signaling import conditions, ice, presence
from signaling.models import ChatMessage, Hindrance, Member, PeerRow, Presence, Room, StillRequest
from signaling.presence import Seat
from signaling.protocol import ServerMessage, Standing
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
    PeerEnd,
    Recording,
    Role,
    StillState,
    ViewLevel,
)

CHAT_LINES = 200
# A new socket is told of what ended or was asked for while the old one was gone.
LOOK_BACK = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the chat, and the version of the room that it came with."""

    version: int
    told: ChatLine


@dataclass(frozen=True, slots=True)
class Event:
    """What is told once: to one member, or to everyone of a standing."""

    at: datetime
    message: ServerMessage
    member: UUID | None = None
    standing: Standing | None = None

    def is_for(self, held: Seat) -> bool:
        return self.member in (None, held.member.pk) and self.standing in (None, held.standing)


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that any of the room's sockets may have to be told, at one version of it."""

    at: datetime
    room: Room
    head: int
    members: dict[UUID, Member]
    stays: dict[UUID, Presence]
    lines: tuple[Line, ...]
    events: dict[str, Event]
    views: dict[UUID, list[ViewLevelTold]]
    state: RoomState

    @property
    def version(self) -> int:
        return self.room.version

    @property
    def last_line(self) -> int:
        """The version that the newest line came with; it may be ahead of the room's here."""
        return self.lines[-1].version if self.lines else -1

    def seat(self, member_id: UUID, socket: str) -> Seat:
        """The seat this socket holds in this reading; refusals as of `presence.seat`."""
        member = self.members[member_id]
        return presence.seat_of(member, self.stays.get(member_id), socket)

    def state_for(self, member_id: UUID, *, chat: bool) -> RoomState:
        """The room for one member (its ICE credential is its own), with the chat or without."""
        told = [line.told for line in self.lines] if chat else []
        return replace(self.state, chat=told, ice_servers=ice.servers(member_id))


def read(room_id: UUID, before: Reading | None) -> Reading:
    """Read the room; of what `before` holds and cannot have changed, nothing is read again."""
    now = clock.now()
    # The version is read first: what moves meanwhile is sent again, never missed.
    room = Room.objects.get(pk=room_id)
    head = journal.head(room.stream).length
    if before is not None and before.version == room.version:
        return replace(before, head=head)
    since = (before.at if before else now) - LOOK_BACK
    members = {row.pk: row for row in room.members.order_by("added_at", "pk")}
    # The newest stay of each, because it comes last.
    stays = Presence.objects.filter(member__room=room).order_by("first_seen")
    newest = {stay.member_id: stay for stay in stays}
    rows = _peers(room, since)
    return Reading(
        at=now,
        room=room,
        head=head,
        members=members,
        stays=newest,
        lines=_lines(room, before.lines if before else ()),
        events={**(before.events if before else {}), **_ended(rows, since), **_stills(room, since)},
        views=_views(rows),
        state=_state(room, _Facts(list(members.values()), newest, rows, now)),
    )


@dataclass(frozen=True, slots=True)
class _Facts:
    """Rows of which the state of the members is made."""

    members: list[Member]
    stays: dict[UUID, Presence]
    peers: list[PeerRow]
    now: datetime


def _state(room: Room, facts: _Facts) -> RoomState:
    return RoomState(
        version=room.version,
        room=str(room.pk),
        opened_at=clock.iso(room.opened_at),
        closed=room.state != Life.OPEN,
        focus=room.focus or None,
        members=_members(room, facts),
        recording=RecordingState(
            state=Recording(room.recording),
            since=clock.iso(room.recording_since) if room.recording_since else None,
            segments=room.segments.count(),
        ),
        chat=[],
        ice_servers=[],
    )


def _members(room: Room, facts: _Facts) -> list[MemberState]:
    flowing = {
        row.member_id
        for row in facts.peers
        if row.direction == Direction.PUBLISH and row.connected_at and not row.closed_at
    }
    here = {
        member
        for member, stay in facts.stays.items()
        if stay.left_at is None and stay.lease_until > facts.now
    }
    recording = room.recording != Recording.OFF
    rows = [row for row in facts.members if row.revoked_at is None]
    hindered = conditions.running(rows)
    return [
        _member(
            row,
            hindered.get(row.pk),
            online=row.pk in here or (recording and row.role == Role.RECORDER),
            flows=row.pk in flowing,
        )
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


def _lines(room: Room, known: tuple[Line, ...]) -> tuple[Line, ...]:
    """The last lines: those known, and those that came since the newest of them."""
    newest = ChatMessage.objects.filter(room=room).order_by("-version", "-at", "-id")
    if known:
        newest = newest.filter(version__gt=known[-1].version)
    rows = newest.values_list("version", "id", "member_id", "member__name", "text", "at")
    found = [
        Line(
            version,
            ChatLine(id=str(id_), member=str(member), name=name, text=text, at=clock.iso(at)),
        )
        for version, id_, member, name, text, at in reversed(rows[:CHAT_LINES])
    ]
    return (*known, *found)[-CHAT_LINES:]


def _peers(room: Room, since: datetime) -> list[PeerRow]:
    """The room's peers that run, or ended not long ago."""
    rows = PeerRow.objects.filter(Q(closed_at=None) | Q(closed_at__gte=since), member__room=room)
    return list(rows.order_by("opened_at"))


def _ended(rows: list[PeerRow], since: datetime) -> dict[str, Event]:
    return {
        f"peer{row.pk}": Event(
            row.closed_at, PeerClosed(peer=row.name, reason=row.end), member=row.member_id
        )
        for row in sorted(rows, key=lambda row: row.closed_at or since)
        if row.closed_at is not None and row.end != PeerEnd.CLOSED_BY_MEMBER
    }


def _views(rows: list[PeerRow]) -> dict[UUID, list[ViewLevelTold]]:
    """What each member is sent of its running subscriptions."""
    found: dict[UUID, list[ViewLevelTold]] = {}
    for row in rows:
        if row.closed_at is None and row.direction == Direction.SUBSCRIBE:
            told = ViewLevelTold(
                peer=row.name, source=str(row.source_id), level=ViewLevel(row.level)
            )
            found.setdefault(row.member_id, []).append(told)
    return found


def _stills(room: Room, since: datetime) -> dict[str, Event]:
    rows = StillRequest.objects.filter(
        Q(state=StillState.REQUESTED.value, requested_at__gte=since) | Q(settled_at__gte=since),
        room=room,
    )
    found = {}
    for row in rows.order_by("settled_at", "pk"):
        if row.settled_at is None:
            asked = StillRequested(request=str(row.pk), item=row.item or None)
            found[f"still{row.pk}"] = Event(row.requested_at, asked, standing=Standing.GUEST)
        else:
            settled = StillSettled(
                request=str(row.pk), evidence=row.evidence or None, code=row.code or None
            )
            # In place of the request, which nobody is asked any more.
            found[f"still{row.pk}"] = Event(row.settled_at, settled, standing=Standing.HOST)
    return found
