"""A member's pointer in the words in which the others are told of it."""

from signaling.protocol.client import Pointer, parse
from signaling.protocol.schema import MessageRefused
from signaling.protocol.server import Pointed, encode


def told(member: str, message: Pointer) -> str:
    """What the others hear of a member's pointer."""
    return encode(
        Pointed(
            member=member, source=message.source, x=message.x, y=message.y, stroke=message.stroke
        )
    )


def told_of(member: str, text: str) -> str | None:
    """As `told`, of what came by data channel; None when it is no pointer."""
    try:
        message = parse(text)
    except MessageRefused:
        return None
    return told(member, message) if isinstance(message, Pointer) else None
