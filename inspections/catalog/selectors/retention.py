"""How long what is kept of a service item has to be kept."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypedDict

RETENTION = Path(__file__).parents[1] / "data" / "retention" / "2026.2.json"


class ClassData(TypedDict):
    code: str
    title: str
    years: int | None
    keeps: list[str]


class RetentionData(TypedDict):
    version: str
    basis: str
    classes: list[ClassData]
    service_items: dict[str, str]
    otherwise: str


@dataclass(frozen=True, slots=True)
class RetentionClass:
    """保管期限: `years` from the seal on, None for good; `keeps` are the purposes whose files
    outlive the disposal of the rest: RECORD is the record and every paper beside it."""

    code: str
    title: str
    years: int | None
    keeps: frozenset[str]
    basis: str
    version: str


def retention_class(service_item: str) -> RetentionClass:
    """The class of a service item by its code; one that is not listed gets the
    longer term of the two limited ones."""
    data = _published()
    code = data["service_items"].get(service_item, data["otherwise"])
    found = next(one for one in data["classes"] if one["code"] == code)
    return RetentionClass(
        code,
        found["title"],
        found["years"],
        frozenset(found["keeps"]),
        data["basis"],
        data["version"],
    )


@cache
def _published() -> RetentionData:
    data: RetentionData = json.loads(RETENTION.read_text(encoding="utf-8"))
    return data
