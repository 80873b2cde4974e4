"""The verbs of papers: freezing what will be signed, issuing it with the signatures."""

from inspections.reports.services.records import (
    content_of,
    freeze,
    issue,
    note_refused,
    paper_of,
    signed_content,
)

__all__ = ["content_of", "freeze", "issue", "note_refused", "paper_of", "signed_content"]
