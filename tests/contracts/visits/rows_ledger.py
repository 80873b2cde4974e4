"""The ledger and the Monday meeting; the week before `monday` is frozen in this world."""

from collections.abc import Mapping
from typing import Final

from tests.contracts.visits.who import Route, Row, Who, row

_SPEAKERS: Final = frozenset({Who.DISPATCHER, Who.HEAD})
_READERS: Final = _SPEAKERS | {Who.AUDITOR}

# Each bureau has a ledger of its own: the dispatcher of another one reads theirs.
LEDGER: Final[Row] = row("403", (_READERS | {Who.STRANGER}, "ok"))
REPORT: Final[Row] = row("403", (_READERS, "ok"), (Who.STRANGER, "404"))
HEAD: Final[Row] = row("403", (Who.HEAD, "ok"))
BRING_UP: Final[Row] = row("403", (_SPEAKERS | {Who.STRANGER}, "ok"))
SPEAK: Final[Row] = row("403", (_SPEAKERS, "ok"), (Who.STRANGER, "404"))

ROWS: Final[Mapping[str, Route]] = {
    "GET /ledger": Route(LEDGER),
    "POST /ledger/search": Route(LEDGER, {"applicant": "李"}),
    "GET /ledger.xlsx": Route(LEDGER),
    "GET /ledger/statistics": Route(LEDGER),
    "GET /ledger/weeks/{monday}": Route(LEDGER),
    "POST /ledger/weeks/{monday}/freeze": Route(HEAD, {}),
    "GET /ledger/weeks/{monday}/report.pdf": Route(REPORT, values={"monday": "2026-11-16"}),
    "POST /ledger/weeks/{monday}/obstacles": Route(BRING_UP, {"title": "没有会手语的专员"}),
    "POST /ledger/obstacles/{obstacle_id}/claim": Route(SPEAK, {"version": 0, "due": "2026-12-01"}),
    "POST /ledger/obstacles/{obstacle_id}/close": Route(SPEAK, {"version": 0, "result": "已解决"}),
    "POST /ledger/weeks/{monday}/decisions": Route(
        HEAD, {"text": "招一名", "owner": "人事科", "due": "2026-12-01"}
    ),
    "POST /ledger/decisions/{decision_id}/done": Route(SPEAK, {"version": 0}),
}
