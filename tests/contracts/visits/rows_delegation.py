"""Delegations: the desk's, the phone's, the applicant's and the public form's routes."""

from collections.abc import Mapping
from typing import Final

from tests.contracts.visits.who import APPLICANTS, DELEGATES, PUBLIC, Route, Row, Who, row

_DESK: Final = frozenset({Who.DISPATCHER, Who.HEAD})
_NOT_THERE: Final = frozenset({Who.OTHER_DELEGATE, Who.STRANGER})

# The dispatcher of another bureau lists and registers there.
LIST: Final[Row] = row("403", (_DESK | DELEGATES | {Who.STRANGER}, "ok"))
REGISTER: Final[Row] = row("403", (_DESK | {Who.STRANGER}, "ok"))
READ: Final[Row] = row("403", (_NOT_THERE, "404"), (_DESK | {Who.DELEGATE}, "ok"))
RUN: Final[Row] = row("403", (_NOT_THERE, "404"), (_DESK, "ok"))
PACK: Final[Row] = row("403", (DELEGATES, "ok"))
WORK: Final[Row] = row("403", (_NOT_THERE, "404"), (Who.DELEGATE, "ok"))
# Of one's own link: no id in the address, so nobody can name another's.
OWN: Final[Row] = row("403", (APPLICANTS, "ok"))

_WISH: Final = {
    "phone": "13805331234",
    "contact_name": "李申请",
    "applicant_name": "李申请",
    "items": ["SBK"],
    "address": "周村区青年路 12 号",
}
_AT: Final = "2026-11-23T01:00:00Z"
_VERSION: Final = {"version": 1}
_REASON: Final = {"version": 1, "reason": "申请人要求"}
_STEP: Final = {"version": 0, "occurred_at": _AT}

ROWS: Final[Mapping[str, Route]] = {
    "POST /delegations": Route(REGISTER, _WISH),
    "GET /delegations": Route(LIST),
    "GET /delegations/windows": Route(REGISTER),
    "POST /delegations/duplicates": Route(REGISTER, {"phone": "13805331234"}),
    "GET /delegations/{delegation_id}": Route(READ),
    "POST /delegations/{delegation_id}/accept": Route(RUN, _VERSION),
    "POST /delegations/{delegation_id}/call-back": Route(RUN, _VERSION),
    "POST /delegations/{delegation_id}/suspend": Route(RUN, _REASON),
    "POST /delegations/{delegation_id}/resume": Route(RUN, _VERSION),
    "POST /delegations/{delegation_id}/terminate": Route(RUN, _REASON),
    "POST /delegations/{delegation_id}/deliver": Route(RUN, _VERSION),
    "POST /delegations/{delegation_id}/archive": Route(RUN, _VERSION),
    "POST /delegations/{delegation_id}/report": Route(RUN, _VERSION),
    "POST /delegations/{delegation_id}/place": Route(
        RUN, {"version": 1, "longitude": 117.86, "latitude": 36.81}
    ),
    "POST /delegations/{delegation_id}/delegate": Route(RUN, {}),
    "POST /delegations/{delegation_id}/mandate": Route(
        RUN, {"scope": ["SUBMIT"], "valid_until": "2026-12-31"}
    ),
    "POST /delegations/{delegation_id}/mandate/revoke": Route(RUN, {"reason": "申请人要求"}),
    "POST /delegations/{delegation_id}/steps/{step_id}": Route(READ, _STEP),
    "GET /delegations/{delegation_id}/files/{evidence_id}": Route(READ),
    "GET /field/pack": Route(PACK),
    "POST /field/delegations/{delegation_id}/steps/{step_id}": Route(WORK, _STEP),
    "POST /field/delegations/{delegation_id}/hand-overs": Route(
        WORK, {"direction": "RECEIVED", "title": "户口簿", "occurred_at": _AT}
    ),
    "POST /field/delegations/{delegation_id}/files": Route(
        WORK,
        {"sha256": "0" * 64, "purpose": "PLACE"},
        files={"file": ("a.jpg", b"x", "image/jpeg")},
    ),
    "GET /join/visit": Route(OWN),
    "POST /join/visit/report": Route(OWN, {"kind": "NOBODY_CAME"}),
    "POST /join/visit/revoke-mandate": Route(OWN, {}),
    "POST /join/visit/confirm-arrival": Route(OWN, {"code": "000000"}),
    "POST /join/visit/delegate": Route(OWN, {}),
    # A form of our own page: a program without its token is none.
    "POST /public/{bureau_code}/delegations": Route({**PUBLIC, Who.CLIENT: "403"}, _WISH),
}
