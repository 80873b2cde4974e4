"""One entry, one message: owed in the database first, then handed to the gateway."""

from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.db import transaction

from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import JournalEntry
from fieldsvc.kernel.masking import mask_phone
from inspections.notices import rules
from inspections.notices.errors import SmsUnavailable
from inspections.notices.models import Notice
from inspections.notices.services.recipients import Recipient, recipient_of
from inspections.notices.states import NoticeKind, NoticeState
from inspections.people import services as people
from inspections.people.states import LinkPurpose


class SmsGateway(Protocol):
    name: str

    def send(self, phone: str, text: str, *, reference: UUID) -> str:
        """Hand one message over and return the gateway's own number for it.

        `reference` is the same when a message is handed over again. Refuses with
        `sms_unavailable`.
        """
        ...


def send(kind: NoticeKind, entry: JournalEntry, gateway: SmsGateway) -> Notice:
    """Send the message that `entry` calls for to the applicant it concerns; once per entry.

    A try that broke off is repeated with the same reference and the same link, so that a gateway
    that knows the reference sends nothing twice, and a message already on its way stays good.
    Refuses: `sms_unavailable`. Journal: `notice.sent`, or `notice.failed` for each failed try;
    neither tells the number, the text or the link.
    """
    to = recipient_of(kind, entry)
    notice, link = _owe(kind, entry, to)
    if notice.state == NoticeState.SENT.value:
        return notice
    text = rules.text(kind, to.facts, link)
    try:
        reference = gateway.send(to.phone, text, reference=notice.pk)
    except SmsUnavailable as error:
        with transaction.atomic():
            _journal(notice, to, "notice.failed", gateway=gateway.name, code=error.code)
        raise
    with transaction.atomic():
        settled = Notice.objects.filter(pk=notice.pk, state=NoticeState.PENDING.value).update(
            state=NoticeState.SENT.value, reference=reference, sent_at=clock.now()
        )
        if settled:
            _journal(notice, to, "notice.sent", gateway=gateway.name, reference=reference)
    notice.refresh_from_db()
    return notice


@transaction.atomic
def _owe(kind: NoticeKind, entry: JournalEntry, to: Recipient) -> tuple[Notice, str]:
    notice, _ = Notice.objects.get_or_create(
        entry=entry.pk,
        defaults={
            **to.columns,
            "kind": kind.value,
            "sent_to": mask_phone(to.phone),
            "created_at": clock.now(),
        },
    )
    if kind.link is None or notice.state == NoticeState.SENT.value:
        return notice, ""
    token = people.issue_link(
        to.bureau.pk,
        to.addressee,
        actor=to.actor,
        once=notice.pk,
        purpose=LinkPurpose(kind.link),
    )
    # Behind the #: a server, a proxy or a pre-fetching chat app never sees the token.
    return notice, f"{settings.PUBLIC_URL}/j/#{token}"


def _journal(notice: Notice, to: Recipient, kind: str, **more: JSONValue) -> None:
    data: dict[str, JSONValue] = {
        **to.told,
        "notice": str(notice.pk),
        "kind": notice.kind,
        "channel": "sms",
        **more,
    }
    journal.append(to.stream, kind, actor=to.actor, data=data)
