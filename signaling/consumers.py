"""/ws/room: the socket of a room's member. Every answer is read from the database."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TypeAlias
from uuid import UUID

from fieldsvc.kernel import ids
from fieldsvc.kernel.errors import Refusal
from signaling import media_calls, metrics, peers, pointers, presence, push, sharing, tickets
from signaling.acts import MediaCall, Outcome, act, check
from signaling.bucket import Bucket
from signaling.database import in_thread
from signaling.errors import MediaRefused, MediaUnavailable, MemberRevoked
from signaling.media_calls import Reply
from signaling.models import Member
from signaling.presence import Seat
from signaling.protocol import Close, MessageRefused, Standing, client, encode, error, parse
from signaling.protocol.relayed import told
from signaling.protocol.server import (
    CameraAsked,
    Error,
    PeerAnswer,
    PeerClosed,
)
from signaling.push import Hint
from signaling.sharing import SharedRoom
from signaling.socket import GuardedSocket, Limits
from signaling.states import PeerEnd
from signaling.view import Reading
from signaling.watch import Watch

logger = logging.getLogger(__name__)

CLOSES = {
    "ticket_invalid": Close.TICKET_INVALID,
    "member_revoked": Close.NOT_ALLOWED,
    "replaced": Close.REPLACED,
    "room_closed": Close.ROOM_CLOSED,
}


Vouch: TypeAlias = Callable[[Member, str], bool]
"""Whether a member may be here still, on the proof (the ticket's holder) it came in with.

Asked in a database thread of whoever opened the room: at `hello`, before every message, and with
every renewal of the lease.
"""


class RoomConsumer(GuardedSocket):
    """One member's socket: greets once, then acts, watches and keeps the member's lease."""

    def __init__(
        self,
        *args: object,
        vouch: Vouch = lambda _member, _holder: True,
        limits: Limits | None = None,
        **kwargs: object,
    ) -> None:
        super().__init__(*args, limits=limits, **kwargs)
        self._vouch = vouch
        self._holder = ""
        self._socket = ids.new().hex
        self._seat: Seat | None = None
        self._shared: SharedRoom | None = None
        self._greeted = False
        self._watch = Watch()
        self._dirty = asyncio.Event()
        self._stirred_at = 0.0
        self._calls: dict[str, tuple[str, MediaCall]] = {}
        self._pointing = Bucket(self.limits.points_per_second, self.limits.points_per_second)

    async def connect(self) -> None:
        await super().connect()
        self.start(self._expect_hello())

    async def _expect_hello(self) -> None:
        await asyncio.sleep(self.limits.hello_within)
        if not self._greeted:
            await self.finish(Close.HELLO_TIMEOUT)

    async def handle(self, text: str) -> None:
        try:
            message = parse(text)
        except MessageRefused as refused:
            await self.say(error(refused.code, reply_to=refused.reply_to, field=refused.field))
            return
        with metrics.MESSAGES.labels(client.TYPE_OF[type(message)]).time():
            await self._take(message)

    async def _take(self, message: client.ClientMessage) -> None:
        try:
            await self._obey(message)
        except Refusal as refusal:
            await self._refuse(refusal, message.id)
        except Exception:
            logger.exception("message failed", extra={"message_type": type(message).__name__})
            await self.say(error("server_error", reply_to=message.id))

    async def _obey(self, message: client.ClientMessage) -> None:
        if isinstance(message, client.Hello):
            await self._greet(message)
        elif self._seat is None:
            await self.say(error("hello_expected", reply_to=message.id))
        elif isinstance(message, client.Pointer):
            self._point(self._seat, message)
        else:
            member, socket = self._seat.member.pk, self._socket
            outcome = await in_thread(self._carry_out, member, socket, message)
            await self._follow(outcome, message.id)

    async def _greet(self, hello: client.Hello) -> None:
        if self._seat is not None:
            await self.say(error("hello_repeated", reply_to=hello.id))
            return
        # The client has said its word in time; a slow database is not its fault.
        self._greeted = True
        seat = await in_thread(self._arrive, hello.ticket)
        # Groups first, then the look: what moves in between is seen by one of the two.
        await self.channel_layer.group_add(push.room_group(seat.room.pk), self.channel_name)
        await self.channel_layer.group_add(push.stream_group(seat.room.stream), self.channel_name)
        self._seat = seat
        self._shared = sharing.of(seat.room.pk)
        reading = await self._shared.look(after=time.monotonic())
        self._seat = seat = reading.seat(seat.member.pk, self._socket)
        for message in self._watch.begin(reading, seat, chat_once=hello.chat_once):
            await self.say(message)
        self.start(self._keep_looking())
        self.start(self._keep_lease())

    async def _follow(self, outcome: Outcome, reply_to: str) -> None:
        if outcome.call is not None:
            await self._call(outcome.call, reply_to)
        if outcome.camera is not None and self._seat is not None:
            asked = CameraAsked(facing=outcome.camera.facing, torch=outcome.camera.torch)
            hint = Hint(type="camera.asked", text=encode(asked))
            push.send_group(push.room_group(self._seat.room.pk), hint)
        for reply in outcome.replies:
            await self.say(reply)
        if outcome.leaves:
            self._over = True
            await self.close(code=1000)
            self.stop()

    async def _refuse(self, refusal: Refusal, reply_to: str | None) -> None:
        if isinstance(refusal, MediaRefused):
            await self.say(error(refusal.reason, reply_to=reply_to))
        elif reply_to is not None:
            code, title, action = refusal.code, refusal.title, refusal.action
            await self.say(Error(reply_to=reply_to, code=code, title=title, action=action))
        if refusal.code in CLOSES:
            await self._end(CLOSES[refusal.code])

    async def _end(self, close: Close) -> None:
        if close == Close.ROOM_CLOSED and self._seat is not None and self._shared is not None:
            reading = await self._shared.look(after=time.monotonic())
            await self.say(self._watch.state(reading, self._seat))
        await self.finish(close)

    # watching the room

    async def _keep_looking(self) -> None:
        rested_at = 0.0
        while not self._over:
            await self._dirty.wait()
            self._dirty.clear()
            # Changes come in bursts; one look answers them all, and on a busy server more of them.
            await asyncio.sleep(max(self.limits.settle, rested_at - time.monotonic()))
            began = time.monotonic()
            try:
                await self._look()
            except Refusal as refusal:
                await self._refuse(refusal, None)
            except Exception:
                logger.exception("look at the room failed")
            ended = time.monotonic()
            rested_at = ended + min(self.limits.longest_rest, self.limits.rest * (ended - began))

    async def _look(self) -> None:
        assert self._seat is not None  # noqa: S101  tasks start after the greeting
        assert self._shared is not None  # noqa: S101  the greeting sets both
        reading = await self._shared.look(after=self._stirred_at)
        self._seat = seat = reading.seat(self._seat.member.pk, self._socket)
        await self._give_up_on_dead_nodes(reading, seat)
        for message in self._watch.news(reading, seat):
            await self.say(message)

    async def _keep_lease(self) -> None:
        while not self._over:
            await asyncio.sleep(self.limits.look_every)
            assert self._seat is not None  # noqa: S101  tasks start after the greeting
            try:
                seat = await in_thread(self._renew, self._seat.member.pk)
                if await in_thread(self._watch.is_behind, seat.room):
                    self._stir()
            except Refusal as refusal:
                await self._refuse(refusal, None)
            except Exception:
                # A database that is away costs this round; the lease outlasts four of them.
                logger.exception("lease could not be renewed")

    async def room_changed(self, hint: Hint) -> None:
        self._stir()

    async def stream_moved(self, hint: Hint) -> None:
        self._stir()

    def _stir(self) -> None:
        """Something moved: only a reading that begins from now on is good enough."""
        self._stirred_at = time.monotonic()
        self._dirty.set()

    def _point(self, seat: Seat, message: client.Pointer) -> None:
        """Hand a pointer on at once: by the seat as last looked up, without the database."""
        check(seat.standing, message)
        if not self._pointing.take():
            return
        sender = str(seat.member.pk)
        pointers.by_socket(seat.room.pk, sender, told(sender, message))

    async def member_pointed(self, hint: Hint) -> None:
        seat = self._seat
        if seat is None or seat.standing not in (Standing.HOST, Standing.GUEST):
            return
        if str(seat.member.pk) not in hint["reached"]:
            self.mention(hint["text"])

    async def camera_asked(self, hint: Hint) -> None:
        if self._seat is not None:
            self.start(self._ask_camera(self._seat, hint["text"]))

    async def _ask_camera(self, seat: Seat, text: str) -> None:
        # Read anew: a guest admitted a moment ago may not have looked since.
        try:
            seat = await in_thread(presence.seat, seat.member.pk, self._socket)
        except Refusal as refusal:
            await self._refuse(refusal, None)
            return
        if seat.standing == Standing.GUEST:
            await self.say_text(text)

    async def media_stats(self, hint: Hint) -> None:
        if self._seat is not None and self._seat.standing == Standing.HOST:
            self.mention(hint["stats"])

    # the media node's answers

    async def _call(self, call: MediaCall, reply_to: str) -> None:
        if call.command["verb"] in media_calls.UNANSWERED:
            await media_calls.send(call.channel, call.command)
            return
        request = ids.new().hex
        call.command.update({"request": request, "reply_to": self.channel_name})
        self._calls[request] = (reply_to, call)
        try:
            await media_calls.send(call.channel, call.command)
        except MediaUnavailable:
            await self._unanswered(request)
        else:
            self.start(self._expect_answer(request))

    async def _expect_answer(self, request: str) -> None:
        await asyncio.sleep(self.limits.answer_within)
        await self._unanswered(request)

    async def _give_up_on_dead_nodes(self, reading: Reading, seat: Seat) -> None:
        """A node that is gone answers nothing: say so now instead of when the time is up."""
        closed = (e.message for e in reading.events.values() if e.is_for(seat))
        gone = {
            one.peer
            for one in closed
            if isinstance(one, PeerClosed) and one.reason == PeerEnd.MEDIA_RESTARTED
        }
        for request, (_, call) in list(self._calls.items()):
            if call.peer in gone:
                await self._unanswered(request)

    async def _unanswered(self, request: str) -> None:
        if request in self._calls:
            reply_to, call = self._calls.pop(request)
            await self._give_up(call)
            await self._refuse(MediaUnavailable(), reply_to)

    async def media_reply(self, reply: Reply) -> None:
        # An answer that comes after the client was told there is none must not come any more.
        if (known := self._calls.pop(reply["request"], None)) is not None:
            self.start(self._answered(*known, reply))

    async def _answered(self, reply_to: str, call: MediaCall, reply: Reply) -> None:
        if code := reply.get("code", ""):
            await self._give_up(call)
            await self._refuse(media_calls.refusal(code), reply_to)
        else:
            await self.say(PeerAnswer(reply_to=reply_to, peer=call.peer, sdp=reply["sdp"]))

    async def _give_up(self, call: MediaCall) -> None:
        room, peer = UUID(call.command["room"]), UUID(call.command["peer"])
        await in_thread(peers.ended, room, peer, PeerEnd.REFUSED)

    async def disconnect(self, code: int) -> None:
        await super().disconnect(code)
        if self._seat is None:
            return
        room = self._seat.room
        await self.channel_layer.group_discard(push.room_group(room.pk), self.channel_name)
        await self.channel_layer.group_discard(push.stream_group(room.stream), self.channel_name)
        await in_thread(presence.socket_closed, self._seat.member.pk, self._socket)

    # in a database thread

    def _arrive(self, ticket: str) -> Seat:
        self._holder = tickets.read(ticket).holder
        return self._vouched(presence.arrive(ticket, self._socket))

    def _renew(self, member: UUID) -> Seat:
        return self._vouched(presence.renew(member, self._socket))

    def _carry_out(self, member: UUID, socket: str, message: client.ClientMessage) -> Outcome:
        """Look up anew who speaks, then do it: what was allowed a moment ago may not be now."""
        return act(self._vouched(presence.seat(member, socket)), message)

    def _vouched(self, seat: Seat) -> Seat:
        """Refuses `member_revoked` for whom nobody vouches any more, and ends the media."""
        if not self._vouch(seat.member, self._holder):
            presence.expel(seat)
            media_calls.drop_member(seat.room.pk, seat.member.pk)
            raise MemberRevoked
        return seat
