"""Reading what people said: access, totals, queues."""

from inspections.aftercare.selectors.queues import (
    access_follow_up,
    access_sample,
    access_unresolved,
    cases_of,
    contacts_of,
    list_follow_ups,
    list_samples,
    list_unresolved,
)
from inspections.aftercare.selectors.ratings import (
    MonthTotal,
    Summary,
    access_remedy,
    list_remedies,
    rating_of,
    summary,
    visible_ratings,
)
from inspections.aftercare.selectors.subjects import Subject, own_subject, subject_of

__all__ = [
    "MonthTotal",
    "Subject",
    "Summary",
    "access_follow_up",
    "access_remedy",
    "access_sample",
    "access_unresolved",
    "cases_of",
    "contacts_of",
    "list_follow_ups",
    "list_remedies",
    "list_samples",
    "list_unresolved",
    "own_subject",
    "rating_of",
    "subject_of",
    "summary",
    "visible_ratings",
]
