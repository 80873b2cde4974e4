from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from inspections.bookings.rules import CELL, Hours, choose, find_slot, free_for, label, slots

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 09:00 in Beijing
moments = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: MONDAY + timedelta(minutes=minutes))
hours = st.builds(
    Hours,
    weekdays=st.frozensets(st.integers(1, 7), min_size=1),
    windows=st.lists(
        st.tuples(st.integers(0, 40), st.integers(1, 55)).map(
            lambda w: (w[0] * 15, min((w[0] + w[1]) * 15, 24 * 60))
        ),
        min_size=1,
        max_size=2,
    ).map(tuple),
    slot_minutes=st.sampled_from([15, 30, 45, 60]),
    lead_minutes=st.integers(0, 300),
    days_ahead=st.integers(1, 10),
)


class TestTheGrid:
    def test_a_monday_has_thirteen_slots_less_the_lead(self) -> None:
        today = [
            slot for slot in slots(Hours(), MONDAY) if slot.starts_at < MONDAY + timedelta(days=1)
        ]
        assert today[0].starts_at == MONDAY + timedelta(minutes=30)
        assert len(today) == 12

    def test_nothing_is_offered_at_the_weekend(self) -> None:
        saturday = MONDAY + timedelta(days=5)
        assert {s.starts_at.isoweekday() for s in slots(Hours(), saturday)} <= {1, 2, 3, 4, 5}

    def test_a_time_beside_the_grid_is_no_slot(self) -> None:
        assert find_slot(Hours(), MONDAY + timedelta(minutes=37), MONDAY) is None
        assert find_slot(Hours(), MONDAY + timedelta(minutes=60), MONDAY) is not None

    @given(hours, moments)
    def test_every_slot_keeps_the_hours(self, hours: Hours, now: datetime) -> None:
        if hours.problem():
            return
        for slot in slots(hours, now):
            assert slot.starts_at >= now + timedelta(minutes=hours.lead_minutes)
            assert slot.ends_at - slot.starts_at == timedelta(minutes=hours.slot_minutes)
            assert len(slot.cells()) * CELL == slot.ends_at - slot.starts_at
            assert slot.starts_at.minute % 15 == 0


class TestWhoGoes:
    def test_who_is_taken_for_one_cell_is_not_free(self) -> None:
        slot = find_slot(Hours(), MONDAY + timedelta(hours=1), MONDAY)
        assert slot is not None
        taken = {"wang": {slot.cells()[1]}}
        assert free_for(slot, ["wang", "chen", "sun"], taken) == ["chen", "sun"]

    def test_the_two_with_the_least_work_that_day_go(self) -> None:
        day = (MONDAY + timedelta(hours=8)).date()
        taken = {
            "wang": {MONDAY, MONDAY + CELL},
            "chen": {MONDAY},
            "li": {MONDAY - timedelta(days=2)},
        }
        assert choose(["wang", "chen", "li", "sun"], taken, day) == ["li", "sun"]


class TestHowATimeIsSaid:
    def test_near_days_have_names(self) -> None:
        assert label(MONDAY + timedelta(hours=6, minutes=30), MONDAY) == "今天 15:30"
        assert label(MONDAY + timedelta(days=1), MONDAY) == "明天 9:00"
        assert label(MONDAY + timedelta(days=3, minutes=5), MONDAY) == "11月26日 周四 9:05"

    def test_the_day_is_the_local_one(self) -> None:
        late = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)  # 23:30 in Beijing
        assert label(late + timedelta(hours=1), late) == "明天 0:30"
