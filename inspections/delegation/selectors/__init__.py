"""Which delegations who may see, what is in them, how their clocks stand."""

from inspections.delegation.selectors.clocks import (
    completion_used,
    is_overdue,
    pauses_of,
    response_used,
)
from inspections.delegation.selectors.delegations import (
    DelegationRow,
    Filters,
    Listed,
    TimelineLine,
    access_delegation,
    access_own_delegation,
    delegation_of,
    item_title,
    list_delegations,
    mandate_of,
    normal_query,
    timeline,
)

__all__ = [
    "DelegationRow",
    "Filters",
    "Listed",
    "TimelineLine",
    "access_delegation",
    "access_own_delegation",
    "completion_used",
    "delegation_of",
    "is_overdue",
    "item_title",
    "list_delegations",
    "mandate_of",
    "normal_query",
    "pauses_of",
    "response_used",
    "timeline",
]
