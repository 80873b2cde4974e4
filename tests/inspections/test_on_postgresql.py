"""What these slices promise on SQLite they promise on PostgreSQL: the same files, run again."""

from pathlib import Path

from tests.support.other_database import passes_on_postgresql

HERE = Path(__file__).parent


def test_links_intake_booking_catalog_and_results_hold_on_postgresql() -> None:
    names = ("people", "catalog", "cases", "bookings", "results")
    passes_on_postgresql([HERE / name for name in names])
