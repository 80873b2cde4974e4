"""The verbs of dispatch."""

from inspections.dispatch.selectors.windows import Wish, windows_for
from inspections.dispatch.services.absences import note_absence
from inspections.dispatch.services.arrivals import arrive, confirm_arrival
from inspections.dispatch.services.calendars import issue_calendar, revoke_calendar
from inspections.dispatch.services.moves import Target, move, send_due, send_soon, unassign
from inspections.dispatch.services.orders import abort, accept, decline, depart, finish
from inspections.dispatch.services.plans import discard, make_plan, request_plan
from inspections.dispatch.services.promises import Agreed, agree, promise
from inspections.dispatch.services.publishing import publish
from inspections.dispatch.services.undo import undo
from inspections.dispatch.services.videos import order_video
from inspections.dispatch.services.visits import cancel_visit, erase_contacts, request_visit

__all__ = [
    "Agreed",
    "Target",
    "Wish",
    "abort",
    "accept",
    "agree",
    "arrive",
    "cancel_visit",
    "confirm_arrival",
    "decline",
    "depart",
    "discard",
    "erase_contacts",
    "finish",
    "issue_calendar",
    "make_plan",
    "move",
    "note_absence",
    "order_video",
    "promise",
    "publish",
    "request_plan",
    "request_visit",
    "revoke_calendar",
    "send_due",
    "send_soon",
    "unassign",
    "undo",
    "windows_for",
]
