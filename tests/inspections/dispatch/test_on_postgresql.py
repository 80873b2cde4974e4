"""What dispatch promises on SQLite it promises on PostgreSQL: the same files, run again."""

from pathlib import Path

from tests.support.other_database import passes_on_postgresql

HERE = Path(__file__).parent


def test_visits_board_plans_and_races_hold_on_postgresql() -> None:
    names = ("lifecycle", "board_moves", "board_api", "plans", "big_day", "race")
    passes_on_postgresql([HERE / f"test_{name}.py" for name in names])
