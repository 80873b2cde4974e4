from uuid import UUID

from fieldsvc.kernel import journal
from inspections.catalog.states import Outcome, Result
from inspections.evidence.models import Dossier
from inspections.inspection.errors import InspectionUnknown
from inspections.inspection.facts import FailedItem, InspectionResult
from inspections.inspection.models import Inspection
from inspections.inspection.selectors.inspections import rows, template_of
from inspections.inspection.selectors.judging import findings_by_item
from inspections.inspection.states import RectificationState


def result_of(dossier_id: UUID) -> InspectionResult | None:
    """The result that a sealed dossier stands for, or None for a dossier without one.

    An inspection's own dossier gives version 1, its rectification's gives version 2.
    """
    dossier = Dossier.objects.filter(pk=dossier_id).first()
    if dossier is None or dossier.sealed_at is None:
        return None
    first = rows().filter(dossier=dossier).first()
    if first is not None:
        return _first(first, dossier) if first.outcome else None
    second = rows().filter(rectification__dossier=dossier).first()
    if second is None or second.rectification.state != RectificationState.ACCEPTED.value:
        return None
    return _second(second, dossier)


def newest_result(inspection_id: UUID) -> InspectionResult:
    """The latest version there is; refuses with `inspection_unknown` when there is none yet."""
    inspection = rows().filter(pk=inspection_id).first()
    if inspection is None:
        raise InspectionUnknown
    rectification = getattr(inspection, "rectification", None)
    second = rectification.dossier_id if rectification else None
    found = (result_of(second) if second else None) or result_of(inspection.dossier_id)
    if found is None:
        raise InspectionUnknown
    return found


def _first(inspection: Inspection, dossier: Dossier) -> InspectionResult:
    known = findings_by_item(inspection)
    failed = tuple(
        FailedItem(item.code, item.title, item.level.value, known[item.code].note)
        for item in template_of(inspection).items
        if item.code in known and known[item.code].result == Result.NON_CONFORMING.value
    )
    rectification = getattr(inspection, "rectification", None)
    deadline = rectification.deadline if rectification else None
    return InspectionResult(
        inspection_id=inspection.pk,
        inspection_number=inspection.number,
        case_id=inspection.case_id,
        case_number=inspection.case.number,
        round=inspection.round,
        version=1,
        verdict=inspection.outcome,
        counts=dict(inspection.counts),
        failed_items=failed,
        rectification_deadline=deadline,
        record_sha256=inspection.record_sha256,
        dossier_id=dossier.pk,
        dossier_head=journal.head(dossier.stream).digest,
        at=inspection.concluded_at or inspection.starts_at,
    )


def _second(inspection: Inspection, dossier: Dossier) -> InspectionResult:
    rectification = inspection.rectification
    counts = dict(inspection.counts)
    mended = sum(counts.get(f"{level}_failed", 0) for level in ("key", "major", "general"))
    counts.update(
        conforming=counts.get("conforming", 0) + mended,
        key_failed=0,
        major_failed=0,
        general_failed=0,
    )
    return InspectionResult(
        inspection_id=inspection.pk,
        inspection_number=inspection.number,
        case_id=inspection.case_id,
        case_number=inspection.case.number,
        round=inspection.round + 1,
        version=2,
        verdict=Outcome.CONFORMING.value,
        counts=counts,
        failed_items=(),
        rectification_deadline=None,
        record_sha256=inspection.record_sha256,
        dossier_id=dossier.pk,
        dossier_head=journal.head(dossier.stream).digest,
        at=rectification.accepted_at or rectification.deadline,
    )
