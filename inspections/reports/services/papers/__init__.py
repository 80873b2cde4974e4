"""The verbs of a delegation's papers."""

from inspections.reports.services.papers.freezing import KINDS, freeze_paper, note_paper_refused
from inspections.reports.services.papers.issuing import issue_paper
from inspections.reports.services.papers.setting import content_of_paper, set_paper
from inspections.reports.services.papers.signing import (
    Sheet,
    settle_paper,
    sign_by_photo,
    sign_paper,
    supersede_mandate_papers,
)

__all__ = [
    "KINDS",
    "Sheet",
    "content_of_paper",
    "freeze_paper",
    "issue_paper",
    "note_paper_refused",
    "set_paper",
    "settle_paper",
    "sign_by_photo",
    "sign_paper",
    "supersede_mandate_papers",
]
