"""Guides and bundles are for anybody; the calendar is read by staff and kept by administrators."""

from collections.abc import Mapping
from typing import Final

from tests.contracts.visits.who import PUBLIC, STAFF, Route, Who, row

_ANY_STAFF: Final = row("403", (STAFF, "ok"))
_KEEPER: Final = row("403", (Who.ADMINISTRATOR, "ok"))

ROWS: Final[Mapping[str, Route]] = {
    "GET /catalog/guides": Route(PUBLIC),
    "GET /catalog/guides/{code}": Route(PUBLIC, values={"code": "QYKB"}),
    "GET /catalog/bundles": Route(PUBLIC),
    "GET /catalog/calendar": Route(_ANY_STAFF),
    "PUT /catalog/calendar/{day}": Route(
        _KEEPER, {"is_working": False, "note": "停电"}, {"day": "2026-11-27"}
    ),
    "PUT /catalog/calendar/years/{year}": Route(
        _KEEPER, {"source": "国务院办公厅通知", "days": []}, {"year": "2027"}
    ),
}
