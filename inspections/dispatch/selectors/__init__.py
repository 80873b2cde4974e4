"""Which rows of dispatch who may see."""

from inspections.dispatch.selectors.access import (
    access_order,
    access_plan,
    access_visit,
    get_order,
    get_visit,
    live_order_of,
    visits_of,
)

__all__ = [
    "access_order",
    "access_plan",
    "access_visit",
    "get_order",
    "get_visit",
    "live_order_of",
    "visits_of",
]
