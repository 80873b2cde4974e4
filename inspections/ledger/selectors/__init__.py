"""Reading the ledger: rows, breakdowns, the week before the meeting."""

from inspections.ledger.selectors.filtering import lines
from inspections.ledger.selectors.meeting import (
    access_decision,
    access_obstacle,
    access_report,
    check_week,
    decisions_of,
    decisions_to_look_at,
    obstacles_of,
    report_of,
)
from inspections.ledger.selectors.obstacles import Found, findings_of, is_over
from inspections.ledger.selectors.search import every_row, search
from inspections.ledger.selectors.statistics import MEASURES, merged, statistics

__all__ = [
    "MEASURES",
    "Found",
    "access_decision",
    "access_obstacle",
    "access_report",
    "check_week",
    "decisions_of",
    "decisions_to_look_at",
    "every_row",
    "findings_of",
    "is_over",
    "lines",
    "merged",
    "obstacles_of",
    "report_of",
    "search",
    "statistics",
]
