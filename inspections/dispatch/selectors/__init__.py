"""Which rows of dispatch who may see, and what would be if."""

from inspections.dispatch.selectors.access import (
    access_order,
    access_plan,
    access_visit,
    board_version,
    check_field,
    get_order,
    get_visit,
    last_revision,
    live_order_of,
    visits_of,
)
from inspections.dispatch.selectors.board import board, board_bureau, travel_table
from inspections.dispatch.selectors.checks import check_move, check_place
from inspections.dispatch.selectors.comparing import compare_plans
from inspections.dispatch.selectors.field import (
    calendar_of,
    has_calendar,
    is_photo_received,
    orders_of_day,
)
from inspections.dispatch.selectors.windows import (
    Wish,
    place_within,
    spots_for,
    windows_for,
    windows_of,
)

__all__ = [
    "Wish",
    "access_order",
    "access_plan",
    "access_visit",
    "board",
    "board_bureau",
    "board_version",
    "calendar_of",
    "check_field",
    "check_move",
    "check_place",
    "compare_plans",
    "get_order",
    "get_visit",
    "has_calendar",
    "is_photo_received",
    "last_revision",
    "live_order_of",
    "orders_of_day",
    "place_within",
    "spots_for",
    "travel_table",
    "visits_of",
    "windows_for",
    "windows_of",
]
