"""Working-day deadlines by the bureau's own calendar, and the system as actor."""

from datetime import datetime
from uuid import UUID

from fieldsvc.kernel.journal import Actor
from inspections.catalog.rules import Deadline
from inspections.catalog.selectors import calendar_of


def deadline(bureau_id: UUID, start: datetime, days: int) -> Deadline:
    """Close of office `days` working days after `start`; 0 is the next close of office.

    Beyond the years the calendar knows it is provisional.
    """
    calendar = calendar_of(bureau_id)
    due = calendar.add_working_days(start, days)
    return calendar.add_working_days(start, 1) if due.at <= start else due


def system(bureau_id: UUID) -> Actor:
    return Actor("system", "system", str(bureau_id))
