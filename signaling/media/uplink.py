"""HD, SD or voice and stills: what a publisher's line bears, decided from what arrives of it.

A small rate alone means nothing (a phone on a table sends little); a small rate on a line that
lately lost packets or held them up means that no more gets through.
"""

from collections import deque
from dataclasses import dataclass

from signaling.media.events import UplinkLevel

LOSS_LIMIT = 0.15
QUEUE_LIMIT = 0.35
QUEUE_HEAVY = 1.5
LATELY = 10.0
SETTLE = 4.0
QUEUE_MEMORY = 30
CLOCK_STEP = 5.0
ATTEMPT = 10.0
FIRST_PATIENCE = 10.0
MOST_PATIENCE = 60.0
_ORDER = (UplinkLevel.VOICE_STILLS, UplinkLevel.SD, UplinkLevel.HD)


@dataclass(frozen=True, slots=True)
class _Step:
    """A level is left when less than `least_kbps` arrives for `seconds` on a strained line."""

    least_kbps: float
    seconds: float


_STEPS = {UplinkLevel.HD: _Step(500.0, 2.0), UplinkLevel.SD: _Step(85.0, 4.0)}


@dataclass(frozen=True, slots=True)
class UplinkReading:
    """One second of a publisher's line: all media that came, and how."""

    kbps: float
    loss: float  # share of packets that had to be asked for again
    transit: float | None  # least of the second: arrival less capture, of an unknown zero
    told_kbps: float | None = None  # what the publisher's own estimate says


class Ladder:
    """The level of one publisher; `read` is called once a second."""

    def __init__(self, mono: float) -> None:
        self.level = UplinkLevel.HD
        self._cap = UplinkLevel.HD
        self._changed = mono
        self._strained_at: float | None = None
        self._short_since: float | None = None
        self._patience = dict.fromkeys(_STEPS, FIRST_PATIENCE)  # before each level is tried again
        self._transits: deque[float] = deque(maxlen=QUEUE_MEMORY)

    def read(self, reading: UplinkReading, mono: float) -> bool:
        """Take note of a second; whether the level changed."""
        queue = self._queue(reading)
        if self._strained(reading, queue):
            self._strained_at = mono
        step = _STEPS.get(self.level)
        if step is not None and self._short(reading, step, queue, mono):
            if self._short_since is None:
                self._short_since = mono
            if mono - self._short_since < step.seconds:
                return False
            if mono - self._changed < ATTEMPT:
                self._patience[self.level] = min(MOST_PATIENCE, 2 * self._patience[self.level])
            return self._set(_ORDER[_ORDER.index(self.level) - 1], mono)
        self._short_since = None
        return self._up(mono)

    def told(self, level: UplinkLevel, mono: float) -> None:
        """The page stepped down or up by itself, and knows why: nothing above it is asked for."""
        self._cap = level
        if level is not self.level:
            self._set(level, mono)

    def _queue(self, reading: UplinkReading) -> float:
        """Seconds that packets now wait on their way, beside the best of the last half minute."""
        if reading.transit is None:
            return 0.0
        if self._transits and abs(reading.transit - self._transits[-1]) > CLOCK_STEP:
            self._transits.clear()  # the timestamps wrapped or began anew
        self._transits.append(reading.transit)
        return reading.transit - min(self._transits)

    def _strained(self, reading: UplinkReading, queue: float) -> bool:
        if reading.loss >= LOSS_LIMIT or queue >= QUEUE_LIMIT:
            return True
        step = _STEPS.get(self.level)
        return (
            step is not None
            and reading.told_kbps is not None
            and reading.told_kbps < step.least_kbps
        )

    def _short(self, reading: UplinkReading, step: _Step, queue: float, mono: float) -> bool:
        if self._strained_at is None or mono - self._strained_at > LATELY:
            return False
        if self._changed and mono - self._changed < SETTLE:
            return False  # the page has not followed yet
        return reading.kbps < step.least_kbps or queue >= QUEUE_HEAVY

    def _up(self, mono: float) -> bool:
        calm_since = max(self._changed, self._strained_at or 0.0)
        place = _ORDER.index(self.level)
        if self.level is UplinkLevel.HD:
            if mono - calm_since > MOST_PATIENCE:
                self._patience = dict.fromkeys(_STEPS, FIRST_PATIENCE)
            return False
        wanted = _ORDER[place + 1]
        if mono - calm_since < self._patience[wanted] or place >= _ORDER.index(self._cap):
            return False
        return self._set(wanted, mono)

    def _set(self, level: UplinkLevel, mono: float) -> bool:
        self.level, self._changed = level, mono
        self._short_since = self._strained_at = None
        return True
