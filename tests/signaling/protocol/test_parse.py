"""Untrusted text becomes a typed message or a refusal that names the field; nothing else."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signaling.protocol import CLIENT_MESSAGES, ERRORS, MessageRefused, parse
from signaling.protocol.client import ChatSend, Hello, MemberUpdate, PeerPublish, Stats


def refusal(message: object) -> MessageRefused:
    text = message if isinstance(message, str) else json.dumps(message)
    with pytest.raises(MessageRefused) as caught:
        parse(text)
    return caught.value


def test_a_hello_is_read() -> None:
    assert parse('{"type":"hello","id":"1","v":1,"ticket":"t"}') == Hello(id="1", v=1, ticket="t")


def test_a_field_that_version_1_does_not_know_is_left_out() -> None:
    text = '{"type":"chat.send","id":"1","text":"您好","colour":"red"}'
    assert parse(text) == ChatSend(id="1", text="您好")


def test_what_may_be_left_out_may_be_null_too() -> None:
    update = {"type": "member.update", "id": "1", "audio": True, "video": False, "visible": True}
    assert parse(json.dumps(update)) == parse(json.dumps({**update, "battery": None}))
    assert parse(json.dumps({**update, "battery": 0.5})) == MemberUpdate(
        id="1", audio=True, video=False, visible=True, battery=0.5
    )


def test_an_unknown_type_is_said_so_and_repeats_the_id() -> None:
    found = refusal({"type": "root.shell", "id": "7"})
    assert (found.code, found.reply_to) == ("message_unknown", "7")


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ("", ""),
        ("[]", ""),
        ("null", ""),
        ("{", ""),
        ("[" * 100_000, ""),
        ('{"type":"stats","id":"1","kbps":NaN}', ""),
        ({"id": "1"}, "type"),
        ({"type": 5, "id": "1"}, "type"),
        ({"type": "leave"}, "id"),
        ({"type": "leave", "id": 1}, "id"),
        ({"type": "leave", "id": "a b"}, "id"),
        ({"type": "leave", "id": "x" * 65}, "id"),
        ({"type": "hello", "id": "1", "v": 2, "ticket": "t"}, "v"),
        ({"type": "hello", "id": "1", "v": True, "ticket": "t"}, "v"),
        ({"type": "hello", "id": "1", "v": 1}, "ticket"),
        ({"type": "chat.send", "id": "1", "text": "x" * 501}, "text"),
        ({"type": "chat.send", "id": "1", "text": "  "}, "text"),
        ({"type": "chat.send", "id": "1", "text": "a\0b"}, "text"),
        ({"type": "chat.send", "id": "1", "text": "\ud800"}, "text"),
        ({"type": "chat.send", "id": "1", "text": None}, "text"),
        ({"type": "focus.set", "id": "1"}, "item"),
        ({"type": "focus.set", "id": "1", "item": ["A"]}, "item"),
        ({"type": "camera.ask", "id": "1", "facing": "up"}, "facing"),
        ({"type": "camera.ask", "id": "1", "torch": 1}, "torch"),
        ({"type": "pointer", "id": "1", "source": "m", "x": 1.1}, "x"),
        ({"type": "media.level", "id": "1", "level": "4K", "reason": "bandwidth"}, "level"),
        ({"type": "peer.condition", "id": "1"}, "condition"),
        ({"type": "peer.condition", "id": "1", "condition": "tired"}, "condition"),
        (
            {"type": "peer.publish", "id": "1", "peer": "p", "sdp": "v", "start_kbps": 1.5},
            "start_kbps",
        ),
        ({"type": "peer.publish", "id": "1", "peer": "p", "sdp": "x" * 49153}, "sdp"),
        ({"type": "stats", "id": "1", "fps": -1}, "fps"),
        ({"type": "stats", "id": "1", "fps": 10**400}, "fps"),
        ('{"type":"stats","id":"1","fps":1e999}', "fps"),
    ],
)
def test_a_wrong_field_is_named(message: object, field: str) -> None:
    found = refusal(message)
    assert (found.code, found.field) == ("message_invalid", field)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


# A busy machine makes values slowly; that says nothing about the parser.
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    type_=st.sampled_from(sorted(CLIENT_MESSAGES)),
    fields=st.dictionaries(
        st.sampled_from(
            ["v", "ticket", "member", "audio", "video", "visible", "peer", "sdp", "item", "text"]
        ),
        json_values,
    ),
)
def test_whatever_comes_is_a_message_or_a_known_refusal(
    type_: str, fields: dict[str, object]
) -> None:
    try:
        message = parse(json.dumps({"type": type_, "id": "1", **fields}))
    except MessageRefused as refused:
        assert refused.code in ERRORS
    else:
        assert isinstance(message, CLIENT_MESSAGES[type_])


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.text())
def test_any_text_at_all_is_answered(text: str) -> None:
    try:
        parse(text)
    except MessageRefused as refused:
        assert refused.code in ERRORS


def test_numbers_keep_their_type() -> None:
    offer = parse('{"type":"peer.publish","id":"1","peer":"p","sdp":"v=0","start_kbps":900}')
    assert isinstance(offer, PeerPublish)
    assert offer.start_kbps == 900
    assert parse('{"type":"stats","id":"1","fps":30}') == Stats(id="1", fps=30)
