"""A week's content on paper; equal content gives equal bytes."""

from datetime import datetime
from importlib.resources import files
from typing import cast

from fieldsvc.kernel import hashing
from fieldsvc.kernel.hashing import JSONValue
from inspections.ledger.rules.shapes import Heads, WeekContent
from inspections.reports import typesetting
from inspections.reports.typesetting import Paper

TEMPLATE = "weekly.typ"


def content_bytes(content: WeekContent) -> bytes:
    return hashing.canonical(cast("JSONValue", content))


def heads_bytes(heads: Heads) -> bytes:
    return hashing.canonical([list(one) for one in heads])


def paper_of(content: WeekContent, heads: bytes, at: datetime) -> Paper:
    """The report with its source and the heads of all chains attached."""
    body = content_bytes(content)
    digest = hashing.sha256_hex(body)
    shown = cast("JSONValue", {**content, "content_sha256": digest})
    template = files("inspections.ledger") / "templates" / TEMPLATE
    return Paper(
        TEMPLATE,
        {
            TEMPLATE: template.read_bytes(),
            "data.json": hashing.canonical(shown),
            "week.json": body,
            "heads.json": heads,
            "qr.svg": typesetting.qr(f"ZB:{content['monday']}:{digest}"),
        },
        at,
    )
