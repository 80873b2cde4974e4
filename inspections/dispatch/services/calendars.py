"""The delegate's own calendar address."""

from django.db import transaction

from fieldsvc.kernel import clock, ids, journal
from fieldsvc.kernel.hashing import sha256_hex
from fieldsvc.kernel.journal import Actor
from inspections.dispatch.models import CalendarToken
from inspections.people.models import Staff


@transaction.atomic
def issue_calendar(staff: Staff, *, actor: Actor) -> str:
    """A new secret for the calendar address; the one before is good no more. Shown only here.

    Journal on `bureau:<id>`: `calendar.issued` {staff}.
    """
    token = ids.token(160)
    _revoke(staff)
    CalendarToken.objects.create(
        id=ids.new(),
        staff=staff,
        token_digest=sha256_hex(token.encode()),
        issued_at=clock.now(),
    )
    _tell(staff, "calendar.issued", actor)
    return token


@transaction.atomic
def revoke_calendar(staff: Staff, *, actor: Actor) -> None:
    """Let the calendar address be good no more; without one nothing happens.

    Journal on `bureau:<id>`: `calendar.revoked` {staff}.
    """
    if _revoke(staff):
        _tell(staff, "calendar.revoked", actor)


def _revoke(staff: Staff) -> int:
    good = CalendarToken.objects.filter(staff=staff, revoked_at__isnull=True)
    return good.update(revoked_at=clock.now())


def _tell(staff: Staff, kind: str, actor: Actor) -> None:
    journal.append(f"bureau:{staff.bureau_id}", kind, actor=actor, data={"staff": str(staff.pk)})
