"""The only place that sees every slice's api."""

from ninja import Router

from inspections.bookings.api import router as bookings
from inspections.cases.api import router as cases
from inspections.catalog.api import router as catalog
from inspections.people.api import router as people


def routers() -> list[tuple[str, Router]]:
    """Prefix under /api and router of each slice."""
    return [("", people), ("", catalog), ("", cases), ("", bookings)]
