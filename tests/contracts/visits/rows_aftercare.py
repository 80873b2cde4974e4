"""Ratings, remedies, calls, unresolved things, draws.

The delegate of this world is the one who was rated: nothing here opens to them.
"""

from collections.abc import Mapping
from typing import Final

from tests.contracts.visits.who import APPLICANTS, STAFF, Route, Row, Who, row

_NOBODY: Final = "00000000-0000-7000-8000-000000000000"
_CALLERS: Final = frozenset({Who.DISPATCHER, Who.HEAD})
_READERS: Final = _CALLERS | {Who.AUDITOR}
_DRAWERS: Final = frozenset({Who.HEAD, Who.AUDITOR})

APPLICANT: Final[Row] = row("403", (APPLICANTS, "ok"))
# The list is of one's own bureau: the dispatcher of another one gets their own.
LIST: Final[Row] = row("403", (_READERS | {Who.STRANGER}, "ok"))
READ: Final[Row] = row("403", (_READERS, "ok"), (Who.STRANGER, "404"))
REGISTER: Final[Row] = row("403", (_CALLERS | {Who.STRANGER}, "ok"))
CALL: Final[Row] = row("403", (_CALLERS, "ok"), (Who.STRANGER, "404"))
HEAD: Final[Row] = row("403", (Who.HEAD, "ok"), (Who.STRANGER, "404"))
DRAW: Final[Row] = row("403", (_DRAWERS, "ok"))

_VERSION: Final = {"version": 0}
_ONE: Final = "/aftercare/matters/{unresolved_id}"

ROWS: Final[Mapping[str, Route]] = {
    "GET /join/rating": Route(APPLICANT),
    "POST /join/rating": Route(APPLICANT, {"grade": 5}),
    "GET /aftercare/ratings/summary": Route(row("403", (STAFF, "ok"))),
    "GET /aftercare/remedies": Route(LIST),
    "POST /aftercare/remedies/{remedy_id}/assign": Route(HEAD, {**_VERSION, "staff": _NOBODY}),
    # Its owner is the head.
    "POST /aftercare/remedies/{remedy_id}/close": Route(
        HEAD, {**_VERSION, "outcome": "EXPLAINED", "found": "x", "answer": "x"}
    ),
    "GET /aftercare/follow-ups": Route(LIST),
    "POST /aftercare/follow-ups/{follow_up_id}/done": Route(
        CALL, {**_VERSION, "outcome": "SATISFIED"}
    ),
    "POST /aftercare/follow-ups/{follow_up_id}/unreachable": Route(CALL, _VERSION),
    "GET /aftercare/matters": Route(LIST),
    "POST /aftercare/matters": Route(REGISTER, {"text": "没有办成", "source": "HOTLINE"}),
    f"GET {_ONE}": Route(READ),
    f"POST {_ONE}/propose": Route(CALL, {**_VERSION, "department": "人社局"}),
    f"POST {_ONE}/assign": Route(HEAD, {**_VERSION, "department": "人社局"}),
    f"POST {_ONE}/reply": Route(CALL, {**_VERSION, "text": "已办成"}),
    f"POST {_ONE}/return": Route(HEAD, _VERSION),
    f"POST {_ONE}/extend": Route(
        HEAD, {**_VERSION, "days": 1, "reason": "外省协查", "told_way": "PHONE"}
    ),
    f"POST {_ONE}/close": Route(CALL, {**_VERSION, "resolved": True}),
    "GET /aftercare/samples": Route(DRAW),
    "POST /aftercare/samples": Route(
        DRAW, {"supervisor": "孔监督", "from_day": "2026-11-16", "until_day": "2026-11-22"}
    ),
    "POST /aftercare/samples/{sample_id}/checks": Route(
        DRAW, {"delegation": _NOBODY, "checks": {}}
    ),
}
