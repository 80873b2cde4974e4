"""The faults' own tools, without a fault: what is asked for is there, and what fails is a row."""

import os
from pathlib import Path

from tests.faults import power
from tests.faults.book import Book
from tests.faults.plan import Experiment, Wish, part, share
from tests.support.rows import Row


def test_an_experiment_that_breaks_off_is_a_row_not_met_for_each_promise_asked_for() -> None:
    book = Book(Wish(only=frozenset({"R4", "R6"})))
    book.failed(Experiment(("R4", "R5", "R6")), RuntimeError("no line"))
    assert [(row.id, row.met, "no line" in row.note) for row in book.rows] == [
        ("R4", False, True),
        ("R6", False, True),
    ]


async def test_a_part_that_breaks_off_leaves_the_rows_of_the_others() -> None:
    async def fails() -> list[Row]:
        raise TimeoutError("no picture")

    (row,) = await part("R5.dark_3s", fails())
    assert (row.id, row.value, row.met) == ("R5.dark_3s", None, False)


def test_a_share_is_a_value_that_was_measured() -> None:
    assert [share([3.0, 1.0, 2.0, 4.0], p) for p in (0.5, 0.95, 1.0)] == [2.0, 4.0, 4.0]


def test_after_a_power_cut_there_is_what_was_synced_and_nothing_else(tmp_path: Path) -> None:
    live = tmp_path / "live"
    live.mkdir()
    disk = power.Disk(live)
    with power.watched(disk), (live / "kept").open("wb", buffering=0) as kept:
        kept.write(b"synced")
        os.fsync(kept.fileno())
        folder = os.open(live, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
        kept.write(b", not this")
        (live / "new").write_bytes(b"never synced")
    disk.cut_power(tmp_path / "left")
    assert {p.name: p.read_bytes() for p in (tmp_path / "left").iterdir()} == {"kept": b"synced"}
