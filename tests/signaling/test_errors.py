"""HTTP and WebSocket say the same words for the same refusal."""

from fieldsvc.kernel.errors import Refusal
from signaling import errors
from signaling.protocol import ERRORS


def test_every_refusal_of_a_room_is_in_the_protocol_with_its_text() -> None:
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type)
        and issubclass(kind, Refusal)
        and kind.__module__ == errors.__name__
    ]
    known = {kind.code: kind for kind in kinds if kind.code in ERRORS}
    outside = {kind.code for kind in kinds} - set(known) - {"refused", "media_refused"}
    assert outside == set()
    for code, kind in known.items():
        assert (kind.title, kind.action) == (ERRORS[code].title, ERRORS[code].action)
