"""What a socket's client knows already, and so what it must be told after a look at the room."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from fieldsvc.kernel import clock, journal
from signaling import presence, view
from signaling.models import Member, Room
from signaling.presence import Seat
from signaling.protocol import ServerMessage, Standing
from signaling.protocol.server import (
    ChatMessageSent,
    MediaLevel,
    MemberState,
    PeerConditionTold,
    RecordingAlarmed,
    RoomChanged,
    RoomState,
    StreamChanged,
    ViewLevelTold,
)
from signaling.states import ViewLevel
from signaling.view import Reading

# A new socket is told of what ended or was asked for while the old one was gone.
LOOK_BACK = timedelta(seconds=60)
# Half of what a TURN credential lives.
RENEW_ICE = timedelta(minutes=5)


class Watch:
    """The difference between two looks, as messages."""

    def __init__(self) -> None:
        self.since = clock.now() - LOOK_BACK
        self._version = -1
        self._head = 0
        self._alarm = ""
        self._told: set[str] = set()
        self._members: dict[str, MemberState] = {}
        self._views: dict[str, ViewLevel] = {}
        self._renewed_at = clock.now()

    def begin(self, reading: Reading, standing: Standing) -> list[ServerMessage]:
        """The first look, whose state and chat went out with `welcome`."""
        self._version = reading.state.version
        self._head = reading.head
        self._renewed_at = clock.now()
        self._told.update(line.id for line in reading.state.chat)
        self._members = {member.id: member for member in reading.state.members}
        return self._events(reading, standing)

    def news(self, reading: Reading, standing: Standing) -> list[ServerMessage]:
        """What moved since the last look; the state first, so that events fall into it."""
        found: list[ServerMessage] = []
        if reading.state.version > self._version or self._ice_is_old():
            self._version = max(reading.state.version, self._version)
            self._renewed_at = clock.now()
            found.append(RoomChanged(state=reading.state))
        found += [
            ChatMessageSent(message=line) for line in reading.state.chat if self._new(line.id)
        ]
        found += self._fared(reading.state.members, standing)
        found += self._events(reading, standing)
        if reading.head > self._head:
            self._head = reading.head
            found.append(StreamChanged(head=reading.head))
        return found

    def is_behind(self, room: Room) -> bool:
        """Whether a look is due although no hint came."""
        moved = room.version > self._version or self._ice_is_old()
        return moved or journal.head(room.stream).length > self._head

    def _fared(self, members: list[MemberState], standing: Standing) -> list[ServerMessage]:
        """Levels that changed, and (for hosts) what hinders a member now."""
        found: list[ServerMessage] = []
        for now in members:
            was = self._members.get(now.id)
            if now.level is not None and now.level != (was.level if was else None):
                found.append(MediaLevel(member=now.id, level=now.level, reason=now.level_reason))
            known = was.condition if was else None
            if standing == Standing.HOST and now.condition != known:
                found.append(
                    PeerConditionTold(
                        member=now.id, condition=now.condition, since=now.condition_since
                    )
                )
        self._members = {member.id: member for member in members}
        return found

    def _events(self, reading: Reading, standing: Standing) -> list[ServerMessage]:
        found: list[ServerMessage] = []
        found += [s for s in reading.stills_requested if self._new("asked" + s.request)]
        found += [s for s in reading.stills_settled if self._new("settled" + s.request)]
        found += [p for p in reading.peers_closed if self._new("peer" + p.peer + p.reason)]
        found += self._viewed(reading.views)
        if reading.alarm != self._alarm:
            self._alarm = reading.alarm
            if reading.alarm and standing == Standing.HOST:
                found.append(RecordingAlarmed(cause=reading.alarm))
        return found

    def _viewed(self, views: list[ViewLevelTold]) -> list[ViewLevelTold]:
        """A new peer begins with everything; only what differs from what was told is told."""
        known, self._views = self._views, {view.peer: view.level for view in views}
        return [v for v in views if v.level != known.get(v.peer, ViewLevel.FULL)]

    def _new(self, key: str) -> bool:
        if key in self._told:
            return False
        self._told.add(key)
        return True

    def _ice_is_old(self) -> bool:
        return clock.now() - self._renewed_at > RENEW_ICE


@dataclass(frozen=True, slots=True)
class Look:
    """A seat and what it sees."""

    seat: Seat
    reading: Reading


def look(member_id: UUID, socket: str, since: datetime) -> Look:
    """One reading of the room for the socket that holds this seat; refusals as of `seat`."""
    seat = presence.seat(member_id, socket)
    return Look(seat, view.read(seat, since=since))


def last_state(member_id: UUID) -> RoomState:
    """The state of a room that is over, for the last message of its sockets."""
    member = Member.objects.select_related("room").get(pk=member_id)
    return view.room_state(member.room, member_id)
