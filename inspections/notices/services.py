"""Owing a message for a fact, and sending it."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.db import transaction

from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor, JournalEntry
from fieldsvc.kernel.masking import mask_phone
from inspections.cases.models import Case
from inspections.cases.selectors import case_of
from inspections.catalog.selectors import service_item_title
from inspections.catalog.states import Outcome
from inspections.notices import rules
from inspections.notices.errors import SmsUnavailable
from inspections.notices.models import Notice
from inspections.notices.rules import Facts
from inspections.notices.states import NoticeKind, NoticeState
from inspections.people import services as people
from inspections.people.services import Addressee


class SmsGateway(Protocol):
    name: str

    def send(self, phone: str, text: str, *, reference: UUID) -> str:
        """Hand one message over and return the gateway's own number for it.

        `reference` is the same when a message is handed over again. Refuses with
        `sms_unavailable`.
        """
        ...


def send(kind: NoticeKind, entry: JournalEntry, gateway: SmsGateway) -> Notice:
    """Send the message that `entry` calls for to the case's contact; once per entry.

    A try that broke off is repeated with the same reference and the same link, so that a gateway
    that knows the reference sends nothing twice, and a message already on its way stays good.
    Refuses: `sms_unavailable`. Journal: `notice.sent`, or `notice.failed` for each failed try;
    neither tells the number, the text or the link.
    """
    case = case_of(str(entry.data["case"]))
    notice, link = _owe(kind, entry, case)
    if notice.state == NoticeState.SENT.value:
        return notice
    text = rules.text(kind, _facts(case, entry, link))
    try:
        reference = gateway.send(case.contact_phone, text, reference=notice.pk)
    except SmsUnavailable as error:
        with transaction.atomic():
            _journal(notice, case, "notice.failed", gateway=gateway.name, code=error.code)
        raise
    with transaction.atomic():
        settled = Notice.objects.filter(pk=notice.pk, state=NoticeState.PENDING.value).update(
            state=NoticeState.SENT.value, reference=reference, sent_at=clock.now()
        )
        if settled:
            _journal(notice, case, "notice.sent", gateway=gateway.name, reference=reference)
    notice.refresh_from_db()
    return notice


@transaction.atomic
def _owe(kind: NoticeKind, entry: JournalEntry, case: Case) -> tuple[Notice, str]:
    notice, _ = Notice.objects.get_or_create(
        entry=entry.pk,
        defaults={
            "case": case,
            "kind": kind.value,
            "sent_to": mask_phone(case.contact_phone),
            "created_at": clock.now(),
        },
    )
    if not kind.has_link or notice.state == NoticeState.SENT.value:
        return notice, ""
    to = Addressee(case.pk, case.stream, case.number, case.contact_phone)
    token = people.issue_link(case.bureau_id, to, actor=_system(case), once=notice.pk)
    # Behind the #: a server, a proxy or a pre-fetching chat app never sees the token.
    return notice, f"{settings.PUBLIC_URL}/j/#{token}"


def _facts(case: Case, entry: JournalEntry, link: str) -> Facts:
    data = entry.data
    at = data.get("starts_at") or data.get("deadline")
    items = data.get("items")
    verdict = data.get("verdict")
    return Facts(
        bureau=case.bureau.name,
        bureau_phone=case.bureau.phone,
        case_number=case.number,
        service_item=service_item_title(case.service_item),
        link=link,
        at=datetime.fromisoformat(at) if isinstance(at, str) else None,
        items=len(items) if isinstance(items, list) else 0,
        outcome=Outcome(verdict).label if isinstance(verdict, str) else "",
    )


def _journal(notice: Notice, case: Case, kind: str, **more: JSONValue) -> None:
    data: dict[str, JSONValue] = {
        "case": str(case.pk),
        "notice": str(notice.pk),
        "kind": notice.kind,
        "channel": "sms",
        **more,
    }
    journal.append(case.stream, kind, actor=_system(case), data=data)


def _system(case: Case) -> Actor:
    return Actor("system", "system", str(case.bureau_id))
