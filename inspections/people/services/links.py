"""The applicants' one-time links and the sessions they open."""

import base64
import hmac
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
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
)
from inspections.people.models import ApplicantSession, Link, LinkResend
from inspections.people.states import LinkPurpose


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


@transaction.atomic
def issue_link(
    bureau_id: UUID,
    to: Addressee,
    *,
    actor: Actor,
    once: UUID | None = None,
    purpose: LinkPurpose = LinkPurpose.INSPECTION,
) -> str:
    """Make a one-time link for an applicant and return its token; only its digest is kept.

    Links of the same subject and purpose that were not opened yet stop working. The same `once`
    (the id of the message that carries it) gives the same link again. Journal: `link.issued`.
    """
    now = clock.now()
    token = _token_of(once) if once else ids.token(128)
    if once and Link.objects.filter(token_digest=_digest(token)).exists():
        return token
    unopened = Link.objects.filter(redeemed_at__isnull=True, revoked_at__isnull=True)
    unopened.filter(subject=to.subject, purpose=purpose.value).update(revoked_at=now)
    link = Link.objects.create(
        token_digest=_digest(token),
        bureau_id=bureau_id,
        subject=to.subject,
        stream=to.stream,
        label=to.label,
        sent_to=mask_phone(to.phone),
        purpose=purpose.value,
        issued_at=now,
        expires_at=now + rules.LINK_LIFETIME,
    )
    until = clock.iso(link.expires_at)
    data = {"link": str(link.pk), "purpose": link.purpose, "expires_at": until}
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
    than 3 an hour). Journal: `link.resend_asked` {case, or subject for other purposes}.
    """
    link = Link.objects.filter(token_digest=_digest(token)).first()
    if link is None:
        raise LinkUnknown
    actor = Actor("anonymous", "anonymous", str(link.bureau_id))
    # The append queues parallel wishes behind each other, so the count below is exact.
    subject = "case" if link.purpose == LinkPurpose.INSPECTION.value else "subject"
    data = {subject: str(link.subject), "link": str(link.pk), "purpose": link.purpose}
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


def _token_of(once: UUID) -> str:
    """128 bits that only this installation can make: a message sent again carries them again."""
    mac = hmac.digest(settings.SECRET_KEY.encode(), b"join link:" + once.bytes, "sha256")
    return base64.urlsafe_b64encode(mac[:16]).rstrip(b"=").decode()


def _digest(text: str) -> str:
    return sha256_hex(text.encode())
