"""Who may send what. This table is the law: the consumer reads it and the tests hold it to it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

OK: Final = "ok"


class Standing(StrEnum):
    """What the sender of a message is at that moment."""

    STRANGER = "STRANGER"  # no hello yet
    HOST = "HOST"
    GUEST = "GUEST"
    WAITING = "WAITING"  # a guest who is not admitted


def _row(*, host: str = OK, guest: str = OK, waiting: str = OK) -> Mapping[Standing, str]:
    return {
        Standing.STRANGER: "hello_expected",
        Standing.HOST: host,
        Standing.GUEST: guest,
        Standing.WAITING: waiting,
    }


_HOST_ONLY: Final = _row(guest="not_allowed", waiting="not_allowed")
_GUEST_ONLY: Final = _row(host="not_allowed", waiting="not_admitted")
_ADMITTED: Final = _row(waiting="not_admitted")

MESSAGE_MATRIX: Final[Mapping[str, Mapping[Standing, str]]] = {
    "hello": {
        Standing.STRANGER: OK,
        Standing.HOST: "hello_repeated",
        Standing.GUEST: "hello_repeated",
        Standing.WAITING: "hello_repeated",
    },
    "member.admit": _HOST_ONLY,
    "member.update": _row(),
    "peer.publish": _ADMITTED,
    "peer.subscribe": _ADMITTED,
    "peer.close": _ADMITTED,
    "focus.set": _HOST_ONLY,
    "still.request": _HOST_ONLY,
    "still.done": _GUEST_ONLY,
    "still.failed": _GUEST_ONLY,
    "camera.ask": _HOST_ONLY,
    "pointer": _ADMITTED,
    "media.level": _ADMITTED,
    "peer.condition": _ADMITTED,
    "chat.send": _row(),
    "stats": _row(),
    "leave": _row(),
}
