"""HD, SD or voice and stills: what a publisher's line bears, decided from what arrives of it.

A small rate alone means nothing: a phone on a table sends little, a busy one sends late. Only on a
line that lately lost packets, held all of them up, or that the browser itself believes to be narrow
(from arrival times that are the kernel's) does it mean that no more gets through.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

from signaling.media.events import UplinkLevel

LATELY: Final = 10.0
SETTLE: Final = 4.0
PROBED: Final = 1.5
TOLD_COUNTS: Final = 8.0
GROWTH: Final = 1.05  # between two tellings; a step up begins with what was told below
AMPLE_KBPS: Final = 190.0  # SD fills 150; an estimate of a wide line grows to half as much again
WARY: Final = 15.0
QUEUE_MEMORY: Final = 30
CLOCK_STEP: Final = 5.0
ATTEMPT: Final = 12.0
FIRST_PATIENCE: Final = 8.0
SHOWN: Final = 2.0
MOST_PATIENCE: Final = {UplinkLevel.SD: 8.0, UplinkLevel.HD: 20.0}  # back within 30 s in all
_ORDER: Final = (UplinkLevel.VOICE_STILLS, UplinkLevel.SD, UplinkLevel.HD)


@dataclass(frozen=True, slots=True)
class _Step:
    """A level is left when less than `least_kbps` arrives for `seconds` on a strained line."""

    least_kbps: float
    seconds: float


@dataclass(frozen=True, slots=True)
class _Limits:
    """What strains a line: part of the packets lost, seconds that every packet waited."""

    loss: float
    queue: float


_STEPS: Final = {UplinkLevel.HD: _Step(500.0, 2.0), UplinkLevel.SD: _Step(85.0, 4.0)}
_USUAL: Final = _Limits(0.15, 0.25)
_WARY: Final = _Limits(0.05, 0.10)
"""For a while after a change: a browser that knows its narrow line keeps the strain small."""


@dataclass(frozen=True, slots=True)
class UplinkReading:
    """One second of a publisher's line: all media that came, and how."""

    kbps: float
    loss: float  # share of packets that had to be asked for again
    transit: float | None  # least of the second: arrival less departure, of an unknown zero
    outage: bool = False  # nothing came for part of it


class Ladder:
    """The level of one publisher; `read` is called once a second of arrivals."""

    def __init__(self, mono: float) -> None:
        self.level = UplinkLevel.HD
        self._cap = UplinkLevel.HD
        self._changed = mono
        self._led = False
        self._strained_at: float | None = None
        self._told: tuple[float, float] | None = None
        self._best_told = 0.0
        self._growing = False
        self._rising = False  # up from voice, and no picture has failed since
        self._held_up = False
        self._short_since: float | None = None
        self._patience = dict.fromkeys(_STEPS, FIRST_PATIENCE)  # before each level is tried again
        self._resumed = mono
        self._transits: deque[float] = deque(maxlen=QUEUE_MEMORY)

    def read(self, reading: UplinkReading, mono: float) -> bool:
        """Take note of a second; whether the level changed."""
        if reading.outage:
            self._resume(mono)
            return False
        if self._strained(reading, mono):
            self._strained_at = mono
        step = _STEPS.get(self.level)
        if step is not None and self._short(reading, step, mono):
            if self._short_since is None:
                self._short_since = mono
            if mono - self._short_since < step.seconds:
                return False
            if mono - self._changed < ATTEMPT:
                most = MOST_PATIENCE[self.level]
                self._patience[self.level] = min(most, 2 * self._patience[self.level])
            return self._set(_ORDER[_ORDER.index(self.level) - 1], mono)
        self._short_since = None
        return self._up(mono)

    def told(self, level: UplinkLevel, mono: float) -> None:
        """The page stepped down or up by itself, and knows why: nothing above it is asked for."""
        self._cap = level
        if level is not self.level:
            self._set(level, mono)

    def told_rate(self, kbps: float, mono: float) -> None:
        """What the browser believes its line bears; not what it believed before it could try."""
        if mono - max(self._changed, self._resumed) >= PROBED:
            self._growing = kbps >= GROWTH * self._best_told
            self._best_told = max(self._best_told, kbps)
            self._told = kbps, mono

    def _resume(self, mono: float) -> None:
        """The line was dead and is back: what was known of its width stands still till it shows."""
        self._resumed = mono
        self._short_since = self._strained_at = self._told = None
        self._best_told = 0.0
        self._held_up = False
        self._transits.clear()

    def _estimate(self, mono: float) -> float | None:
        return self._told[0] if self._told and mono - self._told[1] < TOLD_COUNTS else None

    def _queue(self, reading: UplinkReading) -> float:
        """Seconds that packets now wait on their way, beside the best of the last half minute."""
        if reading.transit is None:
            return 0.0
        if self._transits and abs(reading.transit - self._transits[-1]) > CLOCK_STEP:
            self._transits.clear()  # the send times wrapped or began anew
        self._transits.append(reading.transit)
        return reading.transit - min(self._transits)

    def _strained(self, reading: UplinkReading, mono: float) -> bool:
        limits = _WARY if self._led and mono - self._changed < WARY else _USUAL
        before, self._held_up = self._held_up, self._queue(reading) >= limits.queue
        step, told = _STEPS.get(self.level), self._estimate(mono)
        # An estimate that is still growing says nothing of where it will end.
        narrow = step is not None and told is not None and told < step.least_kbps
        narrow = narrow and not self._growing
        return reading.loss >= limits.loss or (before and self._held_up) or narrow

    def _short(self, reading: UplinkReading, step: _Step, mono: float) -> bool:
        """Whether no more gets through; a second that brought enough shows that it does."""
        if self._strained_at is None or mono - self._strained_at > LATELY:
            return False
        if mono - max(self._changed, self._resumed) < SETTLE:
            return False  # the page has not followed yet, or the browser feels its way again
        return reading.kbps < step.least_kbps

    def _up(self, mono: float) -> bool:
        calm_since = max(self._changed, self._strained_at or 0.0)
        place = _ORDER.index(self.level)
        if mono - calm_since > ATTEMPT and self.level is not UplinkLevel.VOICE_STILLS:
            # This level holds: what lies above it is tried soon, what lies below was long ago.
            self._patience[self.level] = FIRST_PATIENCE
        if self.level is UplinkLevel.HD:
            return False
        wanted = _ORDER[place + 1]
        patience = self._patience_for(wanted, mono)
        if mono - calm_since < patience or place >= _ORDER.index(self._cap):
            return False
        if self.level is UplinkLevel.VOICE_STILLS:
            self._patience[UplinkLevel.HD] = FIRST_PATIENCE
        return self._set(wanted, mono)

    def _patience_for(self, wanted: UplinkLevel, mono: float) -> float:
        told = self._estimate(mono)
        if wanted is UplinkLevel.HD and told is not None:
            if told < AMPLE_KBPS:
                return MOST_PATIENCE[wanted]
            if self._rising:
                return SHOWN  # sound alone could not show it; the small picture just has
        return self._patience[wanted]

    def _set(self, level: UplinkLevel, mono: float) -> bool:
        if self._told is not None and _ORDER.index(level) > _ORDER.index(self.level):
            self._best_told = self._told[0]
        else:
            self._best_told = 0.0
        self._rising = self.level is UplinkLevel.VOICE_STILLS
        self.level, self._changed, self._led = level, mono, True
        self._short_since = self._strained_at = self._told = None
        return True
