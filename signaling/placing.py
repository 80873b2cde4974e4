"""Which media node holds which room, and what happens to the rooms of a node that died."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Q

from fieldsvc.kernel import clock
from signaling import linking
from signaling.changing import changing
from signaling.errors import MediaUnavailable
from signaling.models import MediaNode, PeerRow, Room
from signaling.states import Life, Link, PeerEnd, Recording

# A busy machine may stall a node for seconds; taking it for dead costs every call on it.
NODE_LEASE = timedelta(seconds=20)


def register(channel: str, label: str) -> MediaNode:
    """Enter a node into the table, alive from now."""
    now = clock.now()
    return MediaNode.objects.create(
        channel=channel, label=label, started_at=now, lease_until=now + NODE_LEASE
    )


def renew(node_id: UUID) -> bool:
    """Renew a node's lease; False when others have declared it dead meanwhile."""
    return bool(MediaNode.objects.filter(pk=node_id).update(lease_until=clock.now() + NODE_LEASE))


def node_of(room_id: UUID) -> MediaNode:
    """The node that holds the room now; refuses `media_unavailable`."""
    room = Room.objects.select_related("node").get(pk=room_id)
    if room.node is None or room.node.lease_until <= clock.now():
        raise MediaUnavailable
    return room.node


def place(room: Room) -> MediaNode:
    """The node for a room that is locked: its own while alive, else the least loaded one.

    Refuses `media_unavailable` when no node takes rooms.
    """
    now = clock.now()
    node = MediaNode.objects.filter(rooms=room, lease_until__gt=now).first()
    if node is not None and not node.draining:
        return node
    if room.node_id is not None:
        _release(room, PeerEnd.MEDIA_RESTARTED)
    load = Count("rooms", filter=Q(rooms__state=Life.OPEN.value))
    best = (
        MediaNode.objects.filter(lease_until__gt=now, draining=False)
        .annotate(load=load)
        .order_by("load", "started_at")
        .first()
    )
    if best is None:
        raise MediaUnavailable
    Room.objects.filter(pk=room.pk).update(node=best)
    return best


def release(room_id: UUID) -> None:
    """Take a room from its node: its peers end with `media_restarted`, so that they offer anew."""
    with changing(room_id, even_closed=True) as room:
        _release(room, PeerEnd.MEDIA_RESTARTED)


def _release(room: Room, end: PeerEnd) -> None:
    PeerRow.objects.filter(member__room=room, closed_at=None).update(
        closed_at=clock.now(), end=end.value
    )
    for member in room.members.exclude(link=""):
        linking.move(member, Link.LOST)
    Room.objects.filter(pk=room.pk).update(node=None, recording=Recording.OFF.value, alarm="")


def drain(node_id: UUID) -> list[UUID]:
    """Give a node no more rooms; returns those it holds."""
    MediaNode.objects.filter(pk=node_id).update(draining=True)
    rooms = Room.objects.filter(node_id=node_id).exclude(state=Life.CLOSED.value)
    return list(rooms.values_list("pk", flat=True))


def withdraw(node_id: UUID) -> list[UUID]:
    """Take a node out of the table, releasing the rooms it still held; returns those."""
    held = drain(node_id)
    for room_id in held:
        release(room_id)
    MediaNode.objects.filter(pk=node_id).delete()
    return held


def silent(span: timedelta) -> dict[UUID, str]:
    """The nodes that have not renewed their lease for so long, with their channels."""
    overdue = clock.now() + NODE_LEASE - span
    return dict(MediaNode.objects.filter(lease_until__lt=overdue).values_list("pk", "channel"))


def sweep_nodes() -> list[UUID]:
    """Withdraw the nodes whose lease ran out; returns the rooms that lost their node."""
    dead = MediaNode.objects.filter(lease_until__lte=clock.now())
    lost: list[UUID] = []
    for node in dead:
        lost += withdraw(node.pk)
    return lost


def closing_rooms(node_id: UUID | None) -> list[UUID]:
    """Rooms that wait for their recording to be finished by this node (None: by anybody)."""
    rooms = Room.objects.filter(state=Life.CLOSING.value, node_id=node_id)
    return list(rooms.values_list("pk", flat=True))


def withdraw_label(label: str) -> None:
    """Take every node with this label out of the table: its process is gone."""
    for node in MediaNode.objects.filter(label=label):
        withdraw(node.pk)
