"""What hinders a member's media, in the words of its page: shown, journalled, cause of gaps."""

from datetime import datetime, timedelta

from fieldsvc.kernel import clock, journal
from signaling.changing import actor_of, changing
from signaling.models import Hindrance, Member
from signaling.states import Cause, Condition

# A picture stops a little before its page can say why, and comes a little after it is over.
REACH = timedelta(seconds=8)


def report(member: Member, condition: Condition | None, seconds_ago: float) -> None:
    """Keep what a page says of itself. Journals `peer.condition`; the same again changes nothing.

    What began before the member's last condition ended begins where that one ended.
    """
    with changing(member.room_id) as room:
        running = Hindrance.objects.filter(member=member, ended_at=None).first()
        if (running.condition if running else None) == condition:
            return
        now = clock.now()
        end(member, at=now)
        if condition is not None:
            last = Hindrance.objects.filter(member=member).order_by("-started_at").first()
            since = max(now - timedelta(seconds=seconds_ago), member.added_at)
            if last is not None and last.ended_at is not None:
                since = max(since, last.ended_at)
            Hindrance.objects.create(member=member, condition=condition.value, started_at=since)
        journal.append(
            room.stream,
            "peer.condition",
            actor=actor_of(member, room),
            data={
                "member": str(member.pk),
                "subject": member.subject,
                "condition": condition.value if condition else None,
            },
        )


def end(member: Member, *, at: datetime) -> None:
    """Whatever hindered the member is over, or nobody can say any more. In a transaction."""
    Hindrance.objects.filter(member=member, ended_at=None).update(ended_at=at)


def running(members: list[Member]) -> dict[object, Hindrance]:
    """What hinders each of these members now, by member id."""
    rows = Hindrance.objects.filter(member__in=members, ended_at=None)
    return {row.member_id: row for row in rows}


def cause_of(source: Member, started_at: datetime, ended_at: datetime) -> Cause | None:
    """What the member's page said of a stretch in which nothing came; None when it said nothing."""
    rows = Hindrance.objects.filter(member=source, started_at__lt=ended_at + REACH)
    found = [
        (min(end_ + REACH, ended_at) - max(row.started_at - REACH, started_at), row.condition)
        for row in rows
        if (end_ := row.ended_at or ended_at) + REACH > started_at
    ]
    return Cause(max(found)[1]) if found else None
