"""How a member's media arrive, and how long they arrived badly or not at all."""

from datetime import timedelta

from fieldsvc.kernel import clock
from signaling.models import Member
from signaling.states import Link

_SUMS = {Link.WEAK.value: "weak_ms", Link.LOST.value: "lost_ms"}


def move(member: Member, link: Link) -> None:
    """Set the member's link and add up what the one before lasted. In the caller's transaction."""
    if member.link == link:
        return
    now = clock.now()
    changes: dict[str, object] = {"link": link.value, "link_since": now}
    if name := _SUMS.get(member.link):
        changes[name] = _milliseconds(member, name)
    Member.objects.filter(pk=member.pk).update(**changes)


def weak_and_lost(member: Member) -> tuple[int, int]:
    """Whole seconds in which the media arrived badly, and not at all, up to now."""
    return _milliseconds(member, "weak_ms") // 1000, _milliseconds(member, "lost_ms") // 1000


def _milliseconds(member: Member, name: str) -> int:
    known = int(getattr(member, name))
    if _SUMS.get(member.link) != name or member.link_since is None:
        return known
    return known + (clock.now() - member.link_since) // timedelta(milliseconds=1)
