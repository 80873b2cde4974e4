"""Whom a fact concerns, and what may be said to them of it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor, JournalEntry
from inspections.cases.models import Case
from inspections.cases.selectors import case_of
from inspections.catalog.selectors import service_item_title
from inspections.catalog.states import Outcome
from inspections.delegation.models import Delegation
from inspections.delegation.selectors import delegation_of
from inspections.dispatch.selectors import get_order
from inspections.notices.rules import Facts
from inspections.notices.states import NoticeKind
from inspections.people.models import Bureau
from inspections.people.services import Addressee
from inspections.signing import selectors as signing

_DELEGATION, _CASE = "delegation:", "case:"


@dataclass(frozen=True, slots=True)
class Recipient:
    """`label` names case or delegation on the link's page; `columns` are those of the notice."""

    bureau: Bureau
    stream: str
    subject: UUID
    label: str
    phone: str
    facts: Facts
    columns: dict[str, Case | Delegation] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        return Actor("system", "system", str(self.bureau.pk))

    @property
    def addressee(self) -> Addressee:
        return Addressee(self.subject, self.stream, self.label, self.phone)

    @property
    def told(self) -> dict[str, JSONValue]:
        """The id every entry about a notice carries."""
        return {name: str(row.pk) for name, row in self.columns.items()}


def recipient_of(kind: NoticeKind, entry: JournalEntry) -> Recipient:
    """The applicant of the delegation or case the entry speaks of; refuses with `not_found`,
    `delegation_unknown`."""
    if kind is NoticeKind.SIGNING_CODE:
        return _of_signer(entry)
    if entry.stream.startswith(_DELEGATION):
        return _of_delegation(kind, entry)
    return _of_case(kind, entry)


def _of_delegation(kind: NoticeKind, entry: JournalEntry) -> Recipient:
    owner = delegation_of(entry.stream.removeprefix(_DELEGATION))
    until = _moment(entry, "until")
    at = _moment(entry, "from")
    if kind is NoticeKind.REGISTERED and owner.called_back_at is None:
        at = owner.callback_due_at
    facts = Facts(
        bureau=owner.bureau.name,
        bureau_phone=owner.bureau.phone,
        case_number=owner.number,
        at=_arrival(entry) if kind is NoticeKind.DEPARTED else at,
        until=until,
        staff=_staff(entry) if kind is NoticeKind.DEPARTED else "",
    )
    return Recipient(
        bureau=owner.bureau,
        stream=owner.stream,
        subject=owner.pk,
        label=owner.number,
        phone=owner.phone,
        facts=facts,
        columns={"delegation": owner},
    )


def _of_case(kind: NoticeKind, entry: JournalEntry) -> Recipient:
    case = _case(entry)
    data = entry.data
    items, verdict = data.get("items"), data.get("verdict")
    at = _moment(entry, "starts_at") or _moment(entry, "deadline") or _moment(entry, "from")
    facts = Facts(
        bureau=case.bureau.name,
        bureau_phone=case.bureau.phone,
        case_number=case.number,
        service_item=service_item_title(case.service_item),
        at=_arrival(entry) if kind is NoticeKind.SITE_DEPARTED else at,
        until=_moment(entry, "until"),
        staff=_staff(entry) if kind is NoticeKind.SITE_DEPARTED else "",
        items=len(items) if isinstance(items, list) else 0,
        outcome=Outcome(verdict).label if isinstance(verdict, str) else "",
    )
    return _recipient_of_case(case, facts)


def _of_signer(entry: JournalEntry) -> Recipient:
    """The applicant asked to sign; the digits are made for the message and kept nowhere."""
    code = signing.code(UUID(str(entry.data["code"])))
    case = case_of(code.request.signer_id)
    facts = Facts(
        bureau=case.bureau.name,
        bureau_phone=case.bureau.phone,
        case_number=case.number,
        code=signing.digits_of(code),
        document_number=code.request.document_number,
        fingerprint=code.request.document_sha256[-6:],
    )
    return _recipient_of_case(case, facts)


def _recipient_of_case(case: Case, facts: Facts) -> Recipient:
    return Recipient(
        bureau=case.bureau,
        stream=case.stream,
        subject=case.pk,
        label=case.number,
        phone=case.contact_phone,
        facts=facts,
        columns={"case": case},
    )


def _case(entry: JournalEntry) -> Case:
    named = entry.data.get("case")
    if named is not None:
        return case_of(str(named))
    return case_of(entry.stream.removeprefix(_CASE))


def _moment(entry: JournalEntry, name: str) -> datetime | None:
    value = entry.data.get(name)
    return datetime.fromisoformat(value) if isinstance(value, str) else None


def _staff(entry: JournalEntry) -> str:
    return get_order(str(entry.data["order"])).staff.name


def _arrival(entry: JournalEntry) -> datetime:
    """When to open the door: never before the planned start, later when the start was late."""
    order = get_order(str(entry.data["order"]))
    return max(order.starts_at, entry.at + timedelta(seconds=order.travel_seconds))
