"""What a receiver owes a sender: loss reports, repeat requests, reports (RFC 3550, 4585)."""

import struct
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from aiortc.rtp import AnyRtcpPacket, RtcpPacket, RtcpReceiverInfo, clamp_packets_lost

REPEAT: Final = 0.045  # a browser sends nothing twice within its own round trip
PRESSING: Final = 5
LATER_REPEAT: Final = 0.095
LATEST: Final = 0.25
_FORGETS: Final = 0.98
_NEGLIGIBLE: Final = 0.005
GIVE_UP: Final = 1.0
MAX_MISSING: Final = 512
NACK_LIMIT: Final = 128
_REMEMBERED_FRAMES: Final = 256


def read_rtcp(data: bytes) -> list[AnyRtcpPacket]:
    """The messages of a compound packet; none if any part of it is malformed."""
    try:
        return RtcpPacket.parse(data)
    except (ValueError, IndexError, struct.error):
        return []


def nack_parts(lost: list[int]) -> list[list[int]]:
    """Sequence numbers to ask for, a message each: rising ones only, and not too many."""
    parts: list[list[int]] = []
    for index in sorted(lost):
        number = index & 0xFFFF
        if not parts or len(parts[-1]) >= NACK_LIMIT or number < parts[-1][-1]:
            parts.append([])
        parts[-1].append(number)
    return parts


class FrameCounter:
    """Counts frames by their distinct RTP timestamps, whatever the order of packets."""

    def __init__(self) -> None:
        self.frames = 0
        self._last = -1
        self._order: deque[int] = deque(maxlen=_REMEMBERED_FRAMES)
        self._known: set[int] = set()

    def add(self, timestamp: int) -> bool:
        """Whether this timestamp is a new frame's."""
        if timestamp == self._last or timestamp in self._known:
            return False
        if len(self._order) == _REMEMBERED_FRAMES:
            self._known.discard(self._order[0])
        self._order.append(timestamp)
        self._known.add(timestamp)
        self._last = timestamp
        self.frames += 1
        return True


@dataclass(slots=True)
class _Missing:
    since: float
    asked: float
    times: int  # 0: it may only have been overtaken


class LossTracker:
    """Which packets are missing and when to ask for them again; gives up after a second.

    On a line whose packets overtake each other what is missing is waited for as long as others were
    late of late: to ask at once would have a third of everything sent twice.
    """

    def __init__(self) -> None:
        self.highest: int | None = None
        self.missed = 0
        self._missing: dict[int, _Missing] = {}
        self._patience = 0.0

    def add(self, index: int, mono: float, *, repeated: bool = False) -> list[int]:
        """Note a packet, or its repeat; the indexes to ask for at once (usually none)."""
        if self.highest is None:
            self.highest = index
            return []
        if index <= self.highest:
            entry = self._missing.pop(index, None)
            if entry is not None and not repeated:
                self._patience = min(LATEST, max(self._patience, mono - entry.since))
            return []
        fresh: list[int] = []
        at_once = self._patience < _NEGLIGIBLE
        if index > self.highest + 1:
            fresh = list(range(max(self.highest + 1, index - MAX_MISSING), index))
            for lost in fresh:
                self._missing[lost] = _Missing(mono, mono, int(at_once))
            self.missed += len(fresh)
        self.highest = index
        return fresh if at_once else []

    @property
    def waiting(self) -> bool:
        """Whether anything is missing that was not given up."""
        return bool(self._missing)

    def due(self, mono: float) -> list[int]:
        """The indexes to ask for now, most of them again."""
        self._patience *= _FORGETS
        if not self._missing:
            return []
        due: list[int] = []
        for index, entry in list(self._missing.items()):
            if mono - entry.since > GIVE_UP or len(self._missing) > 2 * MAX_MISSING:
                del self._missing[index]
            elif mono - entry.asked >= self._pause(entry.times):
                entry.asked, entry.times = mono, entry.times + 1
                due.append(index)
        return due

    def _pause(self, times: int) -> float:
        if not times:
            return self._patience
        return REPEAT if times < PRESSING else LATER_REPEAT


@dataclass(slots=True)
class Reception:
    """Receiver-report figures of one stream (RFC 3550 6.4.1, A.3, A.8)."""

    clock_rate: int
    received: int = 0
    octets: int = 0
    _base: int | None = None
    _highest: int = 0
    _jitter: float = 0.0
    _transit: float | None = None
    _expected_before: int = 0
    _received_before: int = 0
    _report_ntp: int = 0
    _report_at: float = 0.0
    _rate_marks: deque[tuple[float, int, int]] = field(default_factory=lambda: deque(maxlen=4))

    def add(self, index: int, timestamp: int, arrival: float, size: int) -> None:
        self.received += 1
        self.octets += size
        if self._base is None:
            self._base = self._highest = index
        elif index > self._highest:
            self._highest = index
        else:
            return
        transit = arrival * self.clock_rate - timestamp
        if self._transit is not None:
            step = abs(transit - self._transit)
            if step < self.clock_rate * 5:
                self._jitter += (step - self._jitter) / 16
        self._transit = transit

    @property
    def expected(self) -> int:
        return 0 if self._base is None else self._highest - self._base + 1

    def note_sender_report(self, ntp: int, mono: float) -> None:
        self._report_ntp, self._report_at = (ntp >> 16) & 0xFFFFFFFF, mono

    @property
    def lost(self) -> int:
        return max(0, self.expected - self.received)

    def report(self, ssrc: int, mono: float) -> RtcpReceiverInfo | None:
        """The block for the next receiver report; None before the first packet."""
        if self._base is None:
            return None
        expected = self.expected
        interval = expected - self._expected_before
        missed = interval - (self.received - self._received_before)
        self._expected_before, self._received_before = expected, self.received
        fraction = (missed << 8) // interval if interval > 0 and missed > 0 else 0
        # The kernel's clock and this one are held together by hand: a report just in may lie ahead.
        delay = max(0, int((mono - self._report_at) * 65536)) if self._report_ntp else 0
        return RtcpReceiverInfo(
            ssrc=ssrc,
            fraction_lost=min(255, fraction),
            packets_lost=clamp_packets_lost(self.lost),
            highest_sequence=self._highest & 0xFFFFFFFF,
            jitter=int(self._jitter) & 0xFFFFFFFF,
            lsr=self._report_ntp,
            dlsr=min(delay, 0xFFFFFFFF),
        )

    def rates(self, mono: float, frames: int) -> tuple[float, float]:
        """Frames a second and kbit/s since the mark three calls ago."""
        self._rate_marks.append((mono, self.octets, frames))
        then, octets, before = self._rate_marks[0]
        span = mono - then
        if span <= 0:
            return 0.0, 0.0
        return (frames - before) / span, (self.octets - octets) * 8 / 1000 / span
