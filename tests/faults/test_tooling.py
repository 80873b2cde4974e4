"""The faults' own tools, without a fault: what is asked for is there, and what fails is a row."""

import asyncio
import json
import os
from pathlib import Path

import pytest

from tests.faults import power
from tests.faults.book import Book
from tests.faults.plan import Experiment, Wish, part, share, within
from tests.support.footage import missing
from tests.support.rows import Row


def test_an_experiment_that_breaks_off_is_a_row_not_met_for_each_promise_asked_for(
    tmp_path: Path,
) -> None:
    book = Book(Wish(only=frozenset({"R4", "R6"})), tmp_path / "faults.json")
    book.failed(Experiment(("R4", "R5", "R6")), RuntimeError("no line"))
    assert [(row.id, row.met, "no line" in row.note) for row in book.rows] == [
        ("R4", False, True),
        ("R6", False, True),
    ]


def test_a_run_that_is_stopped_leaves_a_whole_file_that_says_what_is_missing(
    tmp_path: Path,
) -> None:
    file = tmp_path / "var" / "faults.json"
    book = Book(Wish(only=frozenset({"R3", "R8", "R10"})), file)
    book.begins(Experiment(("R3",)))
    book.add([Row(id="R3.recording_lost_max", value=1.0, unit="s")])
    book.begins(Experiment(("R8",)))
    assert [row["id"] for row in json.loads(file.read_text("utf-8"))] == ["R3.recording_lost_max"]
    book.close(["R3", "R8", "R9", "R10"])
    assert [(row["id"], row["note"]) for row in json.loads(file.read_text("utf-8"))] == [
        ("R3.recording_lost_max", ""),
        ("R8", "the run was stopped: broken off"),
        ("R9", "left out by --only"),
        ("R10", "the run was stopped: never begun"),
    ]


async def test_an_experiment_that_hangs_does_not_hold_the_others_up() -> None:
    async def hangs() -> list[Row]:
        await asyncio.Event().wait()
        return []

    with pytest.raises(TimeoutError):
        await within(0.01, hangs())


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


@pytest.mark.parametrize(
    ("read", "lost"),
    [
        ([2, 3, 4, 5, 6, 7], 0),
        # Also at either end: a recorder that stops early has lost what was sent after that.
        ([2, 3, 4, 5], 1),
        ([4, 5, 6], 1),
        ([3, 5, 6], 1),
        # There, but not to be read; and the picture before it shown once more in its place.
        ([3, None, 5, 6], 0),
        ([3, 3, 5, 6], 1),
        ([], 4),
    ],
)
def test_a_picture_that_was_sent_and_is_not_in_the_recording_is_missing(
    read: list[int | None], lost: int
) -> None:
    assert missing(range(3, 7), read) == lost
