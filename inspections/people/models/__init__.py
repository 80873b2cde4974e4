"""Accounts and ways in; the people who go out."""

from inspections.people.models.accounts import (
    ApplicantSession,
    Bureau,
    Client,
    Link,
    LinkResend,
    SignInAttempt,
    Staff,
    StaffManager,
)
from inspections.people.models.workforce import (
    Absence,
    Area,
    AreaAssignment,
    DelegateProfile,
    ExpertTeam,
    Responsibility,
    Shift,
    ShiftException,
    SkillHolding,
)

__all__ = [
    "Absence",
    "ApplicantSession",
    "Area",
    "AreaAssignment",
    "Bureau",
    "Client",
    "DelegateProfile",
    "ExpertTeam",
    "Link",
    "LinkResend",
    "Responsibility",
    "Shift",
    "ShiftException",
    "SignInAttempt",
    "SkillHolding",
    "Staff",
    "StaffManager",
]
