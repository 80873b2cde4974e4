"""Who may sit in a room, and stay."""

from fieldsvc.kernel import clock
from inspections.people.models import ApplicantSession, Staff
from inspections.people.states import Role
from signaling.models import Member
from signaling.states import Role as Seat


def may_stay(member: Member, holder: str) -> bool:
    """Whether a member of a room may be there still, on the proof it came in with.

    A host as long as it works here as an inspector; a guest as long as the session its ticket was
    given on lives: not ended, not run out, not taken over by another browser, its link good.
    """
    if member.role == Seat.HOST:
        return _may_host(member)
    return member.role == Seat.GUEST and _is_guest(member, holder)


def _may_host(member: Member) -> bool:
    staff = Staff.objects.filter(pk=member.subject, is_active=True).first()
    if staff is None or not staff.has_role(Role.INSPECTOR):
        return False
    return str(staff.bureau_id) == member.room.scope


def _is_guest(member: Member, holder: str) -> bool:
    if not holder:
        return False
    living = ApplicantSession.objects.filter(
        pk=holder,
        ended_at__isnull=True,
        expires_at__gt=clock.now(),
        link__revoked_at__isnull=True,
    )
    found = living.first()
    return (
        found is not None
        and str(found.subject) == member.subject
        and str(found.bureau_id) == member.room.scope
    )
