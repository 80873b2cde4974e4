"""The verbs of the catalogue: publishing."""

from inspections.catalog.services.calendar import (
    NewDay,
    publish_calendars,
    publish_year,
    set_day,
)
from inspections.catalog.services.checklists import DATA, publish_templates
from inspections.catalog.services.guides import publish_guides

__all__ = [
    "DATA",
    "NewDay",
    "publish_calendars",
    "publish_guides",
    "publish_templates",
    "publish_year",
    "set_day",
]
