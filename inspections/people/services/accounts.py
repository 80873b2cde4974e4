"""Bureaus, staff and approval systems; signing in and out."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction

from fieldsvc.kernel import clock, glyphs, ids, journal
from fieldsvc.kernel.hashing import sha256_hex
from fieldsvc.kernel.journal import Actor
from inspections.people import rules, selectors
from inspections.people.errors import SignInThrottled, WrongPassword
from inspections.people.models import Bureau, Client, SignInAttempt, Staff
from inspections.people.states import Role


@dataclass(frozen=True, slots=True)
class NewStaff:
    username: str
    name: str
    roles: Iterable[Role]
    badge_number: str = ""
    unit: str = ""


def add_bureau(*, code: str, name: str, phone: str, address: str = "") -> Bureau:
    """Create a bureau or bring the one with this code up to date.

    Refuses with `glyph_missing` a name that no font of the papers can print.
    """
    glyphs.refuse_missing({"name": name})
    bureau, _ = Bureau.objects.update_or_create(
        code=code,
        defaults={"name": name, "phone": phone, "address": address},
        create_defaults={
            "name": name,
            "phone": phone,
            "address": address,
            "created_at": clock.now(),
        },
    )
    return bureau


def add_staff(bureau: Bureau, new: NewStaff, *, password: str) -> Staff:
    """Create a member of staff with that password, or bring the one of this name up to date.

    Refuses with `glyph_missing` a name or unit that no font of the papers can print.
    """
    glyphs.refuse_missing({"name": new.name, "unit": new.unit})
    staff = Staff.objects.filter(username=new.username).first() or Staff(
        username=new.username, created_at=clock.now()
    )
    staff.bureau = bureau
    staff.name = new.name
    staff.roles = [role.value for role in new.roles]
    staff.badge_number = new.badge_number
    staff.unit = new.unit
    staff.set_password(password)
    staff.save()
    return staff


def add_client(
    bureau: Bureau, *, name: str, key: str | None = None, callback_hosts: Iterable[str] = ()
) -> tuple[Client, str]:
    """Create an approval system and return it with its API key, which is shown this once.

    `callback_hosts` are host:port its results may be sent to, beside those of the deployment.
    """
    key = key or ids.token(256)
    client, _ = Client.objects.update_or_create(
        key_digest=sha256_hex(key.encode()),
        defaults={
            "bureau": bureau,
            "name": name,
            "callback_hosts": list(callback_hosts),
            "created_at": clock.now(),
        },
    )
    return client, key


def sign_in(username: str, password: str, *, address: str) -> Staff:
    """Check name and password and return the member of staff.

    Refuses with `wrong_password` (the same answer for an unknown name) and, from the sixth wrong
    try within 15 minutes for a name, with `sign_in_throttled`, right password or not. The try is
    committed before it is judged, so that parallel guesses count each other.
    Journal: `staff.signed_in` or `staff.sign_in_refused` on the bureau's stream.
    """
    attempt, refused = _count_attempt(username, address)
    staff = Staff.objects.select_related("bureau").filter(username=username).first()
    if refused:
        _journal_refusal(staff, "throttled")
        raise SignInThrottled(retry_after=int(rules.SIGN_IN_WINDOW.total_seconds()))
    if staff is None:
        make_password(password)  # the same work as for a known name: time tells nothing
        _journal_refusal(None, "wrong_password")
        raise WrongPassword
    if not staff.check_password(password) or not staff.is_active:
        _journal_refusal(staff, "wrong_password")
        raise WrongPassword
    with transaction.atomic():
        SignInAttempt.objects.filter(name_digest=attempt.name_digest).update(succeeded=True)
        _journal_staff(staff, "staff.signed_in")
    return staff


def sign_out(staff: Staff) -> None:
    """Journal `staff.signed_out`; ending the session itself is the caller's."""
    with transaction.atomic():
        _journal_staff(staff, "staff.signed_out")


def _count_attempt(username: str, address: str) -> tuple[SignInAttempt, bool]:
    now = clock.now()
    attempt = SignInAttempt.objects.create(
        name_digest=_digest(username.strip().lower()), address_digest=_digest(address), at=now
    )
    recent = SignInAttempt.objects.filter(succeeded=False, at__gt=now - rules.SIGN_IN_WINDOW)
    refused = rules.too_many_attempts(
        for_name=recent.filter(name_digest=attempt.name_digest).count(),
        for_address=recent.filter(address_digest=attempt.address_digest).count(),
    )
    return attempt, refused


def _journal_staff(staff: Staff, kind: str) -> None:
    actor = selectors.actor_of_staff(staff)
    journal.append(f"bureau:{staff.bureau_id}", kind, actor=actor, data={"staff": str(staff.pk)})


def _journal_refusal(staff: Staff | None, code: str) -> None:
    # A name nobody has belongs to no bureau; its tries still leave a trace.
    stream = f"bureau:{staff.bureau_id}" if staff else "bureau:unknown"
    scope = str(staff.bureau_id) if staff else ""
    data = {"staff": str(staff.pk) if staff else None, "code": code}
    with transaction.atomic():
        journal.append(
            stream,
            "staff.sign_in_refused",
            actor=Actor("anonymous", "anonymous", scope),
            data=data,
        )


def _digest(text: str) -> str:
    return sha256_hex(text.encode())
