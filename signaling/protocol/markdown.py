"""The protocol as a document, for docs/PROTOCOL.md: prose from prose.py, tables from the types."""

from inspect import getdoc
from typing import Literal, get_args, get_origin

from signaling.protocol import client, codes, server
from signaling.protocol.matrix import MESSAGE_MATRIX, OK, Standing
from signaling.protocol.prose import CLIENT_INTRO, INTRO, PARTS_INTRO, SERVER_INTRO
from signaling.protocol.schema import Shape, shapes
from signaling.protocol.typescript import PARTS, type_name
from signaling.states import CAUSE_LABELS, PeerEnd

_ENDS = {
    PeerEnd.CLOSED_BY_MEMBER: "You sent `peer.close`; never announced.",
    PeerEnd.REPLACED: (
        "A newer peer of yours took its place: a publish that is connected, or one of the same id."
    ),
    PeerEnd.NO_PACKETS: "No packet, not even RTCP, arrived for 6 seconds. Offer again.",
    PeerEnd.NOT_CONNECTED: "Not connected within 20 seconds. Offer again, with relay only.",
    PeerEnd.FAILED: "The connection broke. Offer again.",
    PeerEnd.REFUSED: "The offer was refused; it follows the `error`, which said why.",
    PeerEnd.MEMBER_GONE: "The member left or was taken out of the room.",
    PeerEnd.MEDIA_RESTARTED: "The media node went away. Offer again at once: another one answers.",
    PeerEnd.ROOM_CLOSED: "The room is over.",
}


def render() -> str:
    """The whole document."""
    return "\n".join(
        [
            INTRO,
            _closes(),
            CLIENT_INTRO,
            _matrix(),
            *(_section(t, cls) for t, cls in client.CLIENT_MESSAGES.items()),
            SERVER_INTRO,
            *(_section(t, cls) for t, cls in server.SERVER_MESSAGES.items()),
            PARTS_INTRO,
            *(_section(part.__name__, part) for part in PARTS),
            _peer_ends(),
            _causes(),
            _errors(),
        ]
    )


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _section(title: str, cls: type) -> str:
    if cls in client.TYPE_OF:
        head = ["field", "type", "limits", "meaning"]
        rows = [[f"`{s.name}`", _type(s), _limits(s), s.rule.doc] for s in shapes(cls)]
    else:
        head = ["field", "type", "meaning"]
        rows = [[f"`{s.name}`", _type(s), s.rule.doc] for s in shapes(cls)]
    table = _table(head, rows)
    return f"### {title}\n\n{getdoc(cls)}\n\n{table}"


def _type(shape: Shape) -> str:
    kind = shape.kind
    text = type_name(kind)
    if get_origin(kind) is Literal:
        text = " \\| ".join(f"`{item}`" for item in get_args(kind))
    text = text.replace(" | ", " \\| ")
    return text + (" or null" if shape.nullable else "")


def _limits(shape: Shape) -> str:
    rule = shape.rule
    if rule.name:
        name = "1 to 64 of `A–Z a–z 0–9 _ -`"
        return f"{name}; may be left out" if shape.optional else name
    unit = " characters" if shape.kind is str else ""
    low, high = rule.at_least, rule.at_most
    if low is None and high is None:
        return "may be left out" if shape.optional else ""
    span = " to ".join(f"{bound:.0f}" for bound in (low, high) if bound is not None)
    if low is None:
        span = f"at most {span}"
    return f"{span}{unit}" + ("; may be left out" if shape.optional else "")


def _matrix() -> str:
    rows = [
        [f"`{type_}`", *("yes" if row[s] == OK else f"`{row[s]}`" for s in Standing)]
        for type_, row in MESSAGE_MATRIX.items()
    ]
    return _table(["message", "before hello", "host", "guest", "waiting guest"], rows)


def _closes() -> str:
    rows = [
        [str(code.value), f"`{code.name.lower()}`", text.meaning, text.reconnect]
        for code, text in codes.CLOSE_TEXTS.items()
    ]
    return _table(["code", "name", "why", "come back?"], rows)


def _peer_ends() -> str:
    rows = [[f"`{end.value}`", _ENDS[end]] for end in PeerEnd]
    return "## Peers: why one was closed\n\n" + _table(["reason", "meaning"], rows)


def _causes() -> str:
    rows = [[f"`{cause.value}`", label] for cause, label in CAUSE_LABELS.items()]
    return (
        "## Gaps: why a stretch is not recorded\n\n"
        "Journal (`recording.gap_named`; `observed` is what the node saw, `cause` what the page\n"
        "said of it, where it did) and coverage use these words.\n\n"
    ) + _table(["cause", "as people read it"], rows)


def _errors() -> str:
    rows = [
        [f"`{code}`", text.meaning, text.title, text.action] for code, text in codes.ERRORS.items()
    ]
    return "## Errors\n\n" + _table(["code", "when", "title", "action"], rows).rstrip() + "\n"
