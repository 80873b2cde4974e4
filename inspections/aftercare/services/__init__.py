"""What people say afterwards, and what the bureau owes them for it."""

from inspections.aftercare.services.follow_ups import (
    Call,
    finish_call,
    note_unreachable,
    queue_after_delivery,
)
from inspections.aftercare.services.rating import NewRating, give_rating
from inspections.aftercare.services.remedies import (
    Closing,
    assign_remedy,
    close_remedy,
    escalate_remedies,
)
from inspections.aftercare.services.samples import Draw, check, draw
from inspections.aftercare.services.unresolved import (
    Extension,
    NewUnresolved,
    assign,
    close,
    extend,
    propose,
    register,
    register_door_report,
    reply,
    send_back,
    watch_unresolved,
)

__all__ = [
    "Call",
    "Closing",
    "Draw",
    "Extension",
    "NewRating",
    "NewUnresolved",
    "assign",
    "assign_remedy",
    "check",
    "close",
    "close_remedy",
    "draw",
    "escalate_remedies",
    "extend",
    "finish_call",
    "give_rating",
    "note_unreachable",
    "propose",
    "queue_after_delivery",
    "register",
    "register_door_report",
    "reply",
    "send_back",
    "watch_unresolved",
]
