"""The routes of people beside sign-in and links: `staff_id` is the delegate's, `absence_id` is of
an absence of theirs that is not over; the delegate has a photo that is public."""

from collections.abc import Mapping
from typing import Final

from tests.contracts.visits.who import APPLICANTS, PUBLIC, STAFF, Route, Who, row

_EDITORS: Final = frozenset({Who.HEAD, Who.ADMINISTRATOR})
_PLANNERS: Final = frozenset({Who.DISPATCHER, Who.HEAD, Who.ADMINISTRATOR})

_ANY_STAFF: Final = row("403", (STAFF, "ok"))
# The list is of one's own bureau: the dispatcher of another one gets their own.
_LIST: Final = row("403", (_PLANNERS | {Who.STRANGER}, "ok"))
_EDIT: Final = row("403", (Who.STRANGER, "404"), (_EDITORS, "ok"))
_EDIT_OWN_BUREAU: Final = row("403", (_EDITORS, "ok"))
_ABSENCE: Final = row("403", (Who.STRANGER, "404"), (_PLANNERS | {Who.DELEGATE}, "ok"))
_PHOTO: Final = row("404", (STAFF | APPLICANTS, "ok"), (Who.STRANGER, "404"))

# A picture of four pixels, so that the service has something to look at.
_PNG: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000002000000020802000000fdd49a7300000011494441"
    "54789c63f8cfc000440c60f23f001bf203fdf3e74bb10000000049454e44ae426082"
)

ROWS: Final[Mapping[str, Route]] = {
    "GET /people/delegates": Route(_LIST),
    "PUT /people/delegates/{staff_id}": Route(_EDIT, {"version": 0}),
    "POST /people/delegates/{staff_id}/photo": Route(
        _EDIT, files={"file": ("photo.png", _PNG, "image/png")}
    ),
    "GET /people/delegates/{staff_id}/photo": Route(_PHOTO),
    "PUT /people/delegates/{staff_id}/days/{day}": Route(_EDIT, {}, {"day": "2026-11-29"}),
    "POST /people/delegates/{staff_id}/absences": Route(
        _ABSENCE,
        {
            "starts_at": "2026-11-25T00:00:00Z",
            "ends_at": "2026-11-25T10:00:00Z",
            "reason": "SICK",
        },
    ),
    "DELETE /people/absences/{absence_id}": Route(_ABSENCE),
    "GET /people/areas": Route(_ANY_STAFF),
    "PUT /people/areas/{code}": Route(
        _EDIT_OWN_BUREAU,
        {"title": "城北", "polygon": [[117.85, 36.8], [117.9, 36.8], [117.9, 36.85]]},
        {"code": "NORTH"},
    ),
    "GET /people/responsibility": Route(_ANY_STAFF),
    "PUT /people/responsibility/{staff_id}": Route(
        _EDIT_OWN_BUREAU, {"level": "OFFICER", "title": "城北片区"}
    ),
    "GET /public/{bureau_code}/roster": Route(PUBLIC, values={"bureau_code": "370306"}),
    "GET /public/delegates/{staff_id}/photo": Route(PUBLIC),
}
