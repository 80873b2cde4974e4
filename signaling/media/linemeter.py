"""A publisher's line on the clock of arrival, a second at a time: what came or did not, the wait.

The wait is arrival (the kernel's) less departure (abs-send-time), both beyond what a busy encoder
or a busy node adds. The least of a second counts: a starved sender is late with some packets, a
full line with all of them. A second in which the line was dead tells nothing of its width.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

from signaling.media.rtp import unwrap
from signaling.media.uplink import UplinkReading

LEAST_SPAN: Final = 0.9
OWN_FAULT_COUNTS: Final = 3  # readings
OUTAGE: Final = 1.0  # between two packets taken note of
_TICKS: Final = 1 << 18  # of abs-send-time in a second
_BITS: Final = 24


@dataclass(frozen=True, slots=True)
class Tally:
    """A publisher's counters so far, and when its newest packet arrived."""

    at: float
    octets: int
    expected: int
    missed: int
    overflowed: int


class LineMeter:
    """Turns counters into readings: `note` takes some packets, `read` is asked once a second."""

    def __init__(self) -> None:
        self._sent: int | None = None
        self._least: float | None = None
        self._noted: float | None = None
        self._outage = False
        self._mark: Tally | None = None
        self._own_faults: deque[bool] = deque(maxlen=OWN_FAULT_COUNTS)

    def note(self, send_time: int, arrival: float) -> None:
        """One packet's abs-send-time and its arrival."""
        if self._sent is None or self._noted is None:
            self._sent = send_time
        elif arrival - self._noted >= OUTAGE:
            self._outage = True
        self._noted = arrival
        self._sent = unwrap(self._sent, send_time, _BITS)
        transit = arrival - self._sent / _TICKS
        if self._least is None or transit < self._least:
            self._least = transit

    def read(self, tally: Tally) -> UplinkReading | None:
        """What happened since the last reading; None while too little arrived to say."""
        mark = self._mark
        if mark is None:
            self._mark = tally
            return None
        span, expected = tally.at - mark.at, tally.expected - mark.expected
        if span < LEAST_SPAN or expected <= 0:
            return None
        self._mark = tally
        if self._noted is not None and tally.at - self._noted >= OUTAGE:
            self._outage = True
        outage, self._outage = self._outage, False
        self._own_faults.append(tally.overflowed > mark.overflowed)
        transit, self._least = self._least, None
        missed = 0 if any(self._own_faults) else max(0, tally.missed - mark.missed)
        return UplinkReading(
            kbps=(tally.octets - mark.octets) * 8 / 1000 / span,
            loss=missed / expected,
            transit=transit,
            outage=outage,
        )
