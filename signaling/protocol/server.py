"""Server → client: every message and the parts they are made of."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final, Literal, TypeVar

from signaling.protocol.client import FacingWish
from signaling.protocol.codes import ERRORS, VERSION
from signaling.protocol.schema import Name, Rule, plain
from signaling.states import (
    Condition,
    Direction,
    Level,
    LevelReason,
    Link,
    Recording,
    Role,
    ViewLevel,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publishing:
    """Which tracks are on, as `member.update` last said; null without a connected publish.

    A track that is on and brings nothing is still on here: see `recording.alarm`.
    """

    audio: bool
    video: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """What a member's page last said of itself."""

    visible: bool
    network: str | None
    battery: float | None
    reason: str | None
    facing: Annotated[str | None, Rule("`user` or `environment`.")]
    torch: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberState:
    """One member as everyone in the room sees it. RECORDER is the server's own recording."""

    id: Name
    role: Role
    name: str
    label: str
    subject: Annotated[str, Rule("Opaque id given by whoever opened the room.")]
    admitted: bool
    online: Annotated[bool, Rule("The member's lease runs.")]
    publishing: Publishing | None
    phone: Phone | None
    link: Annotated[Link | None, Rule("How the media arrive, or last did; null before any.")]
    level: Annotated[
        Level | None, Rule("What of them the line carries, or last did; null until it is known.")
    ]
    level_reason: LevelReason | None
    condition: Annotated[Condition | None, Rule("What hinders them, as the member's page says.")]
    condition_since: Annotated[str | None, Rule("ISO 8601, UTC.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingState:
    """The recording, as everyone may see it."""

    state: Annotated[Recording, Rule("OFF: no publish is open. ALARM ends here, by no message.")]
    since: Annotated[str | None, Rule("The first start, kept when OFF. ISO 8601, UTC.")]
    segments: Annotated[int, Rule("Closed, hashed and stored so far.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatLine:
    """One line of the chat."""

    id: Name
    member: Name
    name: str
    text: str
    at: Annotated[str, Rule("ISO 8601, UTC.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class IceServer:
    """For `RTCPeerConnection`; the credential lives 10 minutes and is renewed by `room.state`."""

    urls: list[str]
    username: str | None
    credential: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomState:
    """The whole room. Always complete (but for `chat`): the newest replaces all that was known."""

    version: Annotated[int, Rule("Grows with every change of the room.")]
    room: Name
    opened_at: Annotated[str, Rule("ISO 8601, UTC.")]
    closed: bool
    focus: Annotated[str | None, Rule("Code of the checklist item being looked at.")]
    members: list[MemberState]
    recording: RecordingState
    chat: Annotated[
        list[ChatLine],
        Rule("The last 200 lines; with `chat_once` only in `welcome`."),
    ]
    ice_servers: list[IceServer]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerFigures:
    """One peer connection as the server measures it; a subscription without picture or frames."""

    peer: Annotated[Name, Rule("The id its member gave it.")]
    member: Name
    source: Annotated[Name, Rule("The member whose media it carries.")]
    direction: Direction
    connected: bool
    width: int
    height: int
    fps: float
    kbps: float
    packets_lost: Annotated[int, Rule("Since the start.")]
    packets_dropped: Annotated[int, Rule("Not sent on, because this member was too slow.")]
    loss_percent: Annotated[float, Rule("Of the packets since the last `media.stats`.")]
    rtt_ms: float | None
    last_packet_age_ms: float | None
    frames_received: Annotated[int, Rule("Of picture and sound.")]
    frames_recorded: int
    level: Annotated[
        str,
        Rule(
            "What a publisher sends (HD, SD, VOICE_STILLS) or a viewer is sent (FULL, HALF, "
            "QUARTER, VOICE); empty until it is known."
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFigures:
    """The recording, as hosts watch it."""

    state: Recording
    segments: int
    coverage_percent: Annotated[float, Rule("Of the time since the guest was first admitted.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerMessage:
    """What every message of the server is."""


S = TypeVar("S", bound=ServerMessage)
SERVER_MESSAGES: Final[dict[str, type[ServerMessage]]] = {}
TYPE_OF: Final[dict[type[ServerMessage], str]] = {}


def _message(type_: str) -> Callable[[type[S]], type[S]]:
    def register(cls: type[S]) -> type[S]:
        SERVER_MESSAGES[type_] = cls
        TYPE_OF[cls] = type_
        return cls

    return register


_REPLY = Rule("`id` of the client's message.")


@_message("welcome")
@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome(ServerMessage):
    """The answer to `hello`."""

    v: Annotated[Literal[1], Rule("Version of this protocol.")] = VERSION
    member: Annotated[Name, Rule("Your member id.")]
    state: RoomState


@_message("room.state")
@dataclass(frozen=True, slots=True, kw_only=True)
class RoomChanged(ServerMessage):
    """Sent whenever the version moved; changes close together come as one."""

    state: RoomState


@_message("stream.changed")
@dataclass(frozen=True, slots=True, kw_only=True)
class StreamChanged(ServerMessage):
    """Something was journalled about this inspection: re-read your HTTP resources."""

    head: Annotated[int, Rule("Number of the newest journal entry.")]


@_message("peer.answer")
@dataclass(frozen=True, slots=True, kw_only=True)
class PeerAnswer(ServerMessage):
    """The session description for `setRemoteDescription`."""

    reply_to: Annotated[Name, _REPLY]
    peer: Name
    sdp: str


@_message("peer.closed")
@dataclass(frozen=True, slots=True, kw_only=True)
class PeerClosed(ServerMessage):
    """One of your peer connections is over at the server. Close it; see Reconnecting."""

    peer: Name
    reason: Annotated[str, Rule("One of the reasons listed under Peers.")]


@_message("still.requested")
@dataclass(frozen=True, slots=True, kw_only=True)
class StillRequested(ServerMessage):
    """To the guest: take a photo now, upload it, answer `still.done` or `still.failed`."""

    request: Name
    item: str | None


@_message("still.settled")
@dataclass(frozen=True, slots=True, kw_only=True)
class StillSettled(ServerMessage):
    """To the hosts: what became of a request. Exactly one of `evidence` and `code` is set."""

    request: Name
    evidence: Name | None = None
    code: str | None = None


@_message("camera.ask")
@dataclass(frozen=True, slots=True, kw_only=True)
class CameraAsked(ServerMessage):
    """To the guest: switch camera or lamp, then say what is on by `member.update`."""

    facing: Annotated[FacingWish | None, Rule("Null: leave the camera.")]
    torch: Annotated[bool | None, Rule("Null: leave the lamp.")]


@_message("pointer")
@dataclass(frozen=True, slots=True, kw_only=True)
class Pointed(ServerMessage):
    """A member points into a picture or draws on it. Never to the one who does."""

    member: Annotated[Name, Rule("Who points.")]
    source: Annotated[Name, Rule("Whose picture it is.")]
    x: Annotated[float | None, Rule("0 to 1 from the left; null: it was taken away.")]
    y: Annotated[float | None, Rule("0 to 1 from the top.")]
    stroke: Name | None


@_message("media.level")
@dataclass(frozen=True, slots=True, kw_only=True)
class MediaLevel(ServerMessage):
    """What a member sends was stepped down or up; told to all, and you send no more than this.

    HD: up to the start bitrate. SD: 360 lines, at most 150 kbit/s of media. VOICE_STILLS: the
    camera track off, voice, and photos by `still.requested`; at most 64 kbit/s.
    """

    member: Name
    level: Level
    reason: LevelReason | None


@_message("view.level")
@dataclass(frozen=True, slots=True, kw_only=True)
class ViewLevelTold(ServerMessage):
    """Only to you: your line bears less, or more again, of what you receive on this peer.

    FULL: all. HALF, QUARTER: that part of the pictures, each as sharp. VOICE: no picture.
    """

    peer: Name
    source: Annotated[Name, Rule("The member whose media it carries.")]
    level: ViewLevel


@_message("peer.condition")
@dataclass(frozen=True, slots=True, kw_only=True)
class PeerConditionTold(ServerMessage):
    """To the hosts: what hinders a member's media, or (null) that nothing does any more."""

    member: Name
    condition: Condition | None
    since: Annotated[str | None, Rule("ISO 8601, UTC.")]


@_message("chat.message")
@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessageSent(ServerMessage):
    """A new line of the chat, your own too; in `room.state` as well, unless you take each once."""

    message: ChatLine


@_message("media.stats")
@dataclass(frozen=True, slots=True, kw_only=True)
class MediaStats(ServerMessage):
    """To the hosts, every 2 seconds while any peer stands. A lost one is not repeated."""

    peers: list[PeerFigures]
    recording: RecordingFigures


@_message("recording.alarm")
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingAlarmed(ServerMessage):
    """To the hosts: the recording is in danger while the call goes on."""

    cause: Annotated[str, Rule("`disk_full`, `track_silent` or `write_failed`.")]


@_message("ack")
@dataclass(frozen=True, slots=True, kw_only=True)
class Ack(ServerMessage):
    """The message was carried out and is stored."""

    reply_to: Annotated[Name, _REPLY]
    request: Annotated[Name | None, Rule("After `still.request`: the request's id.")] = None


@_message("error")
@dataclass(frozen=True, slots=True, kw_only=True)
class Error(ServerMessage):
    """The message was not carried out; nothing changed."""

    reply_to: Annotated[Name | None, _REPLY] = None
    code: str
    title: Annotated[str, Rule("What happened, in Chinese, for the person.")]
    action: Annotated[str, Rule("What to do now, in Chinese.")]
    field: Annotated[str | None, Rule("With `message_invalid`: which field.")] = None


@_message("bye")
@dataclass(frozen=True, slots=True, kw_only=True)
class Bye(ServerMessage):
    """Last message before the server closes the socket with this code."""

    code: Annotated[int, Rule("The close code.")]
    reason: Annotated[str, Rule("Its name.")]


def error(code: str, *, reply_to: str | None = None, field: str | None = None) -> Error:
    """The error message of a code of this protocol, text and all."""
    text = ERRORS[code]
    return Error(reply_to=reply_to, code=code, title=text.title, action=text.action, field=field)


def encode(message: ServerMessage) -> str:
    """One message as it goes over the wire."""
    body = plain(message)
    assert isinstance(body, dict)  # noqa: S101  a dataclass is an object
    return json.dumps({"type": TYPE_OF[type(message)], **body}, ensure_ascii=False)
