"""How much of its source one viewer gets: decided from what that viewer's line says, nothing else.

Down at once, up with patience; a step up that failed is tried again later and later. A viewer whose
machine is busy answers late and believes its line narrow, but it loses nothing and not every answer
is late: such a line is left alone.
"""

from collections import deque
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from signaling.media.events import ViewLevel

LOSS_LIMIT: Final = 0.15
LOSS_HEAVY: Final = 0.30
FALL_COUNTS: Final = 2.0
BACKLOG_NOTABLE: Final = 64 * 1024
ROUND_TRIP_GROWTH: Final = 0.3
ROUND_TRIP_SPAN: Final = 3.0  # the best of these seconds counts
SOME_LOSS: Final = 0.02
SOME_GROWTH: Final = 0.1
BEARABLE: Final = 0.75  # after one moment of jitter an estimate falls to 0.85 of what came
SETTLE: Final = 1.5
VOICE_AFTER: Final = 3.0
FIRST_PATIENCE: Final = 5.0
MOST_PATIENCE: Final = 40.0
ATTEMPT: Final = 4.0
DECIDED_EVERY: Final = 0.25
REPORT_LATE: Final = 2.0
_ORDER: Final = (ViewLevel.VOICE, ViewLevel.QUARTER, ViewLevel.HALF, ViewLevel.FULL)


@dataclass(frozen=True, slots=True)
class ViewerLine:
    """What a viewer's line says at one moment; None where it says nothing."""

    layer_bps: tuple[float, ...]  # of the source, audio excluded, lowest layer first
    audio_bps: float
    estimate_bps: float | None
    loss: float
    rtt: float | None
    backlog_bytes: int


class OwnLoss:
    """What a viewer's own line lost: its reports count what its source's line lost as well.

    A number that was promised for a packet which never came from the source is missing at the
    viewer, too, and its report of that comes later.
    """

    def __init__(self) -> None:
        self._lost = 0
        self._holes: deque[tuple[float, int]] = deque()

    def count(self, reported: int, holes: int, mono: float) -> int:
        """Packets so far; `holes` are the numbers promised till now of which nothing was sent."""
        self._holes.append((mono, holes))
        while mono - self._holes[0][0] > REPORT_LATE:
            self._holes.popleft()
        self._lost = max(self._lost, reported - max(most for _, most in self._holes))
        return self._lost


class _Trouble(Enum):
    NONE = auto()
    LOSS = auto()  # noise on the line: fewer pictures help, taking them all away does not
    FULL_LINE = auto()


class Thinning:
    """The level of one viewer; `decide` is called a few times a second."""

    def __init__(self, mono: float) -> None:
        self.level = ViewLevel.FULL
        self._changed = mono
        self._full_since: float | None = None
        self._good_since = mono
        self._patience = FIRST_PATIENCE
        self._rtt_floor: float | None = None
        self._rtts: deque[tuple[float, float]] = deque()
        self._estimate: float | None = None
        self._fell_at = -FALL_COUNTS

    @property
    def ceiling(self) -> int:
        """The highest temporal layer to send; -1 for none of the picture."""
        if self.level is ViewLevel.FULL:
            return 3
        return _ORDER.index(self.level) - 1

    def decide(self, line: ViewerLine, mono: float) -> bool:
        """Take note of the line; whether the level changed."""
        trouble = self._trouble(line, mono)
        if trouble is not _Trouble.NONE:
            self._good_since = mono
            if trouble is not _Trouble.FULL_LINE:
                self._full_since = None
            elif self._full_since is None:
                self._full_since = mono
            return mono - self._changed >= SETTLE and self._down(line, mono)
        self._full_since = None
        if self.level is ViewLevel.FULL:
            if mono - self._changed > MOST_PATIENCE:
                self._patience = FIRST_PATIENCE
            return False
        if mono - max(self._changed, self._good_since) < self._patience:
            return False
        return self._up(line, mono)

    def _trouble(self, line: ViewerLine, mono: float) -> _Trouble:
        self._note(line, mono)
        if line.loss >= LOSS_HEAVY or line.backlog_bytes > BACKLOG_NOTABLE:
            return _Trouble.FULL_LINE
        growth = self._growth(mono)
        if growth > ROUND_TRIP_GROWTH:
            return _Trouble.FULL_LINE
        witnessed = line.loss >= SOME_LOSS or growth >= SOME_GROWTH
        needed = BEARABLE * self._needed(line, self.level)
        # An estimate that only has not grown yet says nothing; one that fell below the need does,
        # if anything else speaks for it.
        if (
            witnessed
            and mono - self._fell_at < FALL_COUNTS
            and (line.estimate_bps or needed) < needed
        ):
            return _Trouble.FULL_LINE
        return _Trouble.LOSS if line.loss >= LOSS_LIMIT else _Trouble.NONE

    def _note(self, line: ViewerLine, mono: float) -> None:
        if line.rtt is not None:
            floor = self._rtt_floor
            self._rtt_floor = line.rtt if floor is None else min(floor * 1.001, line.rtt)
            self._rtts.append((mono, line.rtt))
        while self._rtts and mono - self._rtts[0][0] > ROUND_TRIP_SPAN:
            self._rtts.popleft()
        if line.estimate_bps is not None:
            if self._estimate is not None and line.estimate_bps < 0.97 * self._estimate:
                self._fell_at = mono
            self._estimate = line.estimate_bps

    def _growth(self, mono: float) -> float:
        """Seconds that even the quickest answer of the last seconds took longer than the floor."""
        if not self._rtts or mono - self._rtts[0][0] < ROUND_TRIP_SPAN - 2 * DECIDED_EVERY:
            return 0.0
        return min(rtt for _, rtt in self._rtts) - (self._rtt_floor or 0.0)

    def _needed(self, line: ViewerLine, level: ViewLevel) -> float:
        layers = len(line.layer_bps) if level is ViewLevel.FULL else _ORDER.index(level)
        return line.audio_bps + sum(line.layer_bps[:layers])

    def _choices(self, line: ViewerLine) -> list[ViewLevel]:
        """The levels this source has, lowest first."""
        layers = sum(1 for rate in line.layer_bps if rate > 0)
        if layers <= 1:
            return [ViewLevel.VOICE, ViewLevel.FULL]
        return [*_ORDER[: min(layers, 3)], ViewLevel.FULL]

    def _down(self, line: ViewerLine, mono: float) -> bool:
        lower = [c for c in self._choices(line) if _ORDER.index(c) < _ORDER.index(self.level)]
        if not lower:
            return False
        if lower == [ViewLevel.VOICE] and (
            self._full_since is None or mono - self._full_since < VOICE_AFTER
        ):
            return False  # the last picture is not taken away for a moment's trouble, or for noise
        wanted = lower[-1]
        if line.estimate_bps is not None:
            fitting = [c for c in lower if self._needed(line, c) <= line.estimate_bps]
            wanted = fitting[-1] if fitting else lower[0]
            if wanted is ViewLevel.VOICE and len(lower) > 1:
                wanted = lower[1]
        if mono - self._changed < ATTEMPT:
            self._patience = min(MOST_PATIENCE, self._patience * 2)
        return self._set(wanted, mono)

    def _up(self, line: ViewerLine, mono: float) -> bool:
        higher = [c for c in self._choices(line) if _ORDER.index(c) > _ORDER.index(self.level)]
        return bool(higher) and self._set(higher[0], mono)

    def _set(self, level: ViewLevel, mono: float) -> bool:
        self.level = level
        self._changed = self._good_since = mono
        self._full_since = None
        return True
