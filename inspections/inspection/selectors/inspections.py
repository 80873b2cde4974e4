from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from fieldsvc.kernel.journal import Actor
from inspections.catalog import selectors as catalog
from inspections.evidence.errors import EvidenceUnknown
from inspections.evidence.models import EvidenceItem
from inspections.evidence.selectors import seen_at
from inspections.inspection import policies, rules
from inspections.inspection.errors import (
    InspectionNotScheduled,
    InspectionUnknown,
    RectificationUnknown,
)
from inspections.inspection.models import Inspection, PlaceReport, Rectification
from inspections.inspection.states import InspectionState
from inspections.people.models import Staff


def rows() -> QuerySet[Inspection]:
    return Inspection.objects.select_related(
        "dossier", "case", "bureau", "appointment", "consent", "pre_survey", "rectification"
    ).prefetch_related("assignments__staff")


def access_inspection(actor: Actor, inspection_id: UUID) -> Inspection:
    """The inspection if `actor` may read it. Everybody else, staff of another bureau included,
    is told `inspection_unknown`: that it exists is already knowledge."""
    found = rows().filter(pk=inspection_id).first()
    if found is None or not policies.may_read(actor, found):
        raise InspectionUnknown
    return found


def access_own_inspection(actor: Actor) -> Inspection:
    """The newest inspection of the applicant's own case; refuses with
    `inspection_not_scheduled`."""
    if actor.kind != "applicant":
        raise InspectionUnknown
    found = latest_of(actor.id)
    if found is None:
        raise InspectionNotScheduled
    return found


def latest_of(case_id: UUID | str) -> Inspection | None:
    """The inspection a case stands at: one moved on site only where no other came after it."""
    found = rows().filter(case_id=case_id)
    over = InspectionState.TRANSFERRED.value
    return max(found, key=lambda one: (one.round, one.state != over, one.starts_at), default=None)


def own_rectification(actor: Actor) -> Rectification:
    """The rectification of the applicant's own inspection; refuses with
    `rectification_unknown`."""
    rectification = getattr(access_own_inspection(actor), "rectification", None)
    if rectification is None:
        raise RectificationUnknown
    return access_rectification(actor, rectification.pk)


def access_rectification(actor: Actor, rectification_id: UUID) -> Rectification:
    """The rectification of an inspection this actor may read; refuses with
    `rectification_unknown`."""
    found = (
        Rectification.objects.select_related("dossier", "inspection")
        .filter(pk=rectification_id)
        .first()
    )
    if found is None or not policies.may_read(actor, found.inspection):
        raise RectificationUnknown
    return found


def access_evidence(actor: Actor, evidence_id: UUID) -> EvidenceItem:
    """A piece of the dossier, or rectification dossier, of an inspection this actor may read.

    Refuses everybody else with `evidence_unknown`.
    """
    piece = EvidenceItem.objects.select_related("dossier").filter(pk=evidence_id).first()
    if piece is None:
        raise EvidenceUnknown
    owner = rows().filter(Q(dossier=piece.dossier_id) | Q(rectification__dossier=piece.dossier_id))
    inspection = owner.first()
    if inspection is None or not policies.may_read(actor, inspection):
        raise EvidenceUnknown
    return piece


def stamp_of(piece: EvidenceItem) -> list[str]:
    """What is burned into a copy of a picture: case and item, time, place."""
    owner = rows().filter(Q(dossier=piece.dossier_id) | Q(rectification__dossier=piece.dossier_id))
    case = owner.values_list("case__number", flat=True).first()
    at = timezone.localtime(seen_at(piece)).strftime("%Y-%m-%d %H:%M:%S")
    lines = [f"办件 {case}　{piece.dossier.label}　{piece.item}".rstrip("　"), f"北京时间 {at}"]
    if piece.longitude is not None and piece.latitude is not None:
        lines.append(f"位置 {piece.longitude:.5f}, {piece.latitude:.5f}（WGS-84，手机上报）")
    else:
        lines.append("位置 手机没有上报")
    return lines


def inspection_of_dossier(stream: str) -> Inspection | None:
    """The inspection whose own dossier (not its rectification's) has this stream."""
    return rows().filter(dossier__stream=stream).first()


def assigned_staff(inspection: Inspection) -> list[Staff]:
    """The inspectors, the leading one first."""
    return [one.staff for one in inspection.assignments.select_related("staff")]


def template_of(inspection: Inspection) -> catalog.Template:
    """The checklist as it stood when the inspection was scheduled."""
    return catalog.get_template(inspection.template_code, inspection.template_version)


def opens_at(inspection: Inspection) -> datetime:
    """When the applicant may enter the room."""
    return rules.room_opens_at(inspection.starts_at, settings.INSPECTION_ROOM_OPENS_MINUTES)


def distance_of(inspection: Inspection, place: PlaceReport) -> float | None:
    """Metres between a reported place and the registered one, when both are known."""
    case = inspection.case
    if None in (place.longitude, place.latitude, case.longitude, case.latitude):
        return None
    return rules.distance_m(
        (place.longitude or 0, place.latitude or 0), (case.longitude or 0, case.latitude or 0)
    )


def spoken_words(inspection: Inspection) -> tuple[str, str]:
    """Opening and closing words, with this inspection's names in the text's places."""
    consent = getattr(inspection, "consent", None)
    text = catalog.get_consent(consent.text_version) if consent else catalog.current_consent()
    names = {
        "bureau": inspection.bureau.name,
        "service_item": catalog.service_item_title(inspection.case.service_item),
    }
    for letter, staff in zip("ab", assigned_staff(inspection), strict=False):
        names[f"inspector_{letter}"] = staff.name
        names[f"badge_{letter}"] = staff.badge_number
    opening = text.opening_words
    for name, value in names.items():
        opening = opening.replace("{" + name + "}", value)
    return opening, text.closing_words
