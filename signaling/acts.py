"""What each message of a member does: one database transaction, then what is left to send.

Runs in a database thread. Every function refuses by a Refusal and then has changed nothing.
"""

from dataclasses import dataclass, field

from signaling import conditions, levels, peers, presence, recordings, rooms
from signaling.changing import actor_of
from signaling.errors import NotAdmitted, RoleNotAllowed
from signaling.media_calls import Command
from signaling.models import MediaNode
from signaling.presence import Seat
from signaling.protocol import MESSAGE_MATRIX, OK, Standing, client
from signaling.protocol.client import ClientMessage
from signaling.protocol.server import Ack, ServerMessage
from signaling.states import Condition, Level, LevelReason


@dataclass(frozen=True, slots=True)
class MediaCall:
    """A command for the node; `peer` is the client's id of the peer an answer is for."""

    channel: str
    command: Command
    peer: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the socket does now that the database is done."""

    replies: list[ServerMessage] = field(default_factory=list)
    call: MediaCall | None = None
    camera: client.CameraAsk | None = None
    leaves: bool = False


_REFUSALS = {"not_allowed": RoleNotAllowed, "not_admitted": NotAdmitted}


def check(standing: Standing, message: ClientMessage) -> None:
    """Refuses `not_allowed` or `not_admitted` as the matrix says."""
    verdict = MESSAGE_MATRIX[client.TYPE_OF[type(message)]][standing]
    if verdict != OK:
        raise _REFUSALS[verdict]


def act(seat: Seat, message: ClientMessage) -> Outcome:
    """Check role and admission against the matrix, then carry the message out."""
    check(seat.standing, message)
    if isinstance(message, client.PeerPublish | client.PeerSubscribe | client.PeerClose):
        return _media(seat, message)
    if isinstance(message, client.Stats):
        return _measured(seat, message)
    request, camera = None, None
    if isinstance(message, client.StillRequest):
        request = str(rooms.request_still(seat, message.item).pk)
    elif isinstance(message, client.CameraAsk):
        rooms.require_guest(seat.room)
        camera = message
    elif isinstance(message, client.MediaLevelTold):
        return _stepped(seat, message)
    else:
        _plain(seat, message)
    return Outcome(
        replies=[Ack(reply_to=message.id, request=request)],
        camera=camera,
        leaves=isinstance(message, client.Leave),
    )


def _plain(seat: Seat, message: ClientMessage) -> None:
    match message:
        case client.MemberAdmit():
            rooms.admit(seat, message.member)
        case client.MemberUpdate():
            rooms.update_member(seat, message)
        case client.FocusSet():
            rooms.set_focus(seat, message.item)
        case client.StillDone():
            rooms.settle_still(seat, message.request, evidence=message.evidence)
        case client.StillFailed():
            rooms.settle_still(seat, message.request, code=message.code)
        case client.ChatSend():
            rooms.say(seat, message.text)
        case client.PeerCondition():
            said = Condition(message.condition) if message.condition else None
            conditions.report(seat.member, said, message.seconds_ago or 0)
            recordings.explain_gaps(seat.member)
        case client.Leave():
            presence.leave(seat)
        case _:
            raise NotImplementedError(type(message).__qualname__)


def _stepped(seat: Seat, message: client.MediaLevelTold) -> Outcome:
    levels.changed(
        seat.room.pk,
        seat.member.pk,
        Level(message.level),
        LevelReason(message.reason),
        actor=actor_of(seat.member, seat.room),
    )
    call = _to_node(seat, Command(verb="tell_level", level=message.level))
    return Outcome(replies=[Ack(reply_to=message.id)], call=call)


def _measured(seat: Seat, message: client.Stats) -> Outcome:
    if message.peer is None or message.line_kbps is None:
        return Outcome()
    return Outcome(call=_to_node(seat, Command(verb="tell_rate", kbps=message.line_kbps)))


def _to_node(seat: Seat, command: Command) -> MediaCall | None:
    """A command about this member to the room's node, if it has one."""
    node = MediaNode.objects.filter(rooms=seat.room).first()
    if node is None:
        return None
    command.update(
        {"type": "media.command", "room": str(seat.room.pk), "member": str(seat.member.pk)}
    )
    return MediaCall(node.channel, command)


def _media(
    seat: Seat, message: client.PeerPublish | client.PeerSubscribe | client.PeerClose
) -> Outcome:
    command = Command(type="media.command", room=str(seat.room.pk), member=str(seat.member.pk))
    if isinstance(message, client.PeerClose):
        peer = peers.close(seat, message.peer)
        call = _to_node(seat, Command(verb="close_peer", peer=str(peer)))
        return Outcome(replies=[Ack(reply_to=message.id)], call=call)
    if isinstance(message, client.PeerPublish):
        opened = peers.open_publish(seat, message)
        command.update({"verb": "publish", "start_kbps": message.start_kbps})
    else:
        opened = peers.open_subscribe(seat, message)
        command.update({"verb": "subscribe", "source": message.source})
    command.update({"peer": str(opened.peer), "sdp": message.sdp, "request": message.id})
    return Outcome(call=MediaCall(opened.channel, command, message.peer))
