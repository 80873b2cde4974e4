"""Losses that lie close together become one named gap."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from signaling.media.events import GapCause, RecordingGap

JOIN_SECONDS: Final = 1.0
SILENCE: Final = 2.0
"""Seconds without media that make a line weak, and a hole with a name in the record."""
_ONE_FRAME: Final = 0.033


@dataclass(slots=True)
class _Open:
    start: float
    end: float
    frames: int


class GapBook:
    """Collects the losses of one source; times are seconds on the arrival clock."""

    def __init__(self, room: str, source: str, wall: Callable[[float], datetime]) -> None:
        self.frames = 0
        self._room, self._source, self._wall = room, source, wall
        self._open: dict[tuple[GapCause, str], _Open] = {}
        self._closed: list[RecordingGap] = []

    def lose(
        self, cause: GapCause, kind: str, at: float, frames: int, *, until: float = 0.0
    ) -> None:
        """Note lost frames; joined to the last gap of the same cause when near enough."""
        self.frames += frames
        key = (cause, kind)
        gap = self._open.get(key)
        until = max(at, until)
        if gap is not None and at - gap.end <= JOIN_SECONDS:
            gap.start, gap.end = min(gap.start, at), max(gap.end, until)
            gap.frames += frames
            return
        if gap is not None:
            self._close(key, gap)
        self._open[key] = _Open(at, until, frames)

    def hole(self, cause: GapCause, kind: str, start: float, end: float) -> None:
        """A stretch in which nothing came."""
        self._closed.append(
            RecordingGap(
                self._room, self._source, self._wall(start), self._wall(end), cause, 0, kind
            )
        )

    def _close(self, key: tuple[GapCause, str], gap: _Open) -> None:
        cause, kind = key
        self._closed.append(
            RecordingGap(
                self._room,
                self._source,
                self._wall(gap.start),
                self._wall(gap.end + _ONE_FRAME),
                cause,
                gap.frames,
                kind,
            )
        )

    def take(self, mono: float | None) -> list[RecordingGap]:
        """The gaps that are over (all of them when `mono` is None)."""
        for key, gap in list(self._open.items()):
            if mono is None or mono - gap.end > JOIN_SECONDS:
                self._close(key, gap)
                del self._open[key]
        out, self._closed = self._closed, []
        return out
