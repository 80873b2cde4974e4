"""The one way to change a room: locked, its version moved on, its sockets told after commit."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import F

from fieldsvc.kernel.errors import NotFound
from fieldsvc.kernel.journal import SYSTEM, Actor
from signaling import push
from signaling.errors import RoomClosed
from signaling.models import Member, Room
from signaling.states import Life, Role


@contextmanager
def changing(room_id: UUID, *, even_closed: bool = False) -> Iterator[Room]:
    """Lock the room for the block; afterwards its version is higher and its sockets look again.

    Refuses `not_found`, and `room_closed` unless the room is open or `even_closed` is set.
    """
    with transaction.atomic():
        room = Room.objects.select_for_update().filter(pk=room_id).first()
        if room is None:
            raise NotFound
        if room.state != Life.OPEN and not even_closed:
            raise RoomClosed
        yield room
        Room.objects.filter(pk=room_id).update(version=F("version") + 1)
        transaction.on_commit(partial(push.room_changed, room_id))


def actor_of(member: Member, room: Room) -> Actor:
    """A member as the journal names it."""
    if member.role == Role.RECORDER:
        return SYSTEM
    kind = "staff" if member.role == Role.HOST else "applicant"
    return Actor(kind, member.subject, room.scope)
