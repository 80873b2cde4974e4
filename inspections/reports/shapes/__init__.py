"""The frozen content of papers; every text is finished, the templates only lay it out."""

from inspections.reports.shapes.paper import (
    AcceptanceContent,
    DocumentLine,
    HandOverContent,
    ItemLine,
    MandateContent,
    MaterialLine,
    NoticeItem,
    PaperContent,
    ProgressLine,
    RegistrationContent,
    SheetPhoto,
    Signatory,
    StatementContent,
)
from inspections.reports.shapes.record import Content, ObjectionLine, Row, Signature

__all__ = [
    "AcceptanceContent",
    "Content",
    "DocumentLine",
    "HandOverContent",
    "ItemLine",
    "MandateContent",
    "MaterialLine",
    "NoticeItem",
    "ObjectionLine",
    "PaperContent",
    "ProgressLine",
    "RegistrationContent",
    "Row",
    "SheetPhoto",
    "Signatory",
    "Signature",
    "StatementContent",
]
