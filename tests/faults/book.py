"""The rows of a run, each printed as a line of JSON when it is taken."""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, replace

from tests.faults.plan import SEED, Experiment, Wish
from tests.support.rows import Row, machine, not_taken


class Book:
    """The rows so far, each printed as it comes."""

    def __init__(self, wish: Wish) -> None:
        self.rows: list[Row] = []
        self._wish = wish

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            made = replace(row, seed=SEED, machine=machine())
            self.rows.append(made)
            sys.stdout.write(json.dumps(asdict(made), ensure_ascii=False) + "\n")
        sys.stdout.flush()

    def failed(self, experiment: Experiment, error: BaseException) -> None:
        """Every promise of it that was asked for has no figure."""
        wanted = (name for name in experiment.promises if self._wish.wants(name))
        self.add(not_taken(name, repr(error)) for name in wanted)
