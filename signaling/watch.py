"""What a socket's client knows already, and so what it must be told after a look at the room."""

from datetime import timedelta

from fieldsvc.kernel import clock, journal
from signaling.models import Room
from signaling.presence import Seat
from signaling.protocol import ServerMessage, Standing
from signaling.protocol.server import (
    ChatMessageSent,
    MediaLevel,
    MemberState,
    PeerConditionTold,
    RecordingAlarmed,
    RoomChanged,
    StreamChanged,
    ViewLevelTold,
    Welcome,
)
from signaling.states import ViewLevel
from signaling.view import LOOK_BACK, Reading

# Half of what a TURN credential lives.
RENEW_ICE = timedelta(minutes=5)


class Watch:
    """The difference between two looks, as messages."""

    def __init__(self) -> None:
        self._since = clock.now() - LOOK_BACK
        self._chat_once = False
        self._version = -1
        self._line = -1
        self._head = 0
        self._alarm = ""
        self._told: set[str] = set()
        self._members: list[MemberState] = []
        self._views: dict[str, ViewLevel] = {}
        self._renewed_at = clock.now()

    def begin(self, reading: Reading, held: Seat, *, chat_once: bool) -> list[ServerMessage]:
        """The first look: the welcome with everything, and what it does not say."""
        self._chat_once = chat_once
        self._version = reading.version
        self._line = reading.last_line
        self._head = reading.head
        self._renewed_at = clock.now()
        self._members = reading.state.members
        state = reading.state_for(held.member.pk, chat=True)
        return [Welcome(member=str(held.member.pk), state=state), *self._events(reading, held)]

    def news(self, reading: Reading, held: Seat) -> list[ServerMessage]:
        """What moved since the last look; the state first, so that events fall into it."""
        found: list[ServerMessage] = []
        if reading.version > self._version or self._ice_is_old():
            self._version = max(reading.version, self._version)
            self._renewed_at = clock.now()
            found.append(self.state(reading, held))
        found += [
            ChatMessageSent(message=line.told)
            for line in reading.lines
            if line.version > self._line
        ]
        self._line = max(reading.last_line, self._line)
        found += self._fared(reading.state.members, held.standing)
        found += self._events(reading, held)
        if reading.head > self._head:
            self._head = reading.head
            found.append(StreamChanged(head=reading.head))
        return found

    def state(self, reading: Reading, held: Seat) -> RoomChanged:
        """The room for this client: without the chat, if it takes each line only once."""
        return RoomChanged(state=reading.state_for(held.member.pk, chat=not self._chat_once))

    def is_behind(self, room: Room) -> bool:
        """Whether a look is due although no hint came."""
        moved = room.version > self._version or self._ice_is_old()
        return moved or journal.head(room.stream).length > self._head

    def _fared(self, members: list[MemberState], standing: Standing) -> list[ServerMessage]:
        """Levels that changed, and (for hosts) what hinders a member now."""
        if members is self._members:
            return []
        known = {member.id: member for member in self._members}
        self._members = members
        found: list[ServerMessage] = []
        for now in members:
            was = known.get(now.id)
            if now.level is not None and now.level != (was.level if was else None):
                found.append(MediaLevel(member=now.id, level=now.level, reason=now.level_reason))
            if standing == Standing.HOST and now.condition != (was.condition if was else None):
                found.append(
                    PeerConditionTold(
                        member=now.id, condition=now.condition, since=now.condition_since
                    )
                )
        return found

    def _events(self, reading: Reading, held: Seat) -> list[ServerMessage]:
        found: list[ServerMessage] = [
            event.message
            for key, event in reading.events.items()
            if event.at >= self._since
            and event.is_for(held)
            and self._new(f"{key} {event.at.timestamp()}")
        ]
        found += self._viewed(reading.views.get(held.member.pk, []))
        if reading.room.alarm != self._alarm:
            self._alarm = reading.room.alarm
            if self._alarm and held.standing == Standing.HOST:
                found.append(RecordingAlarmed(cause=self._alarm))
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
