"""Lines kept in step, the Monday meeting, the frozen week."""

from inspections.ledger.services.exporting import workbook
from inspections.ledger.services.freezing import content_of, freeze, pdf_of, preview, set_again
from inspections.ledger.services.lines import (
    project_delegation,
    project_inspection,
    project_subject,
    rebuild,
)
from inspections.ledger.services.meeting import (
    NewDecision,
    bring_up,
    claim,
    close,
    decide,
    finish_decision,
    gather,
)

__all__ = [
    "NewDecision",
    "bring_up",
    "claim",
    "close",
    "content_of",
    "decide",
    "finish_decision",
    "freeze",
    "gather",
    "pdf_of",
    "preview",
    "project_delegation",
    "project_inspection",
    "project_subject",
    "rebuild",
    "set_again",
    "workbook",
]
