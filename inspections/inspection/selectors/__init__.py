"""Reading inspections: access, the checklist in force, what a conclusion would say."""

from inspections.inspection.selectors.inspections import (
    access_evidence,
    access_inspection,
    access_own_inspection,
    access_rectification,
    assigned_staff,
    distance_of,
    inspection_of_dossier,
    opens_at,
    own_rectification,
    spoken_words,
    stamp_of,
    template_of,
)
from inspections.inspection.selectors.judging import (
    compute,
    findings_by_item,
    gaps_of,
    item_states,
    judged_items,
    unproved_items,
)
from inspections.inspection.selectors.onsite import OnSite, on_site_of, open_items
from inspections.inspection.selectors.progress import progress_of, today, upcoming
from inspections.inspection.selectors.results import newest_result, result_of

__all__ = [
    "OnSite",
    "access_evidence",
    "access_inspection",
    "access_own_inspection",
    "access_rectification",
    "assigned_staff",
    "compute",
    "distance_of",
    "findings_by_item",
    "gaps_of",
    "inspection_of_dossier",
    "item_states",
    "judged_items",
    "newest_result",
    "on_site_of",
    "open_items",
    "opens_at",
    "own_rectification",
    "progress_of",
    "result_of",
    "spoken_words",
    "stamp_of",
    "template_of",
    "today",
    "unproved_items",
    "upcoming",
]
