"""Who may do what: the written rule (ASVS 8.1). The test holds every route to it.

A cell is "ok" (the caller gets through to the service; its own rules may still refuse the step) or
the status of the refusal. 404 where the caller must not even learn that the thing exists.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from tests.inspections.cases.bodies import body


class Who(StrEnum):
    """Relative to one inspection of one bureau."""

    ANONYMOUS = "nobody signed in"
    APPLICANT = "the applicant of the case"
    OTHER_APPLICANT = "the applicant of another case of the bureau"
    ASSIGNED = "an inspector of the inspection"
    COLLEAGUE = "an inspector of the bureau who is not assigned"
    HEAD = "a head of the bureau"
    DISPATCHER = "a dispatcher of the bureau"
    AUDITOR = "an auditor of the bureau"
    ADMINISTRATOR = "an administrator of the bureau"
    STRANGER = "an inspector of another bureau"
    CLIENT = "the approval system that handed the case in"
    OTHER_CLIENT = "the approval system of another bureau"


STAFF: Final = frozenset(
    {
        Who.ASSIGNED,
        Who.COLLEAGUE,
        Who.HEAD,
        Who.DISPATCHER,
        Who.AUDITOR,
        Who.ADMINISTRATOR,
        Who.STRANGER,
    }
)
APPLICANTS: Final = frozenset({Who.APPLICANT, Who.OTHER_APPLICANT})
CLIENTS: Final = frozenset({Who.CLIENT, Who.OTHER_CLIENT})
BROWSERS: Final = STAFF | APPLICANTS

Row = Mapping[Who, str]


def _row(rest: str, *groups: tuple[frozenset[Who] | Who, str]) -> Row:
    """Everybody gets `rest`, then each group its own; nobody signed in is always a 401."""
    row = dict.fromkeys(Who, rest)
    row[Who.ANONYMOUS] = "401"
    for group, cell in groups:
        row.update(dict.fromkeys(group if isinstance(group, frozenset) else [group], cell))
    return row


PUBLIC: Final[Row] = dict.fromkeys(Who, "ok")
ANY_STAFF: Final = _row("403", (STAFF, "ok"))
ANY_CLIENT: Final = _row("403", (CLIENTS, "ok"))
SIGNED_IN: Final = _row("ok")
# The case of one's own link: no id in the address, so nobody can name another's.
OWN_CASE: Final = _row("403", (APPLICANTS, "ok"))
# The same where the other applicant has nothing yet.
OWN_INSPECTION: Final = _row("403", (Who.APPLICANT, "ok"), (Who.OTHER_APPLICANT, "404"))
# Assigned inspectors, heads and auditors of the bureau; for others it does not exist.
READERS: Final = _row(
    "403", (STAFF, "404"), (frozenset({Who.ASSIGNED, Who.HEAD, Who.AUDITOR}), "ok")
)
READERS_AND_APPLICANT: Final = _row(
    "404", (frozenset({Who.APPLICANT, Who.ASSIGNED, Who.HEAD, Who.AUDITOR}), "ok")
)
# Who may read but not act learns that it is there: 403.
ASSIGNED: Final = _row(
    "403", (STAFF, "404"), (frozenset({Who.HEAD, Who.AUDITOR}), "403"), (Who.ASSIGNED, "ok")
)
# The inspectors of it, and the head who arranges the visit.
ASSIGNED_OR_HEAD: Final = _row(
    "403",
    (STAFF, "404"),
    (Who.AUDITOR, "403"),
    (frozenset({Who.ASSIGNED, Who.HEAD}), "ok"),
)
# The day's inspections of one's own bureau.
DESK: Final = _row(
    "403",
    (frozenset({Who.ASSIGNED, Who.COLLEAGUE, Who.HEAD, Who.AUDITOR, Who.STRANGER}), "ok"),
)
CASE_READERS: Final = _row(
    "403",
    (APPLICANTS, "403"),
    (frozenset({Who.ASSIGNED, Who.COLLEAGUE, Who.HEAD, Who.DISPATCHER, Who.CLIENT}), "ok"),
    (frozenset({Who.STRANGER, Who.OTHER_CLIENT}), "404"),
)
CASE_STAFF: Final = _row(
    "403",
    (frozenset({Who.ASSIGNED, Who.COLLEAGUE, Who.HEAD, Who.DISPATCHER, Who.STRANGER}), "ok"),
)
# Who sees the case, and administrators, who keep deliveries going.
RESULT_READERS: Final = _row(
    "403",
    (
        frozenset(
            {
                Who.ASSIGNED,
                Who.COLLEAGUE,
                Who.HEAD,
                Who.DISPATCHER,
                Who.ADMINISTRATOR,
                Who.CLIENT,
            }
        ),
        "ok",
    ),
    (frozenset({Who.STRANGER, Who.OTHER_CLIENT}), "404"),
)
REPLAYERS: Final = _row(
    "403", (Who.STRANGER, "404"), (frozenset({Who.HEAD, Who.ADMINISTRATOR}), "ok")
)
SIGNER: Final = _row("404", (Who.APPLICANT, "ok"))
# The inspectors who sign the same document as the one who refuses to.
BESIDE_SIGNER: Final = _row("404", (Who.ASSIGNED, "ok"))


@dataclass(frozen=True)
class Route:
    """`body` must be good enough to get past validation; `values` replace those of the world."""

    row: Row
    body: Mapping[str, Any] | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    upload: bool = False


_SIGNATURE: Final = {
    "document_sha256": "0" * 64,
    "strokes": [],
    "width": 1,
    "height": 1,
    "will": True,
}

ROUTES: Final[Mapping[str, Route]] = {
    # people
    "POST /session": Route(PUBLIC, {"username": "wang", "password": "wrong"}),
    "GET /session": Route(ANY_STAFF),
    "DELETE /session": Route(ANY_STAFF),
    "GET /csrf": Route(PUBLIC),
    "POST /join/open": Route(PUBLIC, {"token": "A" * 22}),
    "POST /join/resend": Route(PUBLIC, {"token": "A" * 22}),
    "DELETE /join/session": Route(OWN_CASE),
    # catalog
    "GET /catalog/templates/{code}": Route(SIGNED_IN),
    # cases
    "POST /cases": Route(ANY_CLIENT, body()),
    "GET /cases": Route(CASE_STAFF),
    "GET /cases/{number}": Route(CASE_READERS),
    # bookings
    "GET /join/slots": Route(OWN_CASE),
    "POST /join/appointment": Route(OWN_CASE, {"starts_at": "2026-11-24T01:00:00Z"}),
    "DELETE /join/appointment": Route(OWN_CASE),
    # inspection, the applicant's side
    "GET /join/state": Route(OWN_CASE),
    "PUT /join/pre-survey/{item}": Route(OWN_INSPECTION, {"self_result": "YES"}),
    "POST /join/pre-survey": Route(OWN_INSPECTION),
    "POST /join/consent": Route(OWN_INSPECTION, {"accepted": True, "sha256": "0"}),
    "POST /join/transfer": Route(OWN_INSPECTION),
    "POST /join/ticket": Route(OWN_INSPECTION),
    "PUT /join/place": Route(OWN_INSPECTION, {"denied": True}),
    "POST /join/evidence": Route(OWN_INSPECTION, upload=True),
    "GET /join/evidence/{evidence_id}/receipt": Route(OWN_INSPECTION),
    "POST /join/rectification": Route(OWN_INSPECTION),
    "POST /join/probe": Route(OWN_CASE),
    # inspection, the desk
    "GET /desk/today": Route(DESK),
    "GET /inspections/{inspection_id}": Route(READERS),
    "POST /inspections/{inspection_id}/ticket": Route(ASSIGNED),
    "PUT /inspections/{inspection_id}/findings/{item}": Route(
        ASSIGNED, {"result": "CONFORMING", "version": 1}
    ),
    "POST /inspections/{inspection_id}/conclude": Route(ASSIGNED, {"version": 1}),
    "POST /inspections/{inspection_id}/transfer": Route(ASSIGNED, {"reason": "看不清"}),
    "PUT /inspections/{inspection_id}/site": Route(
        ASSIGNED_OR_HEAD, {"longitude": 117.86, "latitude": 36.81}
    ),
    "GET /rectifications/{rectification_id}": Route(READERS),
    "POST /rectifications/{rectification_id}/items/{item}/accept": Route(ASSIGNED, {}),
    "POST /rectifications/{rectification_id}/items/{item}/return": Route(
        ASSIGNED, {"opinion": "门没关上"}
    ),
    # evidence
    "GET /evidence/{evidence_id}/content": Route(READERS_AND_APPLICANT),
    "POST /inspections/{inspection_id}/stills/from-recording": Route(ASSIGNED, {"item": "CY10"}),
    "GET /inspections/{inspection_id}/recording": Route(READERS),
    "POST /inspections/{inspection_id}/recording/mp4": Route(READERS),
    "GET /inspections/{inspection_id}/recording/copy.mp4": Route(READERS),
    "GET /inspections/{inspection_id}/recording/sheet.jpg": Route(READERS),
    "GET /inspections/{inspection_id}/recording/segments/{segment_id}": Route(READERS),
    "GET /inspections/{inspection_id}/anchoring": Route(READERS),
    "POST /inspections/{inspection_id}/challenge": Route(ASSIGNED),
    "POST /inspections/{inspection_id}/challenge/{checkpoint}/spoken": Route(
        ASSIGNED, values={"checkpoint": "1"}
    ),
    # reports and signing
    "GET /join/record": Route(OWN_INSPECTION),
    "POST /join/service-receipt": Route(OWN_INSPECTION, {"sha256": ["0" * 64]}),
    "GET /inspections/{inspection_id}/record": Route(READERS_AND_APPLICANT),
    "GET /records/{record_id}/pages/{number}.png": Route(
        READERS_AND_APPLICANT, values={"number": "1"}
    ),
    "GET /records/{record_id}/record.pdf": Route(READERS_AND_APPLICANT),
    "GET /inspections/{inspection_id}/papers": Route(READERS_AND_APPLICANT),
    "POST /inspections/{inspection_id}/service-receipt": Route(ASSIGNED_OR_HEAD),
    "GET /inspection-papers/{inspection_paper_id}/pages/{number}.png": Route(
        READERS_AND_APPLICANT, values={"number": "1"}
    ),
    "GET /inspection-papers/{inspection_paper_id}/paper.pdf": Route(READERS_AND_APPLICANT),
    "GET /signatures/{signature_id}": Route(SIGNER),
    "POST /signatures/{signature_id}/read": Route(SIGNER, {"pages": []}),
    "POST /signatures/{signature_id}/object": Route(SIGNER, {"text": "面积不对"}),
    "POST /signatures/{signature_id}/voice": Route(SIGNER, upload=True),
    "POST /signatures/{signature_id}/code": Route(SIGNER),
    "POST /signatures/{signature_id}/identity": Route(SIGNER, {"number": "11010519491231002X"}),
    "POST /signatures/{signature_id}/identify": Route(SIGNER, {"consent_sha256": "0" * 64}),
    "POST /signatures/{signature_id}/refusal": Route(BESIDE_SIGNER, {"reason": "不肯签"}),
    "POST /signatures/{signature_id}/refusal/witness": Route(BESIDE_SIGNER),
    "POST /signatures/{signature_id}/complete": Route(SIGNER, _SIGNATURE),
    "POST /signatures/{signature_id}/decline": Route(SIGNER, {"reason": "不同意"}),
    # results
    "GET /webhook-keys": Route(ANY_CLIENT),
    "GET /cases/{number}/results": Route(RESULT_READERS),
    "POST /results/{delivery_id}/replay": Route(REPLAYERS),
}

# Addresses beside the API that anybody may open: pages without data, and the health check; only
# /metrics has a rule of its own (tests/signaling/test_metrics.py).
PAGES: Final = frozenset(
    {
        "",
        "^j/",
        "^desk/",
        "^field/",
        "^p/",
        "field/sw.js",
        "field/manifest.webmanifest",
        "diag/",
        "check/",
        "check/<str:number>",
        "check/tools/<str:name>",
        "healthz",
        "metrics",
        "^api(?:/|$)",
    }
)

# What a socket answers, by standing in the room; a word of its own so that the consumer's table
# cannot be widened without this one.
_HOST_ONLY: Final = ("hello_expected", "ok", "not_allowed", "not_allowed")
_GUEST_ONLY: Final = ("hello_expected", "not_allowed", "ok", "not_admitted")
_ADMITTED: Final = ("hello_expected", "ok", "ok", "not_admitted")
_INSIDE: Final = ("hello_expected", "ok", "ok", "ok")
# In the order STRANGER, HOST, GUEST, WAITING.
SOCKET_MESSAGES: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "hello": ("ok", "hello_repeated", "hello_repeated", "hello_repeated"),
    "member.admit": _HOST_ONLY,
    "member.update": _INSIDE,
    "peer.publish": _ADMITTED,
    "peer.subscribe": _ADMITTED,
    "peer.close": _ADMITTED,
    "focus.set": _HOST_ONLY,
    "still.request": _HOST_ONLY,
    "still.done": _GUEST_ONLY,
    "still.failed": _GUEST_ONLY,
    "camera.ask": _HOST_ONLY,
    "pointer": _ADMITTED,
    "media.level": _ADMITTED,
    "peer.condition": _ADMITTED,
    "chat.send": _INSIDE,
    "stats": _INSIDE,
    "leave": _INSIDE,
}
