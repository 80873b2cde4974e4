"""The routes of custody and of uploads: `dossier_id` is the dossier of the delegation, which is not
sealed, `upload_id` an upload that its delegate began."""

from collections.abc import Mapping
from typing import Final

from tests.contracts.visits.who import PUBLIC, Route, Who, row

_KEEPERS: Final = frozenset({Who.HEAD, Who.ADMINISTRATOR})
_LIST: Final = row("403", (_KEEPERS | {Who.AUDITOR}, "ok"))
_KEEP: Final = row("403", (_KEEPERS, "ok"))
_PROPOSE: Final = row("403", (Who.HEAD, "ok"))
_CONFIRM: Final = row("403", (Who.ADMINISTRATOR, "ok"))
_MINE: Final = row("404", (Who.DELEGATE, "ok"))
_REASON: Final = {"reason": "期限届满"}

ROWS: Final[Mapping[str, Route]] = {
    "GET /custody": Route(_LIST),
    "GET /custody/{dossier_id}": Route(_LIST),
    "POST /custody/{dossier_id}/hold": Route(_KEEP, _REASON),
    "POST /custody/{dossier_id}/lift-hold": Route(_KEEP),
    "POST /custody/{dossier_id}/disposal": Route(_PROPOSE, _REASON),
    "POST /custody/{dossier_id}/disposal/withdraw": Route(_KEEP),
    "POST /custody/{dossier_id}/disposal/confirm": Route(_CONFIRM),
    "OPTIONS /uploads": Route(PUBLIC),
    "POST /uploads": Route(row("ok", (Who.CLIENT, "403"))),
    "HEAD /uploads/{upload_id}": Route(_MINE),
    "PATCH /uploads/{upload_id}": Route(_MINE),
    "DELETE /uploads/{upload_id}": Route(_MINE),
}
