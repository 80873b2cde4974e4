"""What of a member's media the line carries: kept for everyone to see, and journalled."""

from uuid import UUID

from fieldsvc.kernel import journal
from fieldsvc.kernel.journal import SYSTEM, Actor
from signaling.changing import changing
from signaling.models import Member
from signaling.states import Level, LevelReason


def changed(
    room_id: UUID, member_id: UUID, level: Level, reason: LevelReason, *, actor: Actor = SYSTEM
) -> None:
    """A publisher was stepped down or up; both sides are told. Journals `media.level`.

    The level it has already changes nothing, nor does a member of another room.
    """
    with changing(room_id, even_closed=True) as room:
        member = room.members.filter(pk=member_id).first()
        if member is None or member.level == level:
            return
        Member.objects.filter(pk=member_id).update(level=level.value, level_reason=reason.value)
        data = {"member": str(member_id), "subject": member.subject}
        journal.append(
            room.stream,
            "media.level",
            actor=actor,
            data={**data, "level": level.value, "reason": reason.value},
        )


def forget(member: Member) -> None:
    """A new publish begins without a level. In the caller's transaction."""
    Member.objects.filter(pk=member.pk).update(level="", level_reason="")
