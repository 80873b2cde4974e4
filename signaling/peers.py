"""The books of peer connections: opened by a member's message, moved by what the node reports."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from fieldsvc.kernel import clock
from signaling import levels, linking
from signaling.changing import changing
from signaling.errors import PeerUnknown, SourceUnknown
from signaling.models import PeerRow
from signaling.placing import place
from signaling.presence import Seat
from signaling.protocol.client import PeerPublish, PeerSubscribe
from signaling.rooms import source
from signaling.states import Direction, Link, PeerEnd, ViewLevel


@dataclass(frozen=True, slots=True)
class Opened:
    """A peer that has a row and now needs the node's answer."""

    peer: UUID
    channel: str


def open_publish(held: Seat, message: PeerPublish) -> Opened:
    """Book a member's publish; refuses `media_unavailable`.

    One that stands goes on until this one is connected; one still on its way is replaced at once.
    """
    with changing(held.room.pk) as room:
        node = place(room)
        _end(
            PeerEnd.REPLACED,
            member=held.member,
            direction=Direction.PUBLISH.value,
            connected_at=None,
        )
        _end(PeerEnd.REPLACED, member=held.member, name=message.peer)
        row = PeerRow.objects.create(
            member=held.member,
            source=held.member,
            name=message.peer,
            direction=Direction.PUBLISH.value,
            opened_at=clock.now(),
        )
        return Opened(row.pk, node.channel)


def open_subscribe(held: Seat, message: PeerSubscribe) -> Opened:
    """Book a member's subscription; refuses `source_unknown`, `media_unavailable`.

    The source need not publish yet: who waits with an open path sees its first key frame.
    """
    with changing(held.room.pk) as room:
        wanted = source(room, message.source)
        if wanted == held.member:
            raise SourceUnknown
        node = place(room)
        _end(PeerEnd.REPLACED, member=held.member, name=message.peer)
        row = PeerRow.objects.create(
            member=held.member,
            source=wanted,
            name=message.peer,
            direction=Direction.SUBSCRIBE.value,
            opened_at=clock.now(),
        )
        return Opened(row.pk, node.channel)


def close(held: Seat, name: str) -> UUID:
    """End one peer by its member's wish; refuses `peer_unknown`. Returns the engine's id of it."""
    with changing(held.room.pk):
        row = PeerRow.objects.filter(member=held.member, name=name, closed_at=None).first()
        if row is None:
            raise PeerUnknown
        _end(PeerEnd.CLOSED_BY_MEMBER, pk=row.pk)
        return row.pk


def connected(room_id: UUID, peer_id: UUID) -> None:
    """Media of this peer may flow now; an older publish of its member is thereby replaced."""
    with changing(room_id, even_closed=True) as room:
        opened = PeerRow.objects.filter(pk=peer_id, connected_at=None, closed_at=None)
        row = opened.filter(direction=Direction.PUBLISH.value).first()
        if row is not None:
            levels.begin(room, row.member_id)
            _end(PeerEnd.REPLACED, pk__in=_standing_beside(row).values("pk"))
        PeerRow.objects.filter(pk=peer_id, connected_at=None).update(connected_at=clock.now())
        _link(peer_id, Link.GOOD)


def link_changed(room_id: UUID, peer_id: UUID, link: Link) -> None:
    """A publisher's media stopped arriving, or arrive again."""
    with changing(room_id, even_closed=True):
        _link(peer_id, link)


def view_level(room_id: UUID, peer_id: UUID, level: ViewLevel) -> None:
    """A viewer is sent this much from now on; its member is told, nobody else."""
    with changing(room_id, even_closed=True):
        PeerRow.objects.filter(pk=peer_id, closed_at=None).update(level=level.value)


def ended(room_id: UUID, peer_id: UUID, end: PeerEnd) -> None:
    """The node says that this peer is over; a peer that ended before keeps its reason.

    The member's media are lost only if it sends by no other.
    """
    with changing(room_id, even_closed=True):
        row = PeerRow.objects.filter(pk=peer_id).first()
        if row is not None and not _standing_beside(row).exists():
            _link(peer_id, Link.LOST)
        _end(end, pk=peer_id)


def _standing_beside(row: PeerRow) -> QuerySet[PeerRow]:
    """The other publish of this peer's member that is connected."""
    publishes = PeerRow.objects.filter(
        member_id=row.member_id, direction=Direction.PUBLISH.value, closed_at=None
    )
    return publishes.filter(connected_at__isnull=False).exclude(pk=row.pk)


def _end(end: PeerEnd, **which: object) -> None:
    PeerRow.objects.filter(closed_at=None, **which).update(closed_at=clock.now(), end=end.value)


def _link(peer_id: UUID, link: Link) -> None:
    rows = PeerRow.objects.select_related("member")
    row = rows.filter(pk=peer_id, direction=Direction.PUBLISH.value, closed_at=None).first()
    if row is not None:
        linking.move(row.member, link)
