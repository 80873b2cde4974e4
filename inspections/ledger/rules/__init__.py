"""Weeks, spans and digests; the shapes of what goes in and out stand in `rules.shapes`."""

from inspections.ledger.rules.weeks import (
    BEIJING,
    DOOR_MINUTES,
    EXPORT_ROWS,
    PAGE_SIZE,
    PUBLISHED_FROM,
    WEEK,
    Span,
    days_span,
    is_monday,
    median,
    midnight,
    monday_of,
    sunday_of,
    tree,
    week_span,
)

__all__ = [
    "BEIJING",
    "DOOR_MINUTES",
    "EXPORT_ROWS",
    "PAGE_SIZE",
    "PUBLISHED_FROM",
    "WEEK",
    "Span",
    "days_span",
    "is_monday",
    "median",
    "midnight",
    "monday_of",
    "sunday_of",
    "tree",
    "week_span",
]
