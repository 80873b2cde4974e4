"""The verbs of papers: freezing what will be signed, issuing it with the signatures."""

from inspections.reports.services.records import (
    content_of,
    freeze,
    freeze_anew,
    issue,
    note_refused,
    paper_of,
    signed_content,
)
from inspections.reports.services.rendering import other_files, render

__all__ = [
    "content_of",
    "freeze",
    "freeze_anew",
    "issue",
    "note_refused",
    "other_files",
    "paper_of",
    "render",
    "signed_content",
]
