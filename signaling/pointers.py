"""Pointers as a room's members are told them: one shape by socket and by data channel."""

from uuid import UUID

from signaling import push
from signaling.protocol import MessageRefused, client, encode, parse
from signaling.protocol.server import Pointed
from signaling.push import Hint


def told(member: str, message: client.Pointer) -> str:
    """What the others hear of a member's pointer."""
    return encode(
        Pointed(
            member=member, source=message.source, x=message.x, y=message.y, stroke=message.stroke
        )
    )


def by_socket(room: UUID, member: str, text: str, *, reached: frozenset[str] = frozenset()) -> None:
    """Tell everyone in the room by socket, but for the sender and who has been reached already."""
    hint = Hint(type="member.pointed", text=text, reached=sorted({member, *reached}))
    push.send_group(push.room_group(room), hint)


class Relay:
    """What the media engine asks when a pointer comes by data channel."""

    def told(self, member: str, text: str) -> str | None:
        """The message in the words of the others; None when it is no pointer."""
        try:
            message = parse(text)
        except MessageRefused:
            return None
        return told(member, message) if isinstance(message, client.Pointer) else None

    def by_socket(self, room: str, member: str, text: str, reached: frozenset[str]) -> None:
        """Tell those who have no open channel."""
        by_socket(UUID(room), member, text, reached=reached)
