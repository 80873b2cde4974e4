"""The board, the delegate's day and the calendar feed.

A visit named in a body cannot be that of this world (bodies are written down): those who use the
board are told that it does not exist. tests/inspections/dispatch shows them with one that does.
"""

from collections.abc import Mapping
from typing import Final

from tests.contracts.visits.who import DELEGATES, PUBLIC, Route, Row, Who, row

_DESK: Final = frozenset({Who.DISPATCHER, Who.HEAD})
_NOBODY: Final = "00000000-0000-7000-8000-000000000000"

# The dispatcher of another bureau has a board there.
BOARD: Final[Row] = row("403", (_DESK | {Who.STRANGER}, "ok"))
PLAN: Final[Row] = row("403", (_DESK, "ok"), (Who.STRANGER, "404"))
UNKNOWN_VISIT: Final[Row] = row("403", (_DESK | {Who.STRANGER}, "404"))
DAY: Final[Row] = row("403", (DELEGATES, "ok"))
ORDER: Final[Row] = row("403", (Who.OTHER_DELEGATE, "404"), (Who.DELEGATE, "ok"))

_STEP: Final = {"version": 0, "occurred_at": "2026-11-23T01:00:00Z"}
_PLACE: Final = {"visit": _NOBODY, "staff": _NOBODY, "starts_at": "2026-11-23T02:00:00Z"}

ROWS: Final[Mapping[str, Route]] = {
    "GET /board": Route(BOARD),
    "GET /board/travel": Route(BOARD),
    "POST /board/plans": Route(BOARD, {"day": "2026-11-23"}),
    "GET /board/plans/{plan_id}": Route(PLAN),
    "GET /board/plans/{plan_id}/compare/{other_id}": Route(PLAN),
    "POST /board/plans/{plan_id}/publish": Route(PLAN, {"version": 0}),
    "POST /board/plans/{plan_id}/discard": Route(PLAN, {}),
    "POST /board/check": Route(UNKNOWN_VISIT, _PLACE),
    "POST /board/move": Route(UNKNOWN_VISIT, {**_PLACE, "version": 0}),
    "POST /board/unassign": Route(UNKNOWN_VISIT, {"visit": _NOBODY, "version": 0}),
    "POST /board/visits/{visit_id}/video": Route(
        UNKNOWN_VISIT, {"version": 0}, values={"visit_id": _NOBODY}
    ),
    "GET /board/visits/{visit_id}/windows": Route(UNKNOWN_VISIT, values={"visit_id": _NOBODY}),
    "POST /board/promise": Route(
        UNKNOWN_VISIT,
        {
            "visit": _NOBODY,
            "version": 0,
            "from": "2026-11-24T01:00:00Z",
            "until": "2026-11-24T02:00:00Z",
        },
    ),
    "POST /board/undo": Route(BOARD, {}),
    "GET /field/day": Route(DAY),
    "POST /field/orders/{order_id}/accept": Route(ORDER, _STEP),
    "POST /field/orders/{order_id}/decline": Route(ORDER, {**_STEP, "reason_code": "CLASH"}),
    "POST /field/orders/{order_id}/depart": Route(ORDER, _STEP),
    "POST /field/orders/{order_id}/arrive": Route(ORDER, {**_STEP, "place_denied": True}),
    "POST /field/orders/{order_id}/finish": Route(ORDER, _STEP),
    "POST /field/orders/{order_id}/abort": Route(ORDER, {**_STEP, "reason_code": "UNSAFE"}),
    "POST /field/calendar-token": Route(DAY, {}),
    "DELETE /field/calendar-token": Route(DAY),
    # Whoever has the address may read it: that is what a calendar programme can prove.
    "GET /calendar/{token}.ics": Route(PUBLIC, values={"token": "A" * 22}),
}
