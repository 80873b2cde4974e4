"""The ladder of a weak publisher, on a clock of the test's own."""

from dataclasses import dataclass
from itertools import pairwise

from signaling.media.events import UplinkLevel
from signaling.media.uplink import MOST_PATIENCE, Ladder, UplinkReading

HD, SD, VOICE = UplinkLevel.HD, UplinkLevel.SD, UplinkLevel.VOICE_STILLS
SENDS = {HD: 2000.0, SD: 150.0, VOICE: 35.0}


@dataclass
class Line:
    """A line of some width with a queue of 400 ms: what does not fit waits, then is lost.

    The browser's own estimate makes it send no more than fits after four seconds.
    """

    kbps: float
    over_since: float | None = None

    def carry(self, level: UplinkLevel, at: float) -> UplinkReading:
        wanted = SENDS[level]
        if wanted <= self.kbps:
            self.over_since = None
            return UplinkReading(wanted, 0.0, 7.0)
        if self.over_since is None:
            self.over_since = at
        if at - self.over_since < 4:
            return UplinkReading(self.kbps, 1 - self.kbps / wanted, 7.4)
        return UplinkReading(0.9 * self.kbps, 0.0, 7.05)


def drive(ladder: Ladder, line: Line, start: int, seconds: int) -> list[tuple[int, UplinkLevel]]:
    changes = []
    for at in range(start, start + seconds):
        if ladder.read(line.carry(ladder.level, float(at)), float(at)):
            line.over_since = None
            changes.append((at, ladder.level))
    return changes


def test_a_wide_line_stays_at_hd() -> None:
    assert drive(Ladder(0.0), Line(3000), 0, 300) == []


def test_at_150_kbits_the_picture_becomes_small_and_stays() -> None:
    ladder = Ladder(0.0)
    drive(ladder, Line(3000), 0, 20)
    ((at, level),) = drive(ladder, Line(150), 20, 12)
    assert level is SD
    assert at <= 26


def test_at_64_kbits_the_camera_stops_and_the_voice_stays() -> None:
    ladder = Ladder(0.0)
    drive(ladder, Line(3000), 0, 20)
    changes = drive(ladder, Line(64), 20, 30)
    assert [level for _, level in changes] == [SD, VOICE]


def test_a_line_that_widens_gets_everything_back() -> None:
    ladder = Ladder(0.0)
    drive(ladder, Line(64), 20, 30)
    changes = drive(ladder, Line(3000), 60, 120)
    assert [level for _, level in changes] == [SD, HD]


def test_a_line_that_stays_narrow_is_tried_ever_more_rarely() -> None:
    ladder = Ladder(0.0)
    changes = drive(ladder, Line(150), 10, 1200)
    tries = [at for at, level in changes if level is HD]
    pauses = [later - earlier for earlier, later in pairwise(tries)]
    assert pauses == sorted(pauses)
    assert pauses[-1] >= MOST_PATIENCE


def test_a_phone_on_a_table_that_sends_little_is_left_alone() -> None:
    ladder = Ladder(0.0)
    for at in range(100):
        assert not ladder.read(UplinkReading(120.0, 0.0, 7.0), float(at))


def test_noise_on_a_wide_line_takes_nothing_away() -> None:
    ladder = Ladder(0.0)
    for at in range(100):
        assert not ladder.read(UplinkReading(1800.0, 0.20, 7.0), float(at))


def test_the_publishers_own_estimate_counts_as_strain() -> None:
    ladder = Ladder(0.0)
    for at in range(6, 16):
        ladder.read(UplinkReading(140.0, 0.0, 7.0, told_kbps=150.0), float(at))
    assert ladder.level is SD


def test_a_page_that_stepped_down_by_itself_is_not_asked_for_more() -> None:
    ladder = Ladder(0.0)
    ladder.told(SD, 5.0)
    assert ladder.level is SD
    assert drive(ladder, Line(3000), 6, 200) == []
    ladder.told(HD, 210.0)
    assert ladder.level is HD
