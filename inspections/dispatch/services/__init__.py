"""The verbs of dispatch."""

from inspections.dispatch.services.arrivals import arrive, confirm_arrival
from inspections.dispatch.services.orders import abort, accept, decline, depart, finish
from inspections.dispatch.services.visits import cancel_visit, request_visit

__all__ = [
    "abort",
    "accept",
    "arrive",
    "cancel_visit",
    "confirm_arrival",
    "decline",
    "depart",
    "finish",
    "request_visit",
]
