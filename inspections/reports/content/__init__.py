"""What papers say, gathered once from the slices below; afterwards only this is set in type."""

from inspections.reports.content.record import gather

__all__ = ["gather"]
