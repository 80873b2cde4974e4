"""Rooms: opening, members, what is done in them, closing. Doors for the slices above."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypedDict
from uuid import UUID

from django.db import IntegrityError, transaction

from fieldsvc.kernel import clock, journal, workflow
from fieldsvc.kernel.journal import SYSTEM, Actor
from signaling import figures, media_calls, tickets
from signaling import presence as presences
from signaling.changing import actor_of, changing
from signaling.errors import GuestAbsent, MemberUnknown, RequestUnknown, SourceUnknown
from signaling.media_calls import grab_frame_of
from signaling.models import ChatMessage, Member, Presence, Room, StillRequest
from signaling.presence import MemberPresence, Seat
from signaling.protocol.client import MemberUpdate
from signaling.states import Life, Lobby, PeerEnd, Role, StillState

RECORDER_SUBJECT = "recorder"


@dataclass(frozen=True, slots=True)
class LobbyState:
    """What a list of rooms shows of one of them."""

    state: Lobby
    waiting_since: datetime | None


class Summary(TypedDict):
    """What the recording of a room came to; the body of `room.closed`."""

    segments: int
    gaps: int
    coverage_percent: float
    frames_received: int | None
    frames_recorded: int
    frames_in_gaps: int
    balanced: bool | None


def open_room(stream: str, *, scope: str, label: str) -> Room:
    """Open the room of a stream, with the recorder as its first member; the open one if there is.

    `stream` names the journal chain that takes the room's entries. Journals `room.opened`.
    """
    live = Room.objects.filter(stream=stream).exclude(state=Life.CLOSED.value)
    if (room := live.first()) is not None:
        return room
    try:
        with transaction.atomic():
            return _create(stream, scope=scope, label=label)
    except IntegrityError:
        return live.get()


def _create(stream: str, *, scope: str, label: str) -> Room:
    now = clock.now()
    room = Room.objects.create(stream=stream, scope=scope, label=label, opened_at=now)
    Member.objects.create(
        room=room,
        subject=RECORDER_SUBJECT,
        role=Role.RECORDER.value,
        name="录像",
        label="全程录制",
        added_at=now,
        admitted_at=now,
    )
    journal.append(
        stream, "room.opened", actor=Actor("system", "system", scope), data={"room": str(room.pk)}
    )
    return room


def add_member(room: Room, *, subject: str, role: Role, name: str, label: str) -> Member:
    """Let someone come: a host may enter at once, a guest waits for a host's admission.

    Idempotent by `subject`; a member who was taken out may come again. Refuses `room_closed`.
    """
    with changing(room.pk):
        now = clock.now()
        member, _ = Member.objects.update_or_create(
            room=room,
            subject=subject,
            defaults={"name": name, "label": label, "revoked_at": None},
            create_defaults={
                "role": role.value,
                "name": name,
                "label": label,
                "added_at": now,
                "admitted_at": now if role == Role.HOST else None,
            },
        )
    return member


def erase_guests(room_id: UUID) -> None:
    """Take the names of those who came as guests out of a room; idempotent, journals nothing."""
    Member.objects.filter(room=room_id, role=Role.GUEST.value).update(name="", label="")


def revoke_member(member_id: UUID, *, actor: Actor) -> None:
    """Take a member out of its room: sockets and peers end. Journals `room.left` (why: revoked)."""
    member = Member.objects.get(pk=member_id)
    with changing(member.room_id) as room:
        Member.objects.filter(pk=member_id).update(revoked_at=clock.now())
        Presence.objects.filter(member=member, left_at=None).update(left_at=clock.now())
        presences.end_peers(member, PeerEnd.MEMBER_GONE)
        journal.append(
            room.stream,
            "room.left",
            actor=actor,
            data={"member": str(member_id), "subject": member.subject, "why": "revoked"},
        )
        transaction.on_commit(partial(media_calls.drop_member, room.pk, member_id))


def issue_ticket(member: Member, *, holder: str = "") -> str:
    """A ticket for `hello`: 60 seconds, once.

    `holder` is what whoever vouches for the member is asked about as long as the socket lives.
    """
    return tickets.issue(member, holder)


def presence(room: Room) -> list[MemberPresence]:
    """Who was added, came, took part and is here."""
    return presences.of_room(room)


def lobby(room_ids: list[UUID]) -> dict[UUID, LobbyState]:
    """For each room: nobody, a guest who waits (since when), or a call."""
    now = clock.now()
    states = dict.fromkeys(room_ids, LobbyState(Lobby.EMPTY, None))
    stays = Presence.objects.select_related("member").filter(
        member__room_id__in=room_ids,
        member__role=Role.GUEST.value,
        left_at=None,
        lease_until__gt=now,
    )
    for stay in stays:
        waits = stay.member.admitted_at is None
        states[stay.member.room_id] = LobbyState(
            Lobby.WAITING if waits else Lobby.IN_CALL, stay.first_seen if waits else None
        )
    return states


async def grab_frame(room_id: UUID, subject: str) -> bytes:
    """A JPEG of what the member with this subject shows now, from the media node.

    Refuses `source_unknown` (publishes nothing) and `media_unavailable`.
    """
    return await grab_frame_of(room_id, subject)


def close_room(room_id: UUID, *, actor: Actor, reason: str) -> Room:
    """Begin to close: nobody enters any more, the media node ends the recording.

    Journals `room.closing` now; `room.closed` with the summary follows when every segment is
    stored. Closing a room that is closing or closed changes nothing.
    """
    with changing(room_id, even_closed=True) as room:
        if room.state != Life.OPEN:
            return room
        workflow.move(
            room,
            partial(room.begin_closing, reason),
            actor=actor,
            kind="room.closing",
            stream=room.stream,
            data={"room": str(room_id), "reason": reason},
        )
        transaction.on_commit(partial(media_calls.close_room, room_id))
    return Room.objects.get(pk=room_id)


def finish_closing(room_id: UUID, summary: Summary) -> None:
    """The recording is complete: end all stays and journal `room.closed`. Idempotent."""
    with changing(room_id, even_closed=True) as room:
        if room.state != Life.CLOSING:
            return
        now = clock.now()
        Presence.objects.filter(member__room=room, left_at=None).update(left_at=now)
        for member in room.members.all():
            presences.end_peers(member, PeerEnd.ROOM_CLOSED)
        figures.journal_summary(room)
        room.closed_at = now
        workflow.move(
            room,
            "finish_closing",
            actor=SYSTEM,
            kind="room.closed",
            stream=room.stream,
            data={
                "room": str(room_id),
                "reason": room.close_reason,
                "segments": summary["segments"],
                "gaps": summary["gaps"],
                # A whole number, so that every verifier reads the same bytes.
                "coverage_per_mille": round(summary["coverage_percent"] * 10),
                "frames_received": summary["frames_received"],
                "frames_recorded": summary["frames_recorded"],
                "frames_in_gaps": summary["frames_in_gaps"],
                "balanced": summary["balanced"],
            },
        )


def admit(held: Seat, member_id: str) -> None:
    """Let a waiting guest in. Journals `room.admitted`, and `room.joined` if the guest is here.

    Refuses `member_unknown`. Admitting twice changes nothing.
    """
    with changing(held.room.pk) as room:
        guest = _member(room, member_id)
        if guest is None or guest.role != Role.GUEST or guest.revoked_at is not None:
            raise MemberUnknown
        if guest.admitted_at is not None:
            return
        guest.admitted_at = clock.now()
        guest.save(update_fields=["admitted_at"])
        data = {"member": str(guest.pk), "subject": guest.subject, "role": guest.role}
        journal.append(room.stream, "room.admitted", actor=actor_of(held.member, room), data=data)
        if Presence.objects.filter(member=guest, left_at=None).exists():
            journal.append(room.stream, "room.joined", actor=actor_of(guest, room), data=data)
        presences.note_who_takes_part(room)


def update_member(held: Seat, update: MemberUpdate) -> None:
    """Keep what a page says of itself; an update that changes nothing moves no version."""
    said: dict[str, str | float | bool | None] = {
        "audio": update.audio,
        "video": update.video,
        "visible": update.visible,
        "network": update.network or "",
        "battery": update.battery,
        "reason": update.reason or "",
        "facing": update.facing or "",
        "torch": update.torch,
    }
    if all(getattr(held.member, name) == value for name, value in said.items()):
        return
    with changing(held.room.pk):
        Member.objects.filter(pk=held.member.pk).update(**said)


def set_focus(held: Seat, item: str | None) -> None:
    """Show everyone which item is being looked at."""
    with changing(held.room.pk):
        Room.objects.filter(pk=held.room.pk).update(focus=item or "")


def say(held: Seat, text: str) -> ChatMessage:
    """Add a line to the chat. Journals `chat.sent`; the text goes to the private part."""
    with changing(held.room.pk) as room:
        line = ChatMessage.objects.create(
            room=room,
            member=held.member,
            text=text.strip(),
            at=clock.now(),
            version=room.version + 1,
        )
        journal.append(
            room.stream,
            "chat.sent",
            actor=actor_of(held.member, room),
            data={"message": str(line.pk), "member": str(held.member.pk)},
            private={"text": line.text},
        )
    return line


def request_still(held: Seat, item: str | None) -> StillRequest:
    """Ask the guest's phone for a photo; refuses `guest_absent`."""
    with changing(held.room.pk) as room:
        require_guest(room)
        return StillRequest.objects.create(
            room=room, member=held.member, item=item or "", requested_at=clock.now()
        )


def settle_still(held: Seat, request_id: str, *, evidence: str = "", code: str = "") -> None:
    """Keep what became of a request; refuses `request_unknown` when it is not open."""
    with changing(held.room.pk) as room:
        found = StillRequest.objects.filter(
            room=room, pk=_uuid(request_id), state=StillState.REQUESTED.value
        ).update(
            state=(StillState.DONE if evidence else StillState.FAILED).value,
            evidence=evidence,
            code=code,
            settled_at=clock.now(),
        )
        if not found:
            raise RequestUnknown


def require_guest(room: Room) -> None:
    """Refuses `guest_absent` unless an admitted guest is here."""
    here = Presence.objects.filter(
        member__room=room,
        member__role=Role.GUEST.value,
        member__admitted_at__isnull=False,
        left_at=None,
        lease_until__gt=clock.now(),
    )
    if not here.exists():
        raise GuestAbsent


def source(room: Room, member_id: str) -> Member:
    """A member of this room by its id; refuses `source_unknown`."""
    member = _member(room, member_id)
    if member is None:
        raise SourceUnknown
    return member


def _member(room: Room, member_id: str) -> Member | None:
    return Member.objects.filter(room=room, pk=_uuid(member_id)).first()


def _uuid(text: str) -> UUID:
    """The id in a message; what is no id is an id that nothing has."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
