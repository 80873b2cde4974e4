"""What a rating or a call is about: one delegation or one inspection."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from fieldsvc.kernel import journal
from fieldsvc.kernel.errors import NotFound
from fieldsvc.kernel.journal import Actor
from inspections.aftercare.states import SubjectKind
from inspections.catalog.selectors import guides, service_item_title
from inspections.delegation.models import Delegation
from inspections.delegation.states import OPEN_STATES
from inspections.inspection.models import Inspection
from inspections.inspection.selectors import assigned_staff
from inspections.inspection.states import InspectionState
from inspections.people.models import Bureau, Staff

# Whoever took the visit on answers for it, whether they came or not.
_TOOK_PART = ("order.accepted", "order.departed", "order.arrived", "order.finished")


@dataclass(frozen=True, slots=True)
class Subject:
    """`rated` are those whose work it was; `finished_at` is None while it goes on."""

    kind: SubjectKind
    id: UUID
    number: str
    bureau: Bureau
    items: tuple[str, ...]
    rated: tuple[Staff, ...]
    finished_at: datetime | None
    due_at: datetime | None
    trips: int

    @property
    def items_text(self) -> str:
        return "、".join(self.items)


def own_subject(actor: Actor) -> Subject:
    """What the applicant of this session may rate; refuses with `not_found`.

    A session's subject is a delegation, or a case, whose newest sealed inspection is then meant.
    """
    if actor.kind != "applicant":
        raise NotFound
    delegation = _delegations().filter(pk=actor.id, bureau_id=actor.scope).first()
    if delegation is not None:
        return of_delegation(delegation)
    inspection = (
        Inspection.objects.select_related("bureau", "case")
        .filter(case_id=actor.id, bureau_id=actor.scope)
        .exclude(state=InspectionState.TRANSFERRED.value)
        .order_by("-round", "-starts_at")
        .first()
    )
    if inspection is None:
        raise NotFound
    return of_inspection(inspection)


def subject_of(kind: SubjectKind, subject_id: UUID) -> Subject:
    """Any subject, for services that act for nobody; refuses with `not_found`."""
    if kind is SubjectKind.DELEGATION:
        delegation = _delegations().filter(pk=subject_id).first()
        if delegation is None:
            raise NotFound
        return of_delegation(delegation)
    inspection = Inspection.objects.select_related("bureau", "case").filter(pk=subject_id).first()
    if inspection is None:
        raise NotFound
    return of_inspection(inspection)


def of_delegation(delegation: Delegation) -> Subject:
    orders = list(journal.entries(delegation.stream).filter(kind__in=_TOOK_PART))
    who = {str(entry.data["staff"]) for entry in orders if entry.data.get("staff")}
    if delegation.staff_id is not None:
        who.add(str(delegation.staff_id))
    return Subject(
        kind=SubjectKind.DELEGATION,
        id=delegation.pk,
        number=delegation.number,
        bureau=delegation.bureau,
        items=titles_of(delegation.items),
        rated=tuple(Staff.objects.filter(pk__in=who).order_by("badge_number", "pk")),
        finished_at=_finished_at(delegation),
        due_at=delegation.due_at,
        trips=sum(entry.kind == "order.arrived" for entry in orders),
    )


def of_inspection(inspection: Inspection) -> Subject:
    sealed = inspection.state == InspectionState.SEALED.value
    return Subject(
        kind=SubjectKind.INSPECTION,
        id=inspection.pk,
        number=inspection.number,
        bureau=inspection.bureau,
        items=(service_item_title(inspection.case.service_item),),
        rated=tuple(assigned_staff(inspection)),
        finished_at=inspection.concluded_at if sealed else None,
        due_at=None,
        trips=0,
    )


def titles_of(codes: Iterable[str]) -> tuple[str, ...]:
    """What guides (or checklists) are called; a code nobody published stands for itself."""
    known = {guide.code: guide.title for guide in guides()}
    return tuple(known.get(code) or service_item_title(code) for code in codes)


def _finished_at(delegation: Delegation) -> datetime | None:
    if delegation.state in OPEN_STATES:
        return None
    return delegation.delivered_at or delegation.ended_at


def _delegations() -> QuerySet[Delegation]:
    return Delegation.objects.select_related("bureau", "staff")
