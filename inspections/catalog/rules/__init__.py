"""The verdict over a checklist; working days; steps side by side."""

from inspections.catalog.rules.calendar import (
    OFFICE,
    Calendar,
    Deadline,
    Pause,
    Windows,
)
from inspections.catalog.rules.steps import (
    CriticalPath,
    Step,
    critical_path,
)
from inspections.catalog.rules.verdict import (
    REASON_TEXTS,
    Counts,
    Judged,
    Limit,
    LimitData,
    ReasonCode,
    RuleData,
    Verdict,
    VerdictRule,
    decide,
    parse_rule,
)

__all__ = [
    "OFFICE",
    "REASON_TEXTS",
    "Calendar",
    "Counts",
    "CriticalPath",
    "Deadline",
    "Judged",
    "Limit",
    "LimitData",
    "Pause",
    "ReasonCode",
    "RuleData",
    "Step",
    "Verdict",
    "VerdictRule",
    "Windows",
    "critical_path",
    "decide",
    "parse_rule",
]
