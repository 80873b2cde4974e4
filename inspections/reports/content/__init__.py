"""What papers say, gathered once from the slices below; afterwards only this is set in type."""

from inspections.reports.content.objections import with_objection
from inspections.reports.content.record import gather
from inspections.reports.content.spoken import spoken
from inspections.reports.content.versions import as_of_now

__all__ = ["as_of_now", "gather", "spoken", "with_objection"]
