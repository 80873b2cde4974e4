"""How much one viewer gets, on a clock of the test's own."""

import random
from dataclasses import replace
from itertools import pairwise

import pytest

from signaling.media.events import ViewLevel
from signaling.media.thinning import MOST_PATIENCE, OwnLoss, Thinning, ViewerLine

GOOD = ViewerLine(
    layer_bps=(800_000, 400_000, 800_000),
    audio_bps=32_000,
    estimate_bps=None,
    loss=0.0,
    rtt=0.05,
    backlog_bytes=0,
)
FULL_LINE = replace(GOOD, loss=0.4)


def run(
    thinning: Thinning, line: ViewerLine, start: float, seconds: float
) -> list[tuple[float, ViewLevel]]:
    """Four decisions a second; the changes with their times."""
    changes = []
    for step in range(int(seconds * 4)):
        at = start + step / 4
        if thinning.decide(line, at):
            changes.append((at - start, thinning.level))
    return changes


def test_a_good_line_keeps_everything() -> None:
    assert run(Thinning(0.0), GOOD, 0.0, 120) == []


def test_a_full_line_goes_down_step_by_step_to_voice() -> None:
    thinning = Thinning(0.0)
    levels = [level for _, level in run(thinning, FULL_LINE, 10.0, 30)]
    assert levels == [ViewLevel.HALF, ViewLevel.QUARTER, ViewLevel.VOICE]
    assert thinning.ceiling == -1


def test_a_filling_socket_counts_as_a_full_line() -> None:
    thinning = Thinning(0.0)
    run(thinning, GOOD, 0.0, 5)
    line = replace(GOOD, backlog_bytes=100_000)
    assert run(thinning, line, 10.0, 1)[0][1] is ViewLevel.HALF


def test_delay_that_grew_and_stays_counts_as_a_full_line() -> None:
    thinning = Thinning(0.0)
    run(thinning, GOOD, 0.0, 5)
    ((after, level),) = run(thinning, replace(GOOD, rtt=0.9), 5.0, 4.5)
    assert level is ViewLevel.HALF
    assert after >= 2.5


@pytest.mark.parametrize("seed", range(5))
def test_a_busy_viewer_that_answers_late_and_believes_its_line_narrow_keeps_everything(
    seed: int,
) -> None:
    """Every second answer is late by up to two seconds, the estimate falls; nothing is lost."""
    chance, thinning, estimate = random.Random(seed), Thinning(0.0), 2_500_000.0
    for step in range(4 * 120):
        rtt = 0.02 + (2 * chance.random() if chance.random() < 0.5 else 0.0)
        estimate = max(200_000.0, estimate * chance.choice((0.85, 1.05)))
        assert not thinning.decide(replace(GOOD, rtt=rtt, estimate_bps=estimate), step / 4)


def test_an_estimate_that_fell_chooses_the_level_that_fits_at_once() -> None:
    thinning = Thinning(0.0)
    run(thinning, replace(GOOD, estimate_bps=2_500_000), 0.0, 5)
    fallen = replace(GOOD, estimate_bps=1_000_000, loss=0.05)
    assert run(thinning, fallen, 5.0, 1) == [(0.0, ViewLevel.QUARTER)]


def test_an_estimate_that_has_not_grown_yet_takes_nothing_away() -> None:
    thinning = Thinning(0.0)
    for step in range(40):
        line = replace(GOOD, estimate_bps=300_000 + 10_000 * step)
        assert not thinning.decide(line, step / 4)


def test_noise_alone_leaves_a_picture() -> None:
    thinning = Thinning(0.0)
    levels = [level for _, level in run(thinning, replace(GOOD, loss=0.2), 10.0, 60)]
    assert levels == [ViewLevel.HALF, ViewLevel.QUARTER]


def test_a_line_that_recovered_gets_everything_back_one_step_at_a_time() -> None:
    thinning = Thinning(0.0)
    run(thinning, FULL_LINE, 10.0, 10)
    changes = run(thinning, GOOD, 20.0, 60)
    assert [level for _, level in changes] == [ViewLevel.QUARTER, ViewLevel.HALF, ViewLevel.FULL]
    assert all(later - earlier >= 5 for (earlier, _), (later, _) in pairwise(changes))


def test_a_step_up_that_fails_again_and_again_is_tried_ever_more_rarely() -> None:
    thinning, at, ups = Thinning(0.0), 10.0, []
    while at < 600:
        line = GOOD if thinning.ceiling <= 0 else FULL_LINE
        if thinning.decide(line, at) and line is GOOD and thinning.level is ViewLevel.HALF:
            ups.append(at)
        at += 0.25
    pauses = [later - earlier for earlier, later in pairwise(ups)]
    assert pauses == sorted(pauses)
    assert pauses[-1] >= MOST_PATIENCE


def test_a_source_without_layers_is_all_or_voice() -> None:
    thinning = Thinning(0.0)
    plain = replace(FULL_LINE, layer_bps=(1_500_000,))
    assert [level for _, level in run(thinning, plain, 10.0, 30)] == [ViewLevel.VOICE]
    good = replace(GOOD, layer_bps=(1_500_000,))
    assert [level for _, level in run(thinning, good, 40.0, 30)] == [ViewLevel.FULL]


@pytest.mark.parametrize("dark", [173, 600])
def test_what_the_sources_line_lost_is_not_the_viewers_loss(dark: int) -> None:
    """Promised numbers that never come are in the viewer's report a second later."""
    own = OwnLoss()
    counts = [own.count(5 + dark * (at >= 12), dark * (at >= 8), at / 4) for at in range(60)]
    assert set(counts) == {5}


@pytest.mark.parametrize("seed", range(3))
def test_what_is_asked_for_again_at_the_source_adds_nothing_and_own_losses_do(seed: int) -> None:
    chance, own, lost = random.Random(seed), OwnLoss(), 0
    for at in range(400):
        lost += at // 200 * 3
        holes = chance.randrange(10)
        reported = lost + chance.randrange(10)
        count = own.count(reported, holes, at / 4)
        if at == 199:
            assert count <= 9
    assert count == pytest.approx(600, abs=30)
