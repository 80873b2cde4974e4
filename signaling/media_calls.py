"""Calls to the media node that holds a room, over the channel layer. A call may get no answer."""

import asyncio
from dataclasses import dataclass
from typing import Final, Literal, TypedDict, cast
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.exceptions import ChannelFull
from channels.layers import BaseChannelLayer, InMemoryChannelLayer, get_channel_layer
from redis.exceptions import RedisError

from fieldsvc.kernel import ids
from signaling import placing, push
from signaling.database import in_thread
from signaling.errors import MediaRefused, MediaUnavailable, SourceUnknown
from signaling.models import MediaNode, Member, Room
from signaling.protocol import ERRORS

ANSWER_WITHIN: Final = 10.0

Verb = Literal[
    "publish",
    "subscribe",
    "close_peer",
    "close_room",
    "drop_member",
    "grab_frame",
    "tell_level",
    "tell_rate",
]
UNANSWERED: Final[frozenset[Verb]] = frozenset({"close_peer", "tell_level", "tell_rate"})
"""Should the message be lost, the node finds out by itself, or hears it again."""


class Command(TypedDict, total=False):
    """What a node is asked to do; only the fields its verb needs are set."""

    type: Literal["media.command"]
    verb: Verb
    request: str
    reply_to: str
    room: str
    member: str
    peer: str
    source: str
    sdp: str
    start_kbps: int | None
    kbps: float
    level: str


class Reply(TypedDict, total=False):
    """What came of a command: `code` is empty when it went well."""

    type: Literal["media.reply"]
    request: str
    code: str
    sdp: str
    picture: bytes


@dataclass(frozen=True, slots=True)
class Source:
    room: UUID
    member: UUID
    channel: str


def layer() -> BaseChannelLayer:
    found = get_channel_layer()
    if found is None:
        raise RuntimeError("CHANNEL_LAYERS is not configured")
    return cast("BaseChannelLayer", found)


async def send(channel: str, message: Command | Reply) -> None:
    """Put a message on a channel; refuses `media_unavailable` when the layer is down or full."""
    try:
        await layer().send(channel, dict(message))
    except (ChannelFull, RedisError, OSError) as error:
        raise MediaUnavailable from error


async def ask(channel: str, command: Command, *, within: float = ANSWER_WITHIN) -> Reply:
    """Send a command and wait for its answer on a channel of its own.

    Refuses `media_unavailable` without an answer in time; MediaRefused with the node's code.
    """
    own = await layer().new_channel()
    asked = command.copy()
    asked.update({"request": ids.new().hex, "reply_to": own})
    await send(channel, asked)
    try:
        async with asyncio.timeout(within):
            reply = cast("Reply", await layer().receive(own))
    except TimeoutError:
        raise MediaUnavailable from None
    if code := reply.get("code", ""):
        raise refusal(code)
    return reply


def refusal(code: str) -> MediaRefused | MediaUnavailable | SourceUnknown:
    """The node's refusal as one of ours; a code the protocol does not know means a lost room."""
    if code == SourceUnknown.code:
        return SourceUnknown()
    return MediaRefused(code) if code in ERRORS else MediaUnavailable()


async def grab_frame_of(room_id: UUID, subject: str) -> bytes:
    source = await in_thread(_find_source, room_id, subject)
    command = Command(
        type="media.command", verb="grab_frame", room=str(source.room), source=str(source.member)
    )
    reply = await push.on_serving_loop(ask(source.channel, command))
    return reply["picture"]


def _find_source(room_id: UUID, subject: str) -> Source:
    member = Member.objects.filter(room_id=room_id, subject=subject).first()
    if member is None:
        raise SourceUnknown
    return Source(room_id, member.pk, placing.node_of(room_id).channel)


def close_room(room_id: UUID) -> None:
    """Ask the node to end the recording; without a node the room is closed here and now.

    The node looks for closing rooms by itself too, so a lost message costs seconds only.
    """
    from signaling import recordings

    node = MediaNode.objects.filter(rooms=room_id).first()
    if node is None:
        recordings.finish(room_id, None)
    else:
        _tell(node.channel, Command(type="media.command", verb="close_room", room=str(room_id)))


def drop_member(room_id: UUID, member_id: UUID) -> None:
    """Ask the node to end all peers of a member."""
    room = Room.objects.select_related("node").get(pk=room_id)
    if room.node is not None:
        command = Command(
            type="media.command", verb="drop_member", room=str(room_id), member=str(member_id)
        )
        _tell(room.node.channel, command)


def _tell(channel: str, command: Command) -> None:
    """Send without waiting, from any thread."""
    loop = push.serving_loop()
    if loop is not None:
        asyncio.run_coroutine_threadsafe(send(channel, command), loop)
    elif not isinstance(get_channel_layer(), InMemoryChannelLayer):
        async_to_sync(send)(channel, command)
