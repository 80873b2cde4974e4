"""The one source of time; tests put another clock in its place."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is advanced."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("a clock needs an aware datetime")
        self._at = at.astimezone(UTC)
        self._lock = Lock()

    def now(self) -> datetime:
        with self._lock:
            return self._at

    def advance(self, step: timedelta | None = None, *, seconds: float = 0) -> datetime:
        with self._lock:
            self._at += (step or timedelta()) + timedelta(seconds=seconds)
            return self._at


class SteppingClock(FixedClock):
    """A clock that moves on by `step` at every look, so that no two facts share an instant."""

    def __init__(self, at: datetime, step: timedelta = timedelta(milliseconds=1)) -> None:
        super().__init__(at)
        self._step = step

    def now(self) -> datetime:
        return self.advance(self._step)


class ShiftedClock:
    """Runs on from the instant written into a file: a demonstration plays a week in minutes.

    The file holds two ISO instants on one line, the system's and the one it stands for. Read at
    every look, so that whoever plays the week moves all threads and processes at once.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> datetime:
        since, stands_for = map(datetime.fromisoformat, self._file.read_text("ascii").split())
        return (stands_for + (datetime.now(UTC) - since)).astimezone(UTC)

    @staticmethod
    def set(file: Path, at: datetime) -> None:
        """Let the clock of `file` show `at` now and run on from there."""
        aside = file.with_suffix(".new")
        aside.write_text(f"{datetime.now(UTC).isoformat()} {at.isoformat()}", "ascii")
        aside.replace(file)


# Process-wide on purpose: worker threads of a test must see the same time as the test.
_stack: list[Clock] = [SystemClock()]


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _stack[-1].now()


def install(clock: Clock) -> None:
    """Let `clock` be this process's clock for good; only at start, before anything is dated."""
    _stack[0] = clock


@contextmanager
def using(clock: Clock) -> Iterator[Clock]:
    """Put `clock` in charge for the block."""
    _stack.append(clock)
    try:
        yield clock
    finally:
        _stack.remove(clock)


def iso(at: datetime) -> str:
    """`YYYY-MM-DDTHH:MM:SS.ffffffZ`: fixed width, so that text order is time order."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
