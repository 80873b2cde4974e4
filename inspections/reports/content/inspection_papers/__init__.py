"""What the papers beside a record say; each is composed of finished texts from its source."""

from collections.abc import Callable

from inspections.reports.content.inspection_papers.frame import Source
from inspections.reports.content.inspection_papers.judged import (
    check_sheet,
    explanation,
    rectification_notice,
)
from inspections.reports.content.inspection_papers.receipt import service_receipt
from inspections.reports.content.inspection_papers.review import review_opinion
from inspections.reports.content.inspection_papers.trail import signing_trail
from inspections.reports.shapes.inspection_paper import InspectionPaperContent
from inspections.reports.states import InspectionPaperKind

_COMPOSERS: dict[InspectionPaperKind, Callable[[Source], InspectionPaperContent]] = {
    InspectionPaperKind.CHECK_SHEET: check_sheet,
    InspectionPaperKind.RECTIFICATION_NOTICE: rectification_notice,
    InspectionPaperKind.REVIEW_OPINION: review_opinion,
    InspectionPaperKind.NOT_PASSED: explanation,
    InspectionPaperKind.BROKEN_OFF: explanation,
    InspectionPaperKind.SERVICE_RECEIPT: service_receipt,
    InspectionPaperKind.SIGNING_TRAIL: signing_trail,
}


def compose(source: Source) -> InspectionPaperContent:
    """The whole content of the paper, ready to be frozen."""
    return _COMPOSERS[source.kind](source)


__all__ = ["Source", "compose"]
