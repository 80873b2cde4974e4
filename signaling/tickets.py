"""Tickets: signed, bound to one member of one room, 60 seconds, used once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing
from django.db import IntegrityError, transaction

from fieldsvc.kernel import clock, ids
from signaling.errors import TicketInvalid
from signaling.models import Member, SpentTicket

LIFETIME = timedelta(seconds=60)
_SALT = "signaling.ticket"


@dataclass(frozen=True, slots=True)
class Ticket:
    """Whose ticket it is; it has been read, not yet spent."""

    room: UUID
    member: UUID
    nonce: str
    expires_at: datetime
    holder: str
    """Opaque id of the proof it was given on, for those who vouch; empty when there is none."""


def issue(member: Member, holder: str = "") -> str:
    """A ticket for one `hello` of this member within 60 seconds."""
    expires = clock.now() + LIFETIME
    return signing.dumps(
        {
            "r": member.room_id.hex,
            "m": member.pk.hex,
            "n": ids.token(),
            "e": expires.timestamp(),
            "h": holder,
        },
        salt=_SALT,
        compress=False,
    )


def read(text: str) -> Ticket:
    """What a ticket says; refuses `ticket_invalid` when it is forged, torn or too old."""
    try:
        body = signing.loads(text, salt=_SALT)
        ticket = Ticket(
            UUID(body["r"]),
            UUID(body["m"]),
            body["n"],
            datetime.fromtimestamp(body["e"], tz=clock.now().tzinfo),
            body["h"],
        )
    except (signing.BadSignature, ValueError, KeyError, TypeError):
        raise TicketInvalid from None
    if ticket.expires_at <= clock.now():
        raise TicketInvalid
    return ticket


def spend(ticket: Ticket) -> None:
    """Use the ticket up; refuses `ticket_invalid` the second time. In the caller's transaction."""
    try:
        with transaction.atomic():
            SpentTicket.objects.create(nonce=ticket.nonce, expires_at=ticket.expires_at)
    except IntegrityError:
        raise TicketInvalid from None


def forget_expired() -> int:
    """Drop the nonces that no valid ticket can carry any more; returns how many."""
    return SpentTicket.objects.filter(expires_at__lte=clock.now()).delete()[0]
