"""Reading inspections: access, the checklist in force, what a conclusion would say."""

from inspections.inspection.selectors.inspections import (
    access_inspection,
    access_own_inspection,
    access_rectification,
    assigned_staff,
    inspection_of_dossier,
    opens_at,
    template_of,
)
from inspections.inspection.selectors.judging import compute, gaps_of, item_states, judged_items
from inspections.inspection.selectors.results import newest_result, result_of

__all__ = [
    "access_inspection",
    "access_own_inspection",
    "access_rectification",
    "assigned_staff",
    "compute",
    "gaps_of",
    "inspection_of_dossier",
    "item_states",
    "judged_items",
    "newest_result",
    "opens_at",
    "result_of",
    "template_of",
]
