"""Which delegations somebody may see, and what a list shows of them."""

import hmac
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.journal import Actor
from fieldsvc.kernel.masking import mask_address, mask_name, mask_phone
from inspections.catalog import selectors as catalog
from inspections.catalog.errors import GuideUnknown
from inspections.delegation import policies, rules
from inspections.delegation.errors import DelegationUnknown
from inspections.delegation.models import Delegation, Mandate
from inspections.delegation.selectors.clocks import is_overdue
from inspections.delegation.states import TIMELINE_LABELS, MandateState
from inspections.dispatch.models import DispatchOrder
from inspections.dispatch.states import LIVE

PAGE = 50


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; blanks narrow nothing. `phone_digest` belongs to `q`."""

    q: str = ""
    phone_digest: str = ""
    state: str = ""
    item: str = ""
    staff: UUID | None = None
    channel: str = ""
    since: datetime | None = None
    until: datetime | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class Listed:
    rows: list["DelegationRow"]
    total: int
    page: int


@dataclass(frozen=True, slots=True)
class DelegationRow:
    """One line: enough to recognise it, personal values masked."""

    delegation: Delegation
    applicant_name: str
    phone: str
    address: str
    item_titles: list[str]
    overdue: bool


@dataclass(frozen=True, slots=True)
class TimelineLine:
    at: datetime
    kind: str
    label: str
    number: int
    data: dict[str, object] = field(default_factory=dict)


def access_delegation(actor: Actor, delegation_id: UUID) -> Delegation:
    """The delegation if `actor` may see it; refuses with `delegation_unknown`, `not_allowed`."""
    found = rows().filter(pk=delegation_id).first()
    if found is None:
        raise policies.may_list(actor) or DelegationUnknown()
    refusal = policies.may_see(actor, found)
    if refusal is not None:
        raise refusal
    return found


def access_work(actor: Actor, delegation_id: UUID) -> Delegation:
    """The same for the delegate whose work it is; others who may see it get `not_allowed`."""
    delegation = access_delegation(actor, delegation_id)
    refusal = policies.may_work(actor, delegation)
    if refusal is not None:
        raise refusal
    return delegation


def access_own_delegation(actor: Actor) -> Delegation:
    """The delegation an applicant was let in to; refuses with `delegation_unknown`."""
    if actor.kind != "applicant":
        raise DelegationUnknown
    return access_delegation(actor, UUID(actor.id))


def delegation_of(delegation_id: UUID | str) -> Delegation:
    """The delegation, for services that act for nobody; refuses with `delegation_unknown`."""
    found = rows().filter(pk=delegation_id).first()
    if found is None:
        raise DelegationUnknown
    return found


def list_delegations(actor: Actor, filters: Filters) -> Listed:
    """The newest first, fifty to a page; delegates get their own. Refuses with `not_allowed`."""
    refusal = policies.may_list(actor)
    if refusal is not None:
        raise refusal
    found = _narrowed(rows().filter(bureau_id=actor.scope), filters)
    if not actor.roles & policies.DESK:
        sent = DispatchOrder.objects.filter(staff_id=actor.id, state__in=LIVE)
        found = found.filter(Q(staff_id=actor.id) | Q(visit__in=sent.values("visit_id")))
    total = found.count()
    start = (max(filters.page, 1) - 1) * PAGE
    now = clock.now()
    titles: dict[str, str] = {}
    page = found.order_by("-registered_at", "-number")[start : start + PAGE]
    return Listed([_row(one, titles, now) for one in page], total, max(filters.page, 1))


def mandate_of(delegation: Delegation) -> Mandate | None:
    """The living mandate, else the newest that has ended."""
    known = list(delegation.mandates.order_by("-drafted_at", "-number"))
    living = {MandateState.SIGNED.value, MandateState.DRAFT.value}
    return next((one for one in known if one.state in living), known[0] if known else None)


def timeline(delegation: Delegation) -> list[TimelineLine]:
    """The facts of the delegation's stream in order, in words for people."""
    return [
        TimelineLine(entry.at, entry.kind, TIMELINE_LABELS[entry.kind], entry.number)
        for entry in journal.entries(delegation.stream).filter(kind__in=list(TIMELINE_LABELS))
    ]


def item_title(code: str, version: str | None = None) -> str:
    """The title of an item as its guide says it."""
    try:
        guide = catalog.get_guide(code, version) if version else catalog.current_guide(code)
    except GuideUnknown:
        return code
    return guide.title


def rows() -> QuerySet[Delegation]:
    return Delegation.objects.select_related("bureau", "dossier", "staff", "wanted_staff")


def _narrowed(found: QuerySet[Delegation], filters: Filters) -> QuerySet[Delegation]:
    exact = {
        "state": filters.state,
        "staff_id": filters.staff,
        "channel": filters.channel,
        "registered_at__gte": filters.since,
        "registered_at__lt": filters.until,
    }
    found = found.filter(**{name: value for name, value in exact.items() if value})
    if filters.item:
        # Codes are quoted in the stored list, so one cannot be found inside another.
        found = found.filter(items__icontains=f'"{filters.item}"')
    if filters.q:
        wanted = Q(number__icontains=filters.q) | Q(applicant_name__icontains=filters.q)
        if filters.phone_digest:
            wanted |= Q(phone_digest=filters.phone_digest)
        found = found.filter(wanted)
    return found


def _row(delegation: Delegation, titles: dict[str, str], now: datetime) -> DelegationRow:
    for code in delegation.items:
        if code not in titles:
            titles[code] = item_title(code, delegation.guides.get(code))
    firm = delegation.person_type == "FIRM"
    name = delegation.applicant_name
    return DelegationRow(
        delegation=delegation,
        # A firm's name is public by law (企业信息公示); a person's is theirs.
        applicant_name=name if firm else mask_name(name),
        phone=mask_phone(delegation.phone),
        address=mask_address(delegation.address),
        item_titles=[titles[code] for code in delegation.items],
        overdue=is_overdue(delegation, now),
    )


def normal_query(q: str) -> str:
    """The phone a query may be, or ""."""
    return rules.normal_phone(q)


def phone_digest_of(phone: str) -> str:
    """The same phone gives the same digest, and only this installation can make it."""
    return hmac.digest(settings.SECRET_KEY.encode(), b"phone:" + phone.encode(), "sha256").hex()
