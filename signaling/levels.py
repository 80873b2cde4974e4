"""What of a member's media the line carries: kept for everyone to see, and journalled."""

from uuid import UUID

from fieldsvc.kernel import journal
from fieldsvc.kernel.journal import SYSTEM, Actor
from signaling.changing import changing
from signaling.models import Member, PeerRow, Room
from signaling.states import Level, LevelReason


def changed(
    room_id: UUID,
    member_id: UUID,
    level: Level,
    reason: LevelReason,
    *,
    actor: Actor = SYSTEM,
    of: UUID | None = None,
) -> None:
    """A publisher was stepped down or up; both sides are told. Journals `media.level`.

    The level it has already changes nothing, nor does a member of another room, nor what was
    reckoned `of` a peer that is over: it would limit the connection that came after it.
    """
    with changing(room_id, even_closed=True) as room:
        member = room.members.filter(pk=member_id).first()
        if member is None or member.level == level:
            return
        if of is not None and PeerRow.objects.filter(pk=of, closed_at__isnull=False).exists():
            return
        _become(room, member, level, reason, actor)


def begin(room: Room, member_id: UUID) -> None:
    """A new publish begins at HD: what limited the last one is lifted, and both sides are told.

    In the caller's change of the room. Journals `media.level` where there was a limit.
    """
    member = room.members.get(pk=member_id)
    if member.level not in ("", Level.HD):
        _become(room, member, Level.HD, LevelReason.RECONNECTED, SYSTEM)


def _become(room: Room, member: Member, level: Level, reason: LevelReason, actor: Actor) -> None:
    Member.objects.filter(pk=member.pk).update(level=level.value, level_reason=reason.value)
    journal.append(
        room.stream,
        "media.level",
        actor=actor,
        data={
            "member": str(member.pk),
            "subject": member.subject,
            "level": level.value,
            "reason": reason.value,
        },
    )
