"""Client → server: every message, who may send it, and how untrusted text becomes one of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final, Literal, TypeAlias, TypeVar

from signaling.protocol.schema import MessageRefused, Name, Rule, build, read

Facing: TypeAlias = Literal["user", "environment"]
FacingWish: TypeAlias = Literal["user", "environment", "other"]
LevelWord: TypeAlias = Literal["HD", "SD", "VOICE_STILLS"]
LevelReasonWord: TypeAlias = Literal["bandwidth", "processor", "battery", "recovered"]
ConditionWord: TypeAlias = Literal[
    "phone_call", "background", "network_change", "camera_taken", "muted", "battery_low"
]
MAX_SDP: Final = 48 * 1024
MAX_CHAT: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientMessage:
    """What every message of a client has."""

    id: Annotated[Name, Rule("Your own id of this message; the reply repeats it.", name=True)]


C = TypeVar("C", bound=ClientMessage)
CLIENT_MESSAGES: Final[dict[str, type[ClientMessage]]] = {}
TYPE_OF: Final[dict[type[ClientMessage], str]] = {}


def _message(type_: str) -> Callable[[type[C]], type[C]]:
    def register(cls: type[C]) -> type[C]:
        CLIENT_MESSAGES[type_] = cls
        TYPE_OF[cls] = type_
        return cls

    return register


_PEER = Rule("Your id of the peer connection, new for each one.", name=True)
_SDP = Rule("The whole offer, candidates gathered (no trickle).", at_most=MAX_SDP, at_least=1)
_REQUEST = Rule("The request's id from `still.requested`.", name=True)
_ITEM = Rule("Code of the checklist item, or null for none.", at_most=64, at_least=1)


@_message("hello")
@dataclass(frozen=True, slots=True, kw_only=True)
class Hello(ClientMessage):
    """First message on every socket, within 5 seconds. Answered by `welcome`."""

    v: Annotated[Literal[1], Rule("Version of this protocol.")]
    ticket: Annotated[str, Rule("Ticket got by HTTP, 60 seconds, once.", at_most=600, at_least=1)]
    chat_once: Annotated[
        bool, Rule("Take each line of the chat once, see Truth, order and loss.")
    ] = False


@_message("member.admit")
@dataclass(frozen=True, slots=True, kw_only=True)
class MemberAdmit(ClientMessage):
    """Let a waiting guest in. Admitting an admitted guest changes nothing."""

    member: Annotated[Name, Rule("The guest's member id.", name=True)]


@_message("member.update")
@dataclass(frozen=True, slots=True, kw_only=True)
class MemberUpdate(ClientMessage):
    """Say how you are: which of your tracks are on, and how the phone fares."""

    audio: Annotated[bool, Rule("The microphone is on.")]
    video: Annotated[bool, Rule("The camera is on.")]
    visible: Annotated[bool, Rule("The page is in the foreground.")]
    network: Annotated[str | None, Rule("For example `wifi`, `4g`.", at_most=32)] = None
    battery: Annotated[float | None, Rule("Charge from 0 to 1.", at_most=1, at_least=0)] = None
    reason: Annotated[
        str | None, Rule("Why a track is off, for example `phone_call`.", at_most=64)
    ] = None
    facing: Annotated[Facing | None, Rule("Which camera sends, as `facingMode` says.")] = None
    torch: Annotated[bool | None, Rule("The lamp is on; null when there is none.")] = None


@_message("peer.condition")
@dataclass(frozen=True, slots=True, kw_only=True)
class PeerCondition(ClientMessage):
    """Say what hinders your media, or (null) that nothing does any more. Shown to the hosts.

    Journalled, and the cause of a gap in the recording that falls into it. The newest replaces
    the one before. A page that could not say it in time says it on return, with `seconds_ago`.
    """

    condition: Annotated[ConditionWord | None, Rule("What it is; null when it is over.")]
    seconds_ago: Annotated[
        float | None, Rule("When it began, if not now.", at_least=0, at_most=3600)
    ] = None


@_message("media.level")
@dataclass(frozen=True, slots=True, kw_only=True)
class MediaLevelTold(ClientMessage):
    """Say that your page stepped what it sends down or up by itself; everyone is told.

    The server asks for nothing above it. Say it again after each `peer.publish`, which begins at
    HD.
    """

    level: Annotated[LevelWord, Rule("What you send from now on.")]
    reason: Annotated[LevelReasonWord, Rule("Why.")]


@_message("peer.publish")
@dataclass(frozen=True, slots=True, kw_only=True)
class PeerPublish(ClientMessage):
    """Send your media: an audio and a video section, or one of them. Answered by `peer.answer`.

    sendrecv is taken as sendonly. A second publish replaces the first once it is connected; the
    first is then closed with `replaced`. An id that is used again ends the peer that has it.
    """

    peer: Annotated[Name, _PEER]
    sdp: Annotated[str, _SDP]
    start_kbps: Annotated[
        int | None, Rule("Measured upload, for the start bitrate.", at_most=20000, at_least=50)
    ] = None


@_message("peer.subscribe")
@dataclass(frozen=True, slots=True, kw_only=True)
class PeerSubscribe(ClientMessage):
    """Receive another member's media (recvonly or sendrecv). Answered by `peer.answer`."""

    peer: Annotated[Name, _PEER]
    source: Annotated[Name, Rule("Member id of the one who publishes.", name=True)]
    sdp: Annotated[str, _SDP]


@_message("peer.close")
@dataclass(frozen=True, slots=True, kw_only=True)
class PeerClose(ClientMessage):
    """End one of your peer connections. No `peer.closed` comes back for it."""

    peer: Annotated[Name, _PEER]


@_message("focus.set")
@dataclass(frozen=True, slots=True, kw_only=True)
class FocusSet(ClientMessage):
    """Show everyone which checklist item is being looked at."""

    item: Annotated[str | None, _ITEM]


@_message("still.request")
@dataclass(frozen=True, slots=True, kw_only=True)
class StillRequest(ClientMessage):
    """Ask the guest's phone for a photo. The `ack` carries the request's id."""

    item: Annotated[str | None, _ITEM]


@_message("still.done")
@dataclass(frozen=True, slots=True, kw_only=True)
class StillDone(ClientMessage):
    """The photo was taken and uploaded by HTTP; hosts hear of it and read the evidence there."""

    request: Annotated[Name, _REQUEST]
    evidence: Annotated[Name, Rule("Id of the evidence the upload became.", name=True)]


@_message("still.failed")
@dataclass(frozen=True, slots=True, kw_only=True)
class StillFailed(ClientMessage):
    """The phone could not take or upload the photo."""

    request: Annotated[Name, _REQUEST]
    code: Annotated[Name, Rule("Why, for example `camera_busy`, `upload_failed`.", name=True)]


@_message("camera.ask")
@dataclass(frozen=True, slots=True, kw_only=True)
class CameraAsk(ClientMessage):
    """Ask the guest's phone for another camera or its lamp; null asks for nothing.

    What came of it stands in the guest's `phone`: `facing` and `torch`.
    """

    facing: Annotated[FacingWish | None, Rule("Which camera; `other`: not the one of now.")] = None
    torch: Annotated[bool | None, Rule("Lamp on or off.")] = None


@_message("pointer")
@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer(ClientMessage):
    """Point into a member's picture, or draw on it. Handed on at once, never stored; no `ack`.

    Send at most 20 a second; what goes beyond 25 is dropped.
    """

    source: Annotated[Name, Rule("Member id of the one whose picture it is.", name=True)]
    x: Annotated[
        float | None,
        Rule("From the left, of the width; null: take it away.", at_least=0, at_most=1),
    ] = None
    y: Annotated[float | None, Rule("From the top, of the height.", at_least=0, at_most=1)] = None
    stroke: Annotated[
        Name | None, Rule("Points of one stroke are joined; null: only point.", name=True)
    ] = None


@_message("chat.send")
@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSend(ClientMessage):
    """Say something to everyone in the room; kept with the dossier."""

    text: Annotated[str, Rule("1 to 500 characters.", at_most=MAX_CHAT, at_least=1)]


@_message("stats")
@dataclass(frozen=True, slots=True, kw_only=True)
class Stats(ClientMessage):
    """A sign of life with what the browser measures; send one every 5 seconds. No `ack`.

    `line_kbps` helps the server to find the level that a publisher's line bears: after a
    `media.level` upward say it within 3 seconds.
    """

    peer: Annotated[Name | None, Rule("The peer the figures are of.", name=True)] = None
    kbps: Annotated[float | None, Rule("Bitrate.", at_least=0, at_most=1e6)] = None
    fps: Annotated[float | None, Rule("Frames per second.", at_least=0, at_most=1000)] = None
    width: Annotated[int | None, Rule("Pixels.", at_least=0, at_most=16384)] = None
    height: Annotated[int | None, Rule("Pixels.", at_least=0, at_most=16384)] = None
    rtt_ms: Annotated[float | None, Rule("Round trip.", at_least=0, at_most=1e6)] = None
    packets_lost: Annotated[
        int | None, Rule("Since the start.", at_least=-(2**31), at_most=2**40)
    ] = None
    freezes: Annotated[int | None, Rule("Since the start.", at_least=0, at_most=2**31)] = None
    limited: Annotated[str | None, Rule("`qualityLimitationReason` of the sender.", at_most=32)] = (
        None
    )
    line_kbps: Annotated[
        float | None,
        Rule("What the line bears: `availableOutgoingBitrate`.", at_least=0, at_most=1e7),
    ] = None


@_message("leave")
@dataclass(frozen=True, slots=True, kw_only=True)
class Leave(ClientMessage):
    """Go, and say so: the others see it at once instead of after the lease."""


def parse(text: str) -> ClientMessage:
    """The message in `text`; unknown fields are left out (a newer page may send more).

    Refuses with MessageRefused `message_unknown` or `message_invalid` (naming the field).
    """
    data = read(text)
    given = data.get("id")
    reply_to = given if isinstance(given, str) and len(given) <= 64 else None
    type_ = data.get("type")
    if not isinstance(type_, str):
        raise MessageRefused("message_invalid", field="type", reply_to=reply_to)
    cls = CLIENT_MESSAGES.get(type_)
    if cls is None:
        raise MessageRefused("message_unknown", reply_to=reply_to)
    try:
        return build(cls, data)
    except MessageRefused as refused:
        raise MessageRefused(refused.code, field=refused.field, reply_to=reply_to) from None
