"""What slices above may know of an inspection's result."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class FailedItem:
    code: str
    title: str
    level: str
    note: str


@dataclass(frozen=True, slots=True)
class InspectionResult:
    """One version of the result: 1 at the sealing of the inspection, 2 once put right.

    `verdict` is a catalog Outcome; `record_sha256` is of the issued record, `dossier_head` the
    last digest of the dossier this version rests on.
    """

    inspection_id: UUID
    inspection_number: str
    case_id: UUID
    case_number: str
    round: int
    version: int
    verdict: str
    counts: dict[str, int]
    failed_items: tuple[FailedItem, ...]
    rectification_deadline: datetime | None
    record_sha256: str
    dossier_id: UUID
    dossier_head: str
    at: datetime
