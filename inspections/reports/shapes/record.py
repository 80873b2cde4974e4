"""The frozen content of a record."""

from typing import TypedDict

from inspections.reports.shapes.marks import Manifest, Stamp

Row = list[str]


class Person(TypedDict):
    role: str
    name: str
    unit: str
    badge_number: str
    joined: str
    left: str


class GapLine(TypedDict):
    to: str
    length: str
    cause: str
    since: str


class ItemLine(TypedDict):
    code: str
    mark: str
    title: str
    criterion: str
    result: str
    result_label: str
    note: str
    decided: str
    evidence: str


class OutcomeBlock(TypedDict):
    code: str
    label: str
    rule: str
    counts: str
    reason: str
    opinion: str


class DemandLine(TypedDict):
    code: str
    title: str
    demand: str


class RectificationBlock(TypedDict):
    deadline: str
    items: list[DemandLine]


class Photo(TypedDict):
    number: int
    evidence: str
    file: str
    title: str
    caption: str
    sha256: str
    alt: str


class Signature(TypedDict):
    role: str
    name: str
    at: str
    picture: str | None
    empty: str
    alt: str
    how: str


class ObjectionLine(TypedDict):
    at: str
    text: str
    voice: str


class Content(TypedDict):
    """Everything the template shows; all texts are finished. `at` is the moment of freezing (UTC),
    `check` the address of its check page, `stamp` the bureau's seal once it is issued. A record of
    version 1 has no `manifest`."""

    v: int
    at: str
    check: str
    title: str
    bureau: dict[str, str]
    number: str
    case_number: str
    round: int
    version: int
    date: str
    case_rows: list[Row]
    consent_rows: list[Row]
    people: list[Person]
    place_rows: list[Row]
    recording_rows: list[Row]
    gaps: list[GapLine]
    opening_words: str
    closing_words: str
    checklist: str
    items: list[ItemLine]
    outcome: OutcomeBlock
    rectification: RectificationBlock | None
    objections: list[ObjectionLine]
    signing_words: str
    signatures: list[Signature]
    signed_note: str
    photos: list[Photo]
    stamp: Stamp | None
    manifest: Manifest | None
    footer: list[str]
