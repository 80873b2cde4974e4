"""The ladder of a weak publisher: simulated lines, on a clock of the test's own, seeded."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from signaling.media.events import UplinkLevel
from signaling.media.linemeter import LineMeter, Tally
from signaling.media.uplink import Ladder, UplinkReading

HD, SD, VOICE = UplinkLevel.HD, UplinkLevel.SD, UplinkLevel.VOICE_STILLS
WANTS = {HD: 2000.0, SD: 140.0, VOICE: 28.0}
LEAST = {HD: 80.0, SD: 80.0, VOICE: 28.0}  # a browser sends at least this, whatever it believes
QUEUE = 0.6


@dataclass
class Line:
    """A sender with congestion control on a line of some width with a queue of 600 ms.

    What the line does not take waits, then is lost. Seeing that, the browser believes the line to
    be a little narrower than it is; otherwise its belief grows by 8 % a second, up to half as much
    again as it sends; when it may send more it tries that at once.
    """

    kbps: float = 4000.0
    noise: float = 0.0
    seed: int = 1
    belief: float = 4000.0
    queue: float = 0.0
    level: UplinkLevel = HD
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def carry(self, level: UplinkLevel) -> UplinkReading:
        if WANTS[level] > WANTS[self.level]:
            self.belief = min(1.5 * WANTS[level], max(self.belief, 0.95 * self.kbps))
        self.level = level
        sent = max(LEAST[level], min(WANTS[level], self.belief - 40 * (level is not VOICE)))
        sent *= self.chance.uniform(0.7, 1.0)
        over = max(0.0, sent - self.kbps)
        self.queue = max(0.0, self.queue + (sent - self.kbps) / self.kbps)
        lost = over / sent if self.queue > QUEUE else 0.0
        self.queue = min(QUEUE, self.queue)
        if self.queue > 0.05:
            self.belief = max(40.0, 0.85 * min(self.kbps, self.belief))
        else:
            self.belief = max(self.belief, min(1.08 * self.belief, 1.5 * sent + 10))
        noise = self.noise * self.chance.uniform(0.5, 1.5)
        return UplinkReading((sent - over) * (1 - noise), min(1.0, lost + noise), 7.0 + self.queue)


def drive(
    ladder: Ladder, line: Line, start: int, seconds: int, *, tells: bool = True
) -> list[tuple[int, UplinkLevel]]:
    changes = []
    for at in range(start, start + seconds):
        if ladder.read(line.carry(ladder.level), float(at)):
            changes.append((at, ladder.level))
        if tells and at % 3 == 0:
            ladder.told_rate(line.belief, at + 0.5)
    return changes


def narrowed(kbps: float, seconds: int = 40) -> tuple[Ladder, Line, list[tuple[int, UplinkLevel]]]:
    ladder, line = Ladder(0.0), Line()
    assert drive(ladder, line, 0, 20) == []
    line.kbps = kbps
    return ladder, line, drive(ladder, line, 20, seconds)


def test_a_wide_line_stays_at_hd() -> None:
    assert drive(Ladder(0.0), Line(), 0, 600) == []


@pytest.mark.parametrize("noise", [0.02, 0.05, 0.10])
def test_noise_on_a_wide_line_takes_nothing_away(noise: float) -> None:
    assert drive(Ladder(0.0), Line(noise=noise), 0, 600) == []


@pytest.mark.parametrize("tells", [True, False])
def test_at_150_kbits_the_picture_becomes_small_and_never_goes(tells: bool) -> None:
    ladder, line = Ladder(0.0), Line()
    drive(ladder, line, 0, 20)
    line.kbps = 150
    changes = drive(ladder, line, 20, 300, tells=tells)
    assert changes[0][1] is SD
    assert changes[0][0] <= 26
    assert VOICE not in [level for _, level in changes]


def test_at_64_kbits_the_camera_stops_and_the_voice_stays() -> None:
    _, _, changes = narrowed(64)
    assert [level for _, level in changes[:2]] == [SD, VOICE]
    assert changes[1][0] <= 40


@pytest.mark.parametrize("kbps", [64, 150])
@pytest.mark.parametrize("after", range(30, 130, 11))
def test_a_line_that_widens_gets_everything_back_within_30_seconds(kbps: int, after: int) -> None:
    ladder, line, _ = narrowed(kbps, after)
    line.kbps = 4000
    drive(ladder, line, 20 + after, 31)
    assert ladder.level is HD
    assert drive(ladder, line, 51 + after, 120) == []


def test_after_voice_alone_the_first_small_picture_that_shows_a_wide_line_brings_hd() -> None:
    for after in range(30, 130, 11):
        ladder, line, _ = narrowed(64, after)
        line.kbps = 4000
        changes = drive(ladder, line, 20 + after, 31)
        tried = [at for at, level in changes if level is SD]
        assert ladder.level is HD
        assert not tried or changes[-1][0] - tried[-1] <= 5


def test_a_line_between_sd_and_hd_is_not_tried_at_once_again_after_it_failed() -> None:
    ladder, line, _ = narrowed(64, 60)
    line.kbps = 300
    changes = drive(ladder, line, 80, 300)
    held = [b - a for (a, level), (b, _) in pairwise(changes) if level is SD]
    assert VOICE not in [level for _, level in changes[2:]]
    assert sorted(held)[1] >= 8


def test_a_line_that_stays_narrow_is_tried_now_and_then_and_left_soon() -> None:
    _, _, changes = narrowed(150, 600)
    steps = list(pairwise(changes))
    tried = [later - at for (at, level), (later, _) in steps if level is HD]
    held = [later - at for (at, level), (later, _) in steps if level is SD]
    assert max(tried) <= 15
    assert sum(held) > 2 * sum(tried)


def test_a_phone_on_a_table_that_sends_little_is_left_alone() -> None:
    ladder = Ladder(0.0)
    for at in range(100):
        ladder.told_rate(3000.0, at + 0.2)
        assert not ladder.read(UplinkReading(120.0, 0.0, 7.0), float(at))


@pytest.mark.parametrize("seed", range(5))
def test_a_starved_sender_stays_at_hd(seed: int) -> None:
    """It sends in bursts and little; some seconds all its packets come late; none is lost."""
    chance, ladder = random.Random(seed), Ladder(0.0)
    late = 0.0
    for at in range(600):
        late = 0.0 if late else chance.choice((0.0, 0.0, 0.001, 0.4, 1.2))
        reading = UplinkReading(chance.choice((40.0, 150.0, 900.0)), 0.0, 7.0 + late)
        assert not ladder.read(reading, float(at))


@pytest.mark.parametrize("seed", range(5))
def test_a_starved_node_reads_late_and_still_knows_the_line_is_good(seed: int) -> None:
    """Packets keep coming while nobody reads; the counters then leap, and some had no room."""
    chance, ladder, meter = random.Random(seed), Ladder(0.0), LineMeter()
    sent = dropped = 0
    at, read_at = 100.0, 100.0
    for _ in range(100):
        pause = chance.choice((1.0, 1.0, 1.3, 4.0))
        while at < read_at + pause:
            at += 0.01
            sent += 1
            meter.note(int((at - 0.02) * (1 << 18)) & 0xFFFFFF, at)
        if pause == 4.0:
            dropped += 300
        read_at += pause
        reading = meter.read(Tally(at, (sent - dropped) * 1000, sent, dropped, dropped))
        if reading is not None:
            assert reading.transit is not None
            assert reading.loss == 0.0
            assert not ladder.read(reading, at)


def metered(seconds: float, dark: tuple[float, float], kbps: Callable[[float], float]) -> Ladder:
    """A publisher's second-by-second readings, packets every 20 ms; none in the dark."""
    ladder, meter = Ladder(0.0), LineMeter()
    octets = came = 0
    for sent in range(1, int(seconds * 50)):
        at = sent / 50
        if not dark[0] <= at < dark[1]:
            came += 1
            octets += int(kbps(at) * 2.5)
            meter.note(int((at - 0.02) * (1 << 18)) & 0xFFFFFF, at)
            if sent % 10 == 0:
                reading = meter.read(Tally(at, octets, sent, sent - came, 0))
                if reading is not None:
                    ladder.read(reading, at)
                ladder.told_rate(kbps(at), at)
    return ladder


@pytest.mark.parametrize("length", [3.0, 8.0, 20.0, 60.0])
def test_a_line_that_was_dead_comes_back_at_the_level_it_had(length: float) -> None:
    back = 20.0 + length
    grows = metered(
        back + 30.0,
        (20.0, back),
        lambda at: min(2000.0, 150.0 * 1.3 ** (at - back)) if at >= back else 2000.0,
    )
    assert grows.level is HD


@pytest.mark.parametrize("length", [3.0, 20.0])
def test_a_line_that_comes_back_narrow_is_seen_within_ten_seconds(length: float) -> None:
    back = 20.0 + length
    narrow = metered(back + 10.0, (20.0, back), lambda at: 140.0 if at >= back else 2000.0)
    assert narrow.level is SD


def test_losses_of_the_line_are_losses_again_once_the_node_reads_in_time() -> None:
    meter, missed = LineMeter(), 0
    for second in range(10):
        missed += 20
        overflowed = 50 if second == 2 else 50 * (second > 2)
        reading = meter.read(Tally(float(second), second * 1000, second * 100, missed, overflowed))
    assert reading is not None
    assert reading.loss == pytest.approx(0.2)


def test_an_estimate_of_a_narrow_line_counts_as_strain_and_one_that_grows_does_not() -> None:
    for growing, wanted in ((False, SD), (True, HD)):
        ladder = Ladder(0.0)
        for at in range(6, 20):
            ladder.told_rate(200.0 * 1.08 ** (at - 6) if growing else 150.0, float(at))
            ladder.read(UplinkReading(140.0, 0.0, 7.0), float(at))
        assert ladder.level is wanted


def test_a_page_that_stepped_down_by_itself_is_not_asked_for_more() -> None:
    ladder, line = Ladder(0.0), Line()
    ladder.told(SD, 5.0)
    assert ladder.level is SD
    assert drive(ladder, line, 6, 200) == []
    ladder.told(HD, 210.0)
    assert ladder.level is HD
