"""Which rows of dispatch who may see, and what would be if."""

from inspections.dispatch.selectors.access import (
    access_order,
    access_plan,
    access_visit,
    get_order,
    get_visit,
    last_revision,
    live_order_of,
    visits_of,
)
from inspections.dispatch.selectors.checks import check_place
from inspections.dispatch.selectors.windows import Wish, place_within, spots_for, windows_for

__all__ = [
    "Wish",
    "access_order",
    "access_plan",
    "access_visit",
    "check_place",
    "get_order",
    "get_visit",
    "last_revision",
    "live_order_of",
    "place_within",
    "spots_for",
    "visits_of",
    "windows_for",
]
