"""Keeping the ledger's lines in step with what happened; each may be computed again any time."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from inspections.cases.models import Case
from inspections.catalog.selectors import bundles, guides, service_item_title
from inspections.delegation.models import Delegation
from inspections.delegation.states import Channel, DelegationState
from inspections.dispatch.models import DispatchOrder, Visit
from inspections.inspection.models import Inspection
from inspections.inspection.selectors import assigned_staff
from inspections.inspection.states import InspectionState, Mode
from inspections.ledger.models import LedgerLine
from inspections.ledger.states import LineKind, Phase
from inspections.people.models import Area
from inspections.people.rules import in_area, polygon_of

_DELEGATION_PHASES = {
    DelegationState.SUSPENDED.value: Phase.PAUSED,
    DelegationState.TERMINATED.value: Phase.STOPPED,
    DelegationState.REGISTERED.value: Phase.OPEN,
    DelegationState.ACCEPTED.value: Phase.OPEN,
    DelegationState.HANDLING.value: Phase.OPEN,
}
_INSPECTION_PHASES = {
    InspectionState.SCHEDULED.value: Phase.OPEN,
    InspectionState.IN_PROGRESS.value: Phase.OPEN,
    InspectionState.TRANSFERRED.value: Phase.STOPPED,
}


@transaction.atomic
def project_delegation(delegation_id: UUID) -> None:
    """Compute the line of a delegation anew; idempotent, a delegation that is gone has none."""
    row = Delegation.objects.select_for_update(of=("self",)).filter(pk=delegation_id).first()
    if row is None:
        return
    titles = titles_of(row.items)
    arrived = _arrivals(row.pk)
    area = area_of(row.bureau_id, row.longitude, row.latitude)
    lead = bundle_title(row.bundle) if row.bundle else (titles[0] if titles else "")
    _write(
        LedgerLine(
            subject=row.pk,
            kind=LineKind.DELEGATION.value,
            bureau_id=row.bureau_id,
            delegation=row,
            stream=row.stream,
            number=row.number,
            item=row.bundle or (row.items[0] if row.items else ""),
            item_title=lead,
            items_key="|" + "".join(f"{code}|" for code in row.items),
            items_text="、".join(titles),
            area=area.pk if area else None,
            area_title=area.title if area else "",
            staff_id=row.staff_id,
            channel=row.channel,
            state=row.state,
            state_label=DelegationState(row.state).label,
            phase=_DELEGATION_PHASES.get(row.state, Phase.FINISHED).value,
            registered_at=row.registered_at,
            due_at=row.due_at,
            finished_at=row.delivered_at or row.ended_at,
            trips=len(arrived),
            bounces=bounces_of(row.pk),
            minutes_to_door=_minutes(row.registered_at, arrived),
        )
    )


@transaction.atomic
def project_inspection(inspection_id: UUID) -> None:
    """Compute the line of an inspection anew; idempotent."""
    row = (
        Inspection.objects.select_for_update(of=("self",))
        .select_related("case", "dossier")
        .filter(pk=inspection_id)
        .first()
    )
    if row is None:
        return
    staff = assigned_staff(row)
    area = area_of(row.bureau_id, row.case.longitude, row.case.latitude)
    title = service_item_title(row.case.service_item)
    _write(
        LedgerLine(
            subject=row.pk,
            kind=LineKind.INSPECTION.value,
            bureau_id=row.bureau_id,
            inspection=row,
            stream=row.stream,
            number=row.number,
            item=row.case.service_item,
            item_title=title,
            items_key=f"|{row.case.service_item}|",
            items_text=title,
            area=area.pk if area else None,
            area_title=area.title if area else "",
            staff=staff[0] if staff else None,
            channel=Channel.CASE.value,
            state=row.state,
            state_label=InspectionState(row.state).label,
            phase=_INSPECTION_PHASES.get(row.state, Phase.FINISHED).value,
            registered_at=row.dossier.opened_at,
            due_at=None,
            finished_at=row.concluded_at,
            trips=1 if row.mode == Mode.ON_SITE.value and row.concluded_at else 0,
        )
    )


def project_subject(subject: UUID) -> None:
    """Whatever this id names below, if the ledger keeps a line of it."""
    if Delegation.objects.filter(pk=subject).exists():
        project_delegation(subject)
    elif Inspection.objects.filter(pk=subject).exists():
        project_inspection(subject)


def project_case(case: Case) -> None:
    for inspection in Inspection.objects.filter(case=case).values_list("pk", flat=True):
        project_inspection(inspection)


def rebuild() -> int:
    """Compute every line anew from the slices below; returns how many there are."""
    for one in Delegation.objects.values_list("pk", flat=True):
        project_delegation(one)
    for one in Inspection.objects.values_list("pk", flat=True):
        project_inspection(one)
    return LedgerLine.objects.count()


def titles_of(codes: Iterable[str]) -> list[str]:
    known = {guide.code: guide.title for guide in guides()}
    return [known.get(code) or service_item_title(code) for code in codes]


def bundle_title(code: str) -> str:
    return next((one.title for one in bundles() if one.code == code), code)


def area_of(bureau_id: UUID, longitude: float | None, latitude: float | None) -> Area | None:
    """The first area, by code, that holds the place."""
    if longitude is None or latitude is None:
        return None
    for area in Area.objects.filter(bureau_id=bureau_id).order_by("code"):
        if in_area([polygon_of(area.polygon)], longitude, latitude):
            return area
    return None


def bounces_of(subject: UUID) -> int:
    return Visit.objects.filter(subject=subject).aggregate(n=Sum("bounces"))["n"] or 0


def _arrivals(subject: UUID) -> list[datetime]:
    orders = DispatchOrder.objects.filter(visit__subject=subject, arrived_at__isnull=False)
    return sorted(at for at in orders.values_list("arrived_at", flat=True) if at is not None)


def _minutes(registered_at: datetime, arrived: list[datetime]) -> int | None:
    if not arrived:
        return None
    return max(0, round((arrived[0] - registered_at).total_seconds() / 60))


def _write(line: LedgerLine) -> None:
    fields = [one.attname for one in LedgerLine._meta.concrete_fields if not one.primary_key]
    LedgerLine.objects.update_or_create(
        subject=line.subject, defaults={name: getattr(line, name) for name in fields}
    )
