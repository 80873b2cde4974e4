"""The verbs of evidence."""

from inspections.evidence.services.admission import (
    Circumstances,
    admit,
    admit_own,
    admit_segment,
    admit_voice,
)
from inspections.evidence.services.anchoring import (
    Stamp,
    anchor,
    due_tokens,
    keep_token,
    put_off,
)
from inspections.evidence.services.challenges import note_spoken, show_challenge
from inspections.evidence.services.copies import (
    copy_job,
    parents_of,
    request_copy,
    store_copy,
    store_failure,
    store_progress,
)
from inspections.evidence.services.custody import (
    confirm_disposal,
    hold,
    lift_hold,
    note_contact_erased,
    note_view,
    propose_disposal,
    remove_files,
    withdraw_disposal,
)
from inspections.evidence.services.dossiers import manifest_of, open_dossier, seal
from inspections.evidence.services.radar import look_for
from inspections.evidence.services.renewing import Renewed, renew
from inspections.evidence.services.stamping import Stamper, stamper, stamps_come_from
from inspections.evidence.services.supplements import keep_late_stamp
from inspections.evidence.services.uploads import (
    append_piece,
    begin_upload,
    drop_expired,
    drop_upload,
    joined,
)

__all__ = [
    "Circumstances",
    "Renewed",
    "Stamp",
    "Stamper",
    "admit",
    "admit_own",
    "admit_segment",
    "admit_voice",
    "anchor",
    "append_piece",
    "begin_upload",
    "confirm_disposal",
    "copy_job",
    "drop_expired",
    "drop_upload",
    "due_tokens",
    "hold",
    "joined",
    "keep_late_stamp",
    "keep_token",
    "lift_hold",
    "look_for",
    "manifest_of",
    "note_contact_erased",
    "note_spoken",
    "note_view",
    "open_dossier",
    "parents_of",
    "propose_disposal",
    "put_off",
    "remove_files",
    "renew",
    "request_copy",
    "seal",
    "show_challenge",
    "stamper",
    "stamps_come_from",
    "store_copy",
    "store_failure",
    "store_progress",
    "withdraw_disposal",
]
