"""What is promised on SQLite is promised on PostgreSQL: the same files, run again.

One server and one run for all of them, because making the tables costs more than most slices.
"""

from pathlib import Path

from tests.support.other_database import passes_on_postgresql

HERE = Path(__file__).parent
AGAIN = {
    "kernel": ("journal", "chain", "outbox", "workflow", "idempotency"),
    "inspections/dispatch": (
        *("lifecycle", "board_moves", "board_api", "plans"),
        *("big_day", "race"),
    ),
    "inspections/delegation": ("intake", "course", "mandate", "api"),
    "inspections/evidence": ("anchors",),
}
WHOLE = ("people", "catalog", "cases", "bookings", "results")
# These never open the database.
PURE = {"test_rules.py", "test_calendar.py", "test_gateway.py", "test_reach.py"}


def test_kernel_and_slices_hold_on_postgresql() -> None:
    files = [HERE / folder / f"test_{name}.py" for folder, names in AGAIN.items() for name in names]
    for folder in WHOLE:
        found = sorted((HERE / "inspections" / folder).glob("test_*.py"))
        files += [one for one in found if one.name not in PURE]
    passes_on_postgresql(files)
