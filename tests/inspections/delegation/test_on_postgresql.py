"""What a delegation promises on SQLite it promises on PostgreSQL: the same files, run again."""

from pathlib import Path

from tests.support.other_database import passes_on_postgresql

HERE = Path(__file__).parent


def test_intake_course_mandates_and_the_api_hold_on_postgresql() -> None:
    names = ("test_intake.py", "test_course.py", "test_mandate.py", "test_api.py")
    passes_on_postgresql([HERE / name for name in names])
