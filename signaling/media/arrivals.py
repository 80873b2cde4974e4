"""Which numbered packets came and when, told so that only the line's own narrowness shows.

Three things look like a narrow line to a browser (draft-ietf-rmcat-gcc) and are none. A packet that
was overtaken waited elsewhere than in the line's queue: it counts as come when the first of those
behind it came, and until one so late could be here it is not called lost. What is missing from a
time in which nothing came at all tells of a dead line, not of its width. And a few losses in a
hundred are noise. The last two are left out of what is told, not told as come.
"""

from bisect import bisect_right
from collections import deque
from dataclasses import dataclass
from typing import Final

from signaling.media.rtp import unwrap

OUTAGE: Final = 0.5
"""Seconds without any packet; a line that bears a voice shows one every 20 to 150 milliseconds."""
SPARED: Final = 0.15
"""Up to this share losses are noise: 10 in 100 by chance are now and then 14 in two seconds."""
LATELY: Final = 2.0
FEWEST: Final = 80
LATEST: Final = 0.25
"""The longest that anything waits for a packet that was overtaken."""
MOST: Final = 400
_FORGETS: Final = 0.98
_BITS: Final = 16


@dataclass(frozen=True, slots=True)
class Stretch:
    """Packets in a row from `base` on: when each came, None for one that did not."""

    base: int
    came: list[float | None]


@dataclass(slots=True)
class _Hole:
    first: int
    end: int
    outage: bool


class Arrivals:
    """Takes numbers of 16 bits with their arrival; gives each back once, late ones again."""

    def __init__(self) -> None:
        self.expected = 0
        self.lost = 0
        """Of those expected, outages left out of both."""
        self._fresh: list[tuple[int, float]] = []
        self._held: dict[int, float] = {}
        self._next: int | None = None
        self._highs: list[tuple[int, float]] = []  # each number that was the highest, and when
        self._patience = 0.0
        self._last_came: float | None = None
        self._counts: deque[tuple[float, int, int]] = deque()

    def add(self, number: int, arrival: float) -> None:
        self._fresh.append((number, arrival))

    def __bool__(self) -> bool:
        """Whether anything came since the last time."""
        return bool(self._fresh)

    def take(self) -> list[Stretch]:
        """What may be told now, in order; whatever came too late for its turn goes first."""
        fresh, self._fresh = self._fresh, []
        self._patience *= _FORGETS
        late: dict[int, float] = {}
        for number, arrival in fresh:
            wide, came = self._place(number, arrival)
            due = self._next is None or wide >= self._next
            (self._held if due else late)[wide] = came
        if not self._highs:
            return []
        self.lost = max(0, self.lost - len(late))
        told = [_stretch(late, min(late), max(late) + 1)] if late else []
        begin = self._begin()
        end = self._end(begin)
        told += self._due(begin, end)
        self._next = end
        return told

    def _place(self, number: int, arrival: float) -> tuple[int, float]:
        """The number without its limit, and when the first packet from there on came."""
        highs = self._highs
        if not highs:
            highs.append((number, arrival))
            return number, arrival
        wide = unwrap(highs[-1][0], number, _BITS)
        if wide > highs[-1][0]:
            highs.append((wide, arrival))
            return wide, arrival
        overtaken = self._overtaken(wide)
        self._patience = min(LATEST, max(self._patience, arrival - overtaken))
        return wide, min(arrival, overtaken)

    def _begin(self) -> int:
        """The first number that is due; after a leap nothing in between is waited for."""
        highest = self._highs[-1][0]
        begin = self._next
        if begin is None:
            begin = min(self._held, default=highest)
        if highest - begin >= 4 * MOST:
            begin = min((n for n in self._held if n > highest - MOST), default=highest)
            self._held = {n: came for n, came in self._held.items() if n >= begin}
        return begin

    def _end(self, begin: int) -> int:
        """Up to the first packet that was overtaken but a moment ago and may still come."""
        highest, now = self._highs[-1]
        end = highest + 1
        if self._patience > 0.0 and len(self._held) < end - begin:
            missing = (n for n in range(begin, end) if n not in self._held)
            end = next((n for n in missing if now - self._overtaken(n) < self._patience), end)
        while len(self._highs) > 1 and now - self._highs[0][1] > 2 * LATEST:
            if self._highs[0][0] >= end:
                break
            del self._highs[0]
        return end

    def _overtaken(self, number: int) -> float:
        place = bisect_right(self._highs, number, key=lambda high: high[0])
        return self._highs[min(place, len(self._highs) - 1)][1]

    def _due(self, begin: int, end: int) -> list[Stretch]:
        if end <= begin:
            return []
        holes = self._holes(begin, end)
        sparing = self._share(begin, end, holes) < SPARED
        stretches = []
        for hole in holes:
            if hole.outage or sparing:
                if hole.first > begin:
                    stretches.append(_stretch(self._held, begin, hole.first))
                begin = hole.end
        if end > begin:
            stretches.append(_stretch(self._held, begin, end))
        self._held = {n: came for n, came in self._held.items() if n >= end}
        return stretches

    def _holes(self, begin: int, end: int) -> list[_Hole]:
        """What is missing, hole by hole, and in which of them nothing came for long."""
        held, holes = self._held, []
        before, expected = self._last_came, begin
        for number in sorted(n for n in held if n < end):
            came = held[number]
            if number > expected:
                outage = before is not None and came - before >= OUTAGE
                holes.append(_Hole(expected, number, outage))
            before, expected = came, number + 1
        if expected < end:
            holes.append(_Hole(expected, end, outage=False))
        self._last_came = before
        return holes

    def _share(self, begin: int, end: int, holes: list[_Hole]) -> float:
        """Take note of what was lost; the part of the last seconds' packets that was."""
        lost = sum(hole.end - hole.first for hole in holes if not hole.outage)
        dead = sum(hole.end - hole.first for hole in holes if hole.outage)
        expected = end - begin - dead
        self.expected += expected
        self.lost += lost
        now = self._highs[-1][1]
        self._counts.append((now, expected, lost))
        while now - self._counts[0][0] > LATELY:
            self._counts.popleft()
        known = sum(count for _, count, _ in self._counts)
        return sum(count for _, _, count in self._counts) / known if known >= FEWEST else 0.0


def _stretch(came: dict[int, float], begin: int, end: int) -> Stretch:
    return Stretch(begin, [came.get(number) for number in range(begin, end)])
