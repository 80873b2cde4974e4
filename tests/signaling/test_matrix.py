"""Every message × every standing does exactly what MESSAGE_MATRIX says."""

from typing import Any

import pytest

from signaling.protocol import CLIENT_MESSAGES, MESSAGE_MATRIX, OK, Standing
from tests.signaling.conftest import Scene
from tests.support.room_client import RoomClient

# What the message answers when it is allowed but meets nothing to work on (no media node runs).
WHEN_ALLOWED = {
    "peer.publish": {"media_unavailable"},
    "peer.subscribe": {"source_unknown"},
    "peer.close": {"peer_unknown"},
    "still.done": {"request_unknown"},
    "still.failed": {"request_unknown"},
    "member.admit": {"member_unknown"},
}


def fields_of(type_: str) -> dict[str, Any]:
    samples: dict[str, dict[str, Any]] = {
        "hello": {"v": 1, "ticket": "t"},
        "member.admit": {"member": "nobody"},
        "member.update": {"audio": True, "video": True, "visible": True},
        "peer.publish": {"peer": "p1", "sdp": "v=0"},
        "peer.subscribe": {"peer": "p2", "source": "nobody", "sdp": "v=0"},
        "peer.close": {"peer": "p3"},
        "focus.set": {"item": "CY-01"},
        "still.request": {"item": None},
        "still.done": {"request": "r", "evidence": "e"},
        "still.failed": {"request": "r", "code": "camera_busy"},
        "camera.ask": {"facing": "other"},
        "pointer": {"source": "nobody", "x": 0.5, "y": 0.5},
        "media.level": {"level": "SD", "reason": "bandwidth"},
        "peer.condition": {"condition": "phone_call"},
        "chat.send": {"text": "您好"},
        "stats": {},
        "leave": {},
    }
    return samples[type_]


def test_the_matrix_lists_every_message_for_every_standing() -> None:
    assert set(MESSAGE_MATRIX) == set(CLIENT_MESSAGES)
    assert all(set(row) == set(Standing) for row in MESSAGE_MATRIX.values())


@pytest.mark.parametrize("standing", list(Standing))
async def test_every_message_is_answered_as_the_matrix_says(
    scene: Scene, standing: Standing
) -> None:
    client = await someone(scene, standing)
    for type_, row in MESSAGE_MATRIX.items():
        if type_ == "leave" and row[standing] == OK:
            continue  # the last word of its socket; test_hello has it
        if type_ == "hello" and row[standing] == OK:
            continue  # test_hello has it
        if type_ in {"stats", "pointer"} and row[standing] == OK:
            await client.send(type_, **fields_of(type_))
            continue  # never answered
        answer = await client.ask(type_, **fields_of(type_))
        code = answer.get("code", OK)
        allowed = WHEN_ALLOWED.get(type_, {OK})
        assert code in (allowed if row[standing] == OK else {row[standing]}), type_


async def someone(scene: Scene, standing: Standing) -> RoomClient:
    match standing:
        case Standing.STRANGER:
            return await RoomClient().connect()
        case Standing.WAITING:
            return await scene.enter(scene.li)
        case Standing.GUEST:
            return (await scene.enter_admitted())[1]
        case Standing.HOST:
            return (await scene.enter_admitted())[0]
