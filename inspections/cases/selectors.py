from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from fieldsvc.kernel import journal
from fieldsvc.kernel.errors import NotFound
from fieldsvc.kernel.journal import Actor
from fieldsvc.kernel.masking import mask_address, mask_name
from inspections.cases import policies
from inspections.cases.models import Case
from inspections.cases.states import TIMELINE_LABELS, CaseState
from inspections.catalog.selectors import service_item_title

LIMIT = 200


@dataclass(frozen=True, slots=True)
class TimelineLine:
    at: datetime
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of a list: enough to recognise a case, personal values masked."""

    id: str
    number: str
    state: str
    state_label: str
    service_item: str
    service_item_title: str
    applicant_name: str
    premises_name: str
    address: str
    received_at: datetime


def access_case(actor: Actor, case_id: UUID) -> Case:
    """The case if `actor` may see it; refuses with `not_found`, `not_allowed`."""
    return _let_through(actor, _rows().filter(pk=case_id).first())


def access_case_by_number(actor: Actor, number: str) -> Case:
    """The same by the approval system's number, which is unique within a bureau."""
    if not actor.scope:
        raise NotFound
    return _let_through(actor, _rows().filter(number=number, bureau_id=actor.scope).first())


def own_case(actor: Actor) -> Case:
    """The case an applicant was let in to."""
    if actor.kind != "applicant":
        raise NotFound
    return access_case(actor, UUID(actor.id))


def case_of(case_id: UUID | str) -> Case:
    """The case, for services that act for nobody; refuses with `not_found`."""
    case = _rows().filter(pk=case_id).first()
    if case is None:
        raise NotFound
    return case


def list_cases(actor: Actor, query: str = "") -> list[CaseRow]:
    """The newest cases of the asker's bureau whose number or premises contain `query`."""
    refusal = policies.may_list(actor)
    if refusal is not None:
        raise refusal
    rows = Case.objects.filter(bureau_id=actor.scope).order_by("-received_at")
    if query:
        rows = rows.filter(Q(number__icontains=query) | Q(premises_name__icontains=query))
    titles: dict[str, str] = {}
    return [_row(case, titles) for case in rows[:LIMIT]]


def timeline(case: Case) -> list[TimelineLine]:
    """The facts of the case's stream in order, in words for people."""
    return [
        TimelineLine(entry.at, entry.kind, _label(entry.kind, entry.data))
        for entry in journal.entries(case.stream)
        if entry.kind in TIMELINE_LABELS
    ]


def _label(kind: str, data: Mapping[str, object]) -> str:
    if kind == "result.attempted" and data.get("code") != "ok":
        return "回传结果未成功，将自动重试" if data.get("again_at") else "回传结果未成功，已停止"
    return TIMELINE_LABELS[kind]


def _rows() -> QuerySet[Case]:
    return Case.objects.select_related("bureau", "client")


def _let_through(actor: Actor, case: Case | None) -> Case:
    if case is None:
        raise NotFound
    refusal = policies.may_see(actor, case)
    if refusal is not None:
        raise refusal
    return case


def _row(case: Case, titles: dict[str, str]) -> CaseRow:
    if case.service_item not in titles:
        titles[case.service_item] = service_item_title(case.service_item)
    return CaseRow(
        id=str(case.pk),
        number=case.number,
        state=case.state,
        state_label=CaseState(case.state).label,
        service_item=case.service_item,
        service_item_title=titles[case.service_item],
        applicant_name=mask_name(case.applicant_name),
        premises_name=case.premises_name,
        address=mask_address(case.address),
        received_at=case.received_at,
    )
