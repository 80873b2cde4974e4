"""Who is here: leases that a socket renews. A stay ends by `leave` or when its lease runs out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.journal import SYSTEM
from signaling import conditions, tickets
from signaling.changing import actor_of, changing
from signaling.errors import MemberRevoked, Replaced, RoomClosed, TicketInvalid
from signaling.models import Member, PeerRow, Presence, Room
from signaling.protocol import Standing
from signaling.states import Life, PeerEnd, Role

LEASE = timedelta(seconds=20)
LEASE_AFTER_CLOSE = timedelta(seconds=8)


@dataclass(frozen=True, slots=True)
class Seat:
    """A member whose socket speaks, as of this moment."""

    member: Member
    room: Room
    stay: Presence
    standing: Standing


@dataclass(frozen=True, slots=True)
class MemberPresence:
    """What a slice above may know of a member's coming and going."""

    subject: str
    role: str
    admitted: bool
    online: bool
    joined_at: datetime | None
    left_at: datetime | None
    took_part: bool


def arrive(ticket_text: str, socket: str) -> Seat:
    """Spend the ticket and take the member's seat; an older socket of the member loses it.

    Refuses `ticket_invalid`, `room_closed`, `member_revoked`. Journals `room.joined`, or
    `room.knocked` for a guest who has to wait, unless the stay merely goes on.
    """
    ticket = tickets.read(ticket_text)
    with changing(ticket.room) as room:
        member = Member.objects.filter(pk=ticket.member, room=room).first()
        if member is None or member.role == Role.RECORDER:
            raise TicketInvalid
        if member.revoked_at is not None:
            raise MemberRevoked
        tickets.spend(ticket)
        now = clock.now()
        stay = Presence.objects.filter(member=member, left_at=None).first()
        if stay is not None and stay.lease_until <= now:
            _end(stay, member, room, why="lost")
            stay = None
        if stay is None:
            stay = Presence(member=member, first_seen=now)
            kind = "room.knocked" if member.admitted_at is None else "room.joined"
            _journal(room, kind, member)
        stay.socket, stay.last_seen, stay.lease_until = socket, now, now + LEASE
        stay.save()
        note_who_takes_part(room)
    return Seat(member, room, stay, standing_of(member))


def seat(member_id: UUID, socket: str) -> Seat:
    """The seat this socket holds now; the check before every message.

    Refuses `room_closed`, `member_revoked`, or `replaced` when another socket holds the seat.
    """
    member = Member.objects.select_related("room").get(pk=member_id)
    stay = Presence.objects.filter(member=member).order_by("-first_seen").first()
    return seat_of(member, stay, socket)


def seat_of(member: Member, stay: Presence | None, socket: str) -> Seat:
    """The seat of a member whose newest stay this is; refusals as of `seat`."""
    if member.room.state != Life.OPEN:
        raise RoomClosed
    if member.revoked_at is not None:
        raise MemberRevoked
    if stay is None or stay.socket != socket:
        raise Replaced
    return Seat(member, member.room, stay, standing_of(member))


def renew(member_id: UUID, socket: str) -> Seat:
    """Renew the lease of a socket that still holds its seat; refusals as of `seat`.

    A stay that was swept away while the socket lived (a frozen process) begins anew.
    """
    now = clock.now()
    kept = Presence.objects.filter(member_id=member_id, socket=socket, left_at=None)
    if kept.update(last_seen=now, lease_until=now + LEASE):
        return seat(member_id, socket)
    held = seat(member_id, socket)
    with changing(held.room.pk) as room:
        if Presence.objects.filter(member_id=member_id, left_at=None).exists():
            raise Replaced
        Presence.objects.create(
            member=held.member,
            socket=socket,
            first_seen=now,
            last_seen=now,
            lease_until=now + LEASE,
        )
        _journal(room, "room.joined" if held.member.admitted_at else "room.knocked", held.member)
    return seat(member_id, socket)


def socket_closed(member_id: UUID, socket: str) -> None:
    """Let the lease of a closed socket run out soon. Only a hint: it may never be called."""
    soon = clock.now() + LEASE_AFTER_CLOSE
    Presence.objects.filter(
        member_id=member_id, socket=socket, left_at=None, lease_until__gt=soon
    ).update(lease_until=soon)


def expel(held: Seat) -> None:
    """End the stay and the peers of someone whose standing outside ended; the seat stays theirs.

    Journals `room.left` (why: revoked).
    """
    with changing(held.room.pk) as room:
        stay = Presence.objects.filter(pk=held.stay.pk, left_at=None).first()
        if stay is not None:
            _end(stay, held.member, room, why="revoked")
        end_peers(held.member, PeerEnd.MEMBER_GONE)


def leave(held: Seat) -> None:
    """End the stay now, and the member's peers. Journals `room.left`."""
    with changing(held.room.pk) as room:
        stay = Presence.objects.filter(pk=held.stay.pk, left_at=None).first()
        if stay is None:
            return
        _end(stay, held.member, room, why="left")
        end_peers(held.member, PeerEnd.MEMBER_GONE)


def end_peers(member: Member, end: PeerEnd) -> None:
    """Close the books on all peers of a member."""
    PeerRow.objects.filter(member=member, closed_at=None).update(
        closed_at=clock.now(), end=end.value
    )


def sweep() -> int:
    """End every stay whose lease has run out; journals `room.left` for each. Returns how many."""
    due = Presence.objects.filter(left_at=None, lease_until__lte=clock.now())
    found = list(due.values_list("pk", "member__room_id"))
    return sum(_end_if_due(stay_id, room_id) for stay_id, room_id in found)


def _end_if_due(stay_id: UUID, room_id: UUID) -> bool:
    with changing(room_id, even_closed=True) as room:
        stay = (
            Presence.objects.select_related("member")
            .filter(pk=stay_id, left_at=None, lease_until__lte=clock.now())
            .first()
        )
        if stay is None:
            return False
        _end(stay, stay.member, room, why="lost")
        return True


def _end(stay: Presence, member: Member, room: Room, *, why: str) -> None:
    stay.left_at = min(clock.now(), stay.lease_until)
    stay.save(update_fields=["left_at"])
    conditions.end(member, at=stay.left_at)
    journal.append(
        room.stream,
        "room.left",
        actor=actor_of(member, room) if why == "left" else SYSTEM,
        data={**_who(member), "why": why, "admitted": member.admitted_at is not None},
    )


def note_who_takes_part(room: Room) -> None:
    """Mark everyone who is in the room together with an admitted guest."""
    here = Member.objects.filter(
        Q(stays__left_at=None) & Q(stays__isnull=False), room=room, admitted_at__isnull=False
    )
    if here.filter(role=Role.GUEST.value).exists():
        Member.objects.filter(pk__in=list(here.values_list("pk", flat=True))).update(took_part=True)


def standing_of(member: Member) -> Standing:
    if member.role == Role.HOST:
        return Standing.HOST
    return Standing.GUEST if member.admitted_at is not None else Standing.WAITING


def of_room(room: Room) -> list[MemberPresence]:
    """Everyone added to the room but the recorder, in the order added."""
    now = clock.now()
    members = room.members.exclude(role=Role.RECORDER.value).prefetch_related("stays")
    return [_presence(member, now) for member in members.order_by("added_at", "pk")]


def _presence(member: Member, now: datetime) -> MemberPresence:
    stays = sorted(member.stays.all(), key=lambda stay: stay.first_seen)
    open_stay = stays[-1] if stays and stays[-1].left_at is None else None
    return MemberPresence(
        subject=member.subject,
        role=member.role,
        admitted=member.admitted_at is not None,
        online=open_stay is not None and open_stay.lease_until > now,
        joined_at=stays[0].first_seen if stays else None,
        left_at=stays[-1].left_at if stays else None,
        took_part=member.took_part,
    )


def _who(member: Member) -> dict[str, str]:
    return {"member": str(member.pk), "subject": member.subject, "role": member.role}


def _journal(room: Room, kind: str, member: Member) -> None:
    with transaction.atomic():
        journal.append(room.stream, kind, actor=actor_of(member, room), data=_who(member))
