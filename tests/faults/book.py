"""The rows of a run, each printed as a line of JSON when it is taken, and kept in a file."""

import json
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from tests.faults.plan import SEED, Experiment, Wish
from tests.support.rows import Row, machine, not_taken


class Book:
    """The rows so far, each printed as it comes; the file holds all of them at any time."""

    def __init__(self, wish: Wish, file: Path) -> None:
        self.rows: list[Row] = []
        self._wish, self._file = wish, file
        self._started = time.monotonic()
        self._begun: set[str] = set()

    def begins(self, experiment: Experiment) -> None:
        """Say what is taken next, and how long the run has gone on."""
        wanted = [name for name in experiment.promises if self._wish.wants(name)]
        self._begun.update(wanted)
        minutes = (time.monotonic() - self._started) / 60
        sys.stdout.write(f"--- {' '.join(wanted)}, after {minutes:.1f} min\n")
        sys.stdout.flush()

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            made = replace(row, seed=SEED, machine=machine())
            self.rows.append(made)
            sys.stdout.write(json.dumps(asdict(made), ensure_ascii=False) + "\n")
        sys.stdout.flush()
        self._write()

    def failed(self, experiment: Experiment, error: BaseException) -> None:
        """Every promise of it that was asked for has no figure."""
        wanted = (name for name in experiment.promises if self._wish.wants(name))
        self.add(not_taken(name, repr(error)) for name in wanted)

    def close(self, promises: Sequence[str]) -> None:
        """A row for each promise that has no figure, and why not."""
        taken = {row.id.partition(".")[0] for row in self.rows}
        for name in promises:
            if not self._wish.wants(name):
                self.rows.append(not_taken(name, "left out by --only"))
            elif name not in taken:
                begun = "broken off" if name in self._begun else "never begun"
                self.rows.append(not_taken(name, f"the run was stopped: {begun}"))
        self._write()

    def _write(self) -> None:
        """Whole or not at all: a run may be killed at any time."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        beside = self._file.with_suffix(".part")
        text = json.dumps([asdict(row) for row in self.rows], ensure_ascii=False, indent=1)
        beside.write_text(text + "\n", "utf-8")
        beside.replace(self._file)
