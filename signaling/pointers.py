"""Pointers to a room's sockets: all of them, or those whose members have no data channel."""

from uuid import UUID

from signaling import push
from signaling.protocol.relayed import told_of
from signaling.push import Hint


def by_socket(room: UUID, member: str, text: str, *, reached: frozenset[str] = frozenset()) -> None:
    """Tell everyone in the room by socket, but for the sender and who has been reached already."""
    hint = Hint(type="member.pointed", text=text, reached=sorted({member, *reached}))
    push.send_group(push.room_group(room), hint)


class Relay:
    """What the media engine asks when a pointer comes by data channel."""

    def told(self, member: str, text: str) -> str | None:
        """The message in the words of the others; None when it is no pointer."""
        return told_of(member, text)

    def by_socket(self, room: str, member: str, text: str, reached: frozenset[str]) -> None:
        """Tell those who have no open channel."""
        by_socket(UUID(room), member, text, reached=reached)
