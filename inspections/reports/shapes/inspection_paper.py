"""The frozen content of the papers beside a record; every text is finished."""

from typing import TypedDict

from inspections.reports.shapes.paper import PaperContent
from inspections.reports.shapes.record import Row


class InspectionPaperContent(PaperContent):
    """What these papers share; `number` is the inspection's, and they are issued as frozen."""

    number_label: str
    rows: list[Row]
    clauses: list[str]


class CheckLine(TypedDict):
    code: str
    mark: str
    title: str
    criterion: str
    basis: str
    result: str
    result_label: str
    note: str
    decided: str


class CheckSheetContent(InspectionPaperContent):
    items: list[CheckLine]
    totals: list[Row]


class NoticeLine(TypedDict):
    code: str
    title: str
    basis: str
    found: str
    demand: str


class NoticeContent(InspectionPaperContent):
    addressee: str
    opening: str
    items: list[NoticeLine]


class ReviewLine(TypedDict):
    code: str
    title: str
    demand: str
    passed: bool
    result: str
    opinion: str
    decided: str


class ReviewContent(InspectionPaperContent):
    items: list[ReviewLine]
    conclusion: str


class ExplanationContent(InspectionPaperContent):
    """Why a place was not passed, or why the video ended before a verdict."""

    addressee: str
    opening: str
    reason: str
    items: list[NoticeLine]


class ServedLine(TypedDict):
    title: str
    serial: str
    sha256: str
    at: str


class DeliveryLine(TypedDict):
    at: str
    act: str


class ReceiptContent(InspectionPaperContent):
    documents: list[ServedLine]
    deliveries: list[DeliveryLine]


class TrailSigner(TypedDict):
    role: str
    name: str
    result: str
    at: str
    offset: str
    means: str
    certificate: str


class TrailAct(TypedDict):
    number: int
    at: str
    offset: str
    act: str
    who: str


class TrailContent(InspectionPaperContent):
    signers: list[TrailSigner]
    acts: list[TrailAct]
    texts: list[Row]
    chain: list[Row]
