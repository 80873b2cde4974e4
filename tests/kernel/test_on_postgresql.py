"""What the kernel promises on SQLite it promises on PostgreSQL: the same files, run again."""

from pathlib import Path

from tests.support.other_database import passes_on_postgresql

FOLDER = Path(__file__).parent


def test_journal_outbox_workflow_and_idempotency_hold_on_postgresql():
    names = ("journal", "chain", "outbox", "workflow", "idempotency")
    passes_on_postgresql([FOLDER / f"test_{name}.py" for name in names])
