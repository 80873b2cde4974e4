"""The frozen content of the papers of a delegation (DB3205/T 1077-2023, annexes A to E)."""

from typing import TypedDict

from inspections.reports.shapes.marks import Stamp
from inspections.reports.shapes.record import Row


class Signatory(TypedDict):
    """One place to sign; `device` says on whose phone or sheet it was done, once it was."""

    role: str
    name: str
    at: str
    device: str
    picture: str | None
    empty: str
    alt: str


class SheetPhoto(TypedDict):
    """The photo of a sheet that was signed on paper."""

    evidence: str
    file: str
    caption: str
    sha256: str
    alt: str


class PaperContent(TypedDict):
    """What all papers share. `number` is the delegation's, `serial` the paper's own; `seal` is the
    role in which the bureau sets its seal beside the signatures, if it does; `at` is the moment of
    the fact that called for the paper (UTC); `check` is the address of its check page, `stamp`
    the bureau's seal once the paper is issued."""

    v: int
    kind: str
    title: str
    bureau: dict[str, str]
    number: str
    serial: str
    edition: int
    at: str
    date: str
    check: str
    seal: str
    stamp: Stamp | None
    signing_words: str
    signatures: list[Signatory]
    signed_note: str
    photos: list[SheetPhoto]
    footer: list[str]


class ItemLine(TypedDict):
    title: str
    person_type: str
    promised: str
    statutory: str


class RegistrationContent(PaperContent):
    applicant: list[Row]
    items: list[ItemLine]
    wishes: list[Row]
    intake: list[Row]
    clauses: list[str]


class MaterialLine(TypedDict):
    title: str
    copies: str
    form: str
    note: str


class NoticeItem(TypedDict):
    """One item of the one-time notice: 一次性告知."""

    title: str
    basis: str
    conditions: str
    promised: str
    statutory: str
    materials: list[MaterialLine]


class AcceptanceContent(PaperContent):
    rows: list[Row]
    items: list[NoticeItem]
    clauses: list[str]


class MandateContent(PaperContent):
    """`opening` tells what a renewed mandate continues; it is empty for the first one."""

    opening: list[Row]
    parties: list[Row]
    items: list[ItemLine]
    allowed: list[str]
    withheld: list[str]
    term: list[Row]
    clauses: list[str]


class ProgressLine(TypedDict):
    title: str
    progress: str
    steps: str


class DocumentLine(TypedDict):
    title: str
    copies: str
    form: str
    direction: str
    at: str


class StatementContent(PaperContent):
    rows: list[Row]
    reason_title: str
    reason: str
    items: list[ProgressLine]
    documents: list[DocumentLine]
    clauses: list[str]


class HandOverContent(PaperContent):
    rows: list[Row]
    documents: list[DocumentLine]
    total: str
    clauses: list[str]
