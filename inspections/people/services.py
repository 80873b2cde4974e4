"""Signing in and out, and the applicants' links."""

import base64
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from fieldsvc.kernel import clock, ids, journal
from fieldsvc.kernel.hashing import sha256_hex
from fieldsvc.kernel.journal import Actor
from fieldsvc.kernel.masking import mask_phone
from inspections.people import rules, selectors
from inspections.people.errors import (
    LinkExpired,
    LinkForeign,
    LinkUnknown,
    LinkUsed,
    ResendTooMany,
    SignInThrottled,
    WrongPassword,
)
from inspections.people.models import (
    ApplicantSession,
    Bureau,
    Client,
    Link,
    LinkResend,
    SignInAttempt,
    Staff,
)
from inspections.people.states import Role


@dataclass(frozen=True, slots=True)
class NewStaff:
    username: str
    name: str
    roles: Iterable[Role]
    badge_number: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whose link it is: `subject` and `stream` are the opaque name of the case above."""

    subject: UUID
    stream: str
    label: str
    phone: str


@dataclass(frozen=True, slots=True)
class Opened:
    """`secret` is the new cookie value, None when the browser's own cookie goes on serving."""

    session: ApplicantSession
    link: Link
    secret: str | None


def add_bureau(*, code: str, name: str, phone: str, address: str = "") -> Bureau:
    """Create a bureau or bring the one with this code up to date."""
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
    """Create a member of staff with that password, or bring the one of this name up to date."""
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


@transaction.atomic
def issue_link(bureau_id: UUID, to: Addressee, *, actor: Actor, once: UUID | None = None) -> str:
    """Make a one-time link for an applicant and return its token; only its digest is kept.

    Links of the same subject that were not opened yet stop working. The same `once` (the id of
    the message that carries it) gives the same link again. Journal: `link.issued`.
    """
    now = clock.now()
    token = _token_of(once) if once else ids.token(128)
    if once and Link.objects.filter(token_digest=_digest(token)).exists():
        return token
    Link.objects.filter(
        subject=to.subject, redeemed_at__isnull=True, revoked_at__isnull=True
    ).update(revoked_at=now)
    link = Link.objects.create(
        token_digest=_digest(token),
        bureau_id=bureau_id,
        subject=to.subject,
        stream=to.stream,
        label=to.label,
        sent_to=mask_phone(to.phone),
        issued_at=now,
        expires_at=now + rules.LINK_LIFETIME,
    )
    data = {"link": str(link.pk), "expires_at": clock.iso(link.expires_at)}
    journal.append(to.stream, "link.issued", actor=actor, data=data)
    return token


@transaction.atomic
def open_link(token: str, *, secret: str | None) -> Opened:
    """Redeem a link for this browser; `secret` is the applicant cookie it already holds.

    The first browser wins by compare-and-set; the same browser may open the link again while its
    cookie lives; a newer link opened elsewhere ends the older browser's session.
    Refuses: `link_unknown`, `link_expired`, `link_used`, `link_foreign`. Journal: `link.opened`.
    """
    link = Link.objects.select_related("bureau").filter(token_digest=_digest(token)).first()
    if link is None:
        raise LinkUnknown
    session = selectors.find_session(secret)
    if session is not None and session.subject != link.subject:
        raise LinkForeign
    now = clock.now()
    if session is not None and link.redeemed_at is not None:
        return Opened(session, link, None)
    if link.redeemed_at is not None:
        raise LinkUsed
    if link.revoked_at is not None or link.expires_at <= now:
        raise LinkExpired
    won = Link.objects.filter(pk=link.pk, redeemed_at__isnull=True, revoked_at__isnull=True).update(
        redeemed_at=now
    )
    if won != 1:
        raise LinkUsed
    fresh = None
    if session is None:
        fresh = ids.token(256)
        session = _start_session(link, fresh)
    journal.append(
        link.stream,
        "link.opened",
        actor=selectors.actor_of_session(session),
        data={"link": str(link.pk), "session": str(session.pk)},
    )
    return Opened(session, link, fresh)


@transaction.atomic
def resend(token: str) -> str:
    """Ask for a new link to the registered phone; returns that phone, masked.

    The link itself is made by whoever sends it. Refuses: `link_unknown`, `resend_too_many` (more
    than 3 an hour). Journal: `link.resend_asked`.
    """
    link = Link.objects.filter(token_digest=_digest(token)).first()
    if link is None:
        raise LinkUnknown
    actor = Actor("anonymous", "anonymous", str(link.bureau_id))
    # The append queues parallel wishes behind each other, so the count below is exact.
    data = {"case": str(link.subject), "link": str(link.pk)}
    journal.append(link.stream, "link.resend_asked", actor=actor, data=data)
    now = clock.now()
    since = now - rules.RESEND_WINDOW
    if LinkResend.objects.filter(subject=link.subject, at__gt=since).count() >= rules.RESEND_LIMIT:
        raise ResendTooMany(retry_after=int(rules.RESEND_WINDOW.total_seconds()))
    LinkResend.objects.create(subject=link.subject, at=now)
    return link.sent_to


def end_session(secret: str | None) -> None:
    """End this browser's applicant session."""
    session = selectors.find_session(secret)
    if session is not None:
        ApplicantSession.objects.filter(pk=session.pk).update(ended_at=clock.now())


def _start_session(link: Link, secret: str) -> ApplicantSession:
    now = clock.now()
    ApplicantSession.objects.filter(subject=link.subject, ended_at__isnull=True).update(
        ended_at=now
    )
    return ApplicantSession.objects.create(
        secret_digest=_digest(secret),
        link=link,
        bureau=link.bureau,
        subject=link.subject,
        stream=link.stream,
        created_at=now,
        expires_at=now + rules.SESSION_LIFETIME,
    )


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


def _token_of(once: UUID) -> str:
    """128 bits that only this installation can make: a message sent again carries them again."""
    mac = hmac.digest(settings.SECRET_KEY.encode(), b"join link:" + once.bytes, "sha256")
    return base64.urlsafe_b64encode(mac[:16]).rstrip(b"=").decode()


def _digest(text: str) -> str:
    return sha256_hex(text.encode())
