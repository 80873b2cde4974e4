"""Papers of a delegation; the world gives `delegation_id` and `paper_id`, a mandate to sign."""

from collections.abc import Mapping
from typing import Final

from tests.contracts.visits.who import APPLICANTS, PUBLIC, Route, Row, Who, row

READERS: Final[Row] = row(
    "403",
    (frozenset({Who.OTHER_APPLICANT, Who.OTHER_DELEGATE, Who.STRANGER}), "404"),
    (frozenset({Who.APPLICANT, Who.DELEGATE, Who.DISPATCHER, Who.HEAD}), "ok"),
)
# Who may read but not act learns that it is there: 403.
AT_THE_DOOR: Final[Row] = row(
    "403",
    (frozenset({Who.OTHER_DELEGATE, Who.STRANGER}), "404"),
    (Who.DELEGATE, "ok"),
)
SIGNER: Final[Row] = row("403", (Who.OTHER_APPLICANT, "404"), (Who.APPLICANT, "ok"))

_ACT: Final = {
    "document_sha256": "0" * 64,
    "strokes": [],
    "width": 1,
    "height": 1,
    "will": True,
}

ROWS: Final[Mapping[str, Route]] = {
    # Digests only, for whoever holds a paper.
    "GET /check/{document_number}": Route(PUBLIC),
    # The delegation of one's own link: the other applicant has papers of their own.
    "GET /join/papers": Route(row("403", (APPLICANTS, "ok"))),
    "GET /delegations/{delegation_id}/papers": Route(READERS),
    "GET /papers/{paper_id}": Route(READERS),
    "GET /papers/{paper_id}/pages/{number}.png": Route(READERS, values={"number": "1"}),
    "GET /papers/{paper_id}/paper.pdf": Route(READERS),
    "POST /join/papers/{paper_id}/sign": Route(SIGNER, _ACT),
    "POST /field/papers/{paper_id}/sign": Route(AT_THE_DOOR, _ACT),
    "POST /field/papers/{paper_id}/photo": Route(
        AT_THE_DOOR,
        # The fields beside the file.
        {"sha256": "0" * 64, "document_sha256": "0" * 64},
        files={"file": ("a.jpg", b"x", "image/jpeg")},
    ),
}
