"""Records that were frozen by an earlier version, so that they can still be issued."""

from typing import cast

from inspections.reports.content.marks import check_address
from inspections.reports.models import Record
from inspections.reports.shapes import Content


def as_of_now(content: Content, record: Record) -> Content:
    """What version 1 did not have, from the row of the record: nothing that people signed changes.

    A record that was frozen without a manifest of its evidence is issued without one.
    """
    if content["v"] > 1:
        return content
    filled = {
        "at": record.frozen_at.isoformat(),
        "check": check_address(content["number"]),
        "objections": [],
        "stamp": None,
        "manifest": None,
        **content,
        "signatures": [{"how": "", **line} for line in content["signatures"]],
    }
    return cast("Content", filled)
