import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspections.dispatch.planning import travel
from inspections.dispatch.planning.travel import Learned, Sample

HALL, HOME = (117.850, 36.803), (117.905, 36.815)
points = st.tuples(st.floats(117.7, 118.0), st.floats(36.7, 36.9))


def trips(*seconds: int, hour: int = 9) -> list[Sample]:
    return [Sample(HALL, HOME, hour, one) for one in seconds]


def test_the_default_is_a_detour_at_26_km_an_hour_and_parking() -> None:
    metres = travel.haversine(HALL, HOME)
    assert metres == pytest.approx(5070, rel=0.01)
    assert travel.default(HALL, HOME) == round(metres * 1.35 / (26 / 3.6)) + 180
    assert travel.default(HALL, HALL) == 0


def test_two_trips_teach_nothing_and_three_do() -> None:
    assert travel.estimate(HALL, HOME, 9, Learned(trips(1500, 1500))).samples == 0
    learned = travel.estimate(HALL, HOME, 9, Learned(trips(1500, 1600, 1700)))
    assert (learned.seconds, learned.samples) == (1600, 3)
    assert learned.error_s == pytest.approx(82, abs=1)


def test_another_hour_falls_back_to_the_default() -> None:
    learned = Learned(trips(1500, 1600, 1700))
    assert travel.estimate(HALL, HOME, 18, learned).seconds == travel.default(HALL, HOME)


def test_a_phone_that_teleported_or_slept_teaches_nothing() -> None:
    assert Learned(trips(1, 2, 3, 40_000, 50_000, 60_000)).rows() == []


def test_the_table_tells_how_wrong_it_and_the_default_are() -> None:
    learned = Learned(trips(2400, 2410, 2420, 2430))
    assert learned.rows()[0].seconds == 2415
    error = learned.error()
    assert error is not None
    by_table, by_default = error
    assert by_table < 30 < by_default


def test_nothing_learned_has_no_error_to_tell() -> None:
    assert Learned([]).error() is None


@given(points, points)
def test_the_default_is_symmetric_and_never_negative(
    a: tuple[float, float], b: tuple[float, float]
) -> None:
    assert travel.default(a, b) == travel.default(b, a) >= 0
    assert travel.matrix([a, b], 9)[0][0] == 0
