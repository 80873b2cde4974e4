"""Working days and minutes as arithmetic: properties first, then the dates people know."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspections.catalog.rules import Calendar, Deadline, critical_path
from inspections.people.rules import instant, local_day

DAY = timedelta(days=1)
FIRST = date(2026, 1, 1)

days = st.dates(FIRST, date(2028, 12, 31))
counts = st.integers(0, 60)
calendars = st.builds(
    Calendar,
    version=st.just("7"),
    working=st.dictionaries(days, st.booleans(), max_size=80),
    known_years=st.just(frozenset({2026})),
)
minutes = st.integers(0, 3 * 365 * 24 * 60)
PLAIN = Calendar("1", {}, frozenset({2026, 2027}))


def day_of(deadline: Deadline) -> date:
    return local_day(deadline.at)


def at(number: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)


class TestAddingWorkingDays:
    @given(calendars, days, counts, counts)
    def test_is_monotone_in_days(
        self, calendar: Calendar, start: date, fewer: int, more: int
    ) -> None:
        few, many = sorted((fewer, more))
        assert calendar.add_working_days(start, few).at <= calendar.add_working_days(start, many).at

    @given(calendars, days, days, counts)
    def test_is_monotone_in_the_start(
        self, calendar: Calendar, one: date, other: date, count: int
    ) -> None:
        early, late = sorted((one, other))
        assert (
            calendar.add_working_days(early, count).at <= calendar.add_working_days(late, count).at
        )

    @given(calendars, days, counts, counts)
    def test_is_additive(self, calendar: Calendar, start: date, one: int, other: int) -> None:
        half_way = day_of(calendar.add_working_days(start, one))
        whole = calendar.add_working_days(start, one + other).at
        if one > 0:
            assert calendar.add_working_days(half_way, other).at == whole

    @given(calendars, days, st.integers(1, 60))
    def test_ends_on_a_working_day_and_counts_back(
        self, calendar: Calendar, start: date, count: int
    ) -> None:
        end = day_of(calendar.add_working_days(start, count))
        assert calendar.is_working(end)
        assert calendar.working_days_between(start, end) == count

    @given(calendars, days, st.integers(1, 40), st.integers(1, 40), st.integers(0, 30))
    def test_a_pause_gives_back_exactly_the_days_it_took(
        self, calendar: Calendar, start: date, count: int, after: int, length: int
    ) -> None:
        since = start + DAY * after
        until = since + DAY * length
        pause = (instant(since, 600), instant(until, 600))
        paused = day_of(calendar.add_working_days(start, count, pauses=[pause]))
        running = calendar.working_days_between(start, paused)
        stood = calendar.working_days_between(since - DAY, min(until - DAY, paused))
        assert running - stood == count

    @given(calendars, days, st.integers(1, 40))
    def test_a_pause_over_days_off_changes_nothing(
        self, calendar: Calendar, start: date, count: int
    ) -> None:
        off = start + DAY
        while calendar.is_working(off):
            off += DAY
        pause = (instant(off, 0), instant(off + DAY, 0))
        assert calendar.add_working_days(start, count, pauses=[pause]) == (
            calendar.add_working_days(start, count)
        )

    def test_the_day_of_the_event_does_not_count_and_the_last_ends_with_office_hours(self) -> None:
        monday = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
        assert PLAIN.add_working_days(monday, 3).at == datetime(2026, 11, 26, 9, 0, tzinfo=UTC)

    def test_no_days_at_all_end_the_same_day_or_the_next_when_hours_are_over(self) -> None:
        noon, evening = (instant(date(2026, 11, 27), hour * 60) for hour in (12, 20))
        assert day_of(PLAIN.add_working_days(noon, 0)) == date(2026, 11, 27)
        assert day_of(PLAIN.add_working_days(evening, 0)) == date(2026, 11, 30)
        assert day_of(PLAIN.add_working_days(evening, 1)) == date(2026, 11, 30)

    def test_late_in_the_evening_it_is_still_that_day_in_beijing(self) -> None:
        late = datetime(2026, 11, 23, 15, 59, tzinfo=UTC)
        later = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
        assert day_of(PLAIN.add_working_days(late, 1)) == date(2026, 11, 24)
        assert day_of(PLAIN.add_working_days(later, 1)) == date(2026, 11, 25)

    def test_a_year_that_is_not_known_yet_makes_it_provisional_and_nothing_breaks(self) -> None:
        calendar = Calendar("1", {}, frozenset({2026}))
        known = calendar.add_working_days(date(2026, 12, 1), 15)
        unknown = calendar.add_working_days(date(2026, 12, 25), 15)
        assert (known.provisional, unknown.provisional) == (False, True)
        assert day_of(unknown) == date(2027, 1, 15)
        assert unknown.calendar_version == "1"


class TestWorkingMinutes:
    @given(calendars, minutes, st.integers(0, 20 * 24 * 60), st.integers(0, 20 * 24 * 60))
    def test_are_additive(self, calendar: Calendar, start: int, one: int, other: int) -> None:
        a, b, c = at(start), at(start + one), at(start + one + other)
        assert calendar.working_minutes_between(a, c) == (
            calendar.working_minutes_between(a, b) + calendar.working_minutes_between(b, c)
        )

    @given(calendars, minutes, st.integers(1, 3000))
    def test_adding_them_and_counting_them_agree(
        self, calendar: Calendar, start: int, count: int
    ) -> None:
        end = calendar.add_working_minutes(at(start), count).at
        assert calendar.working_minutes_between(at(start), end) == count

    @given(calendars, minutes, st.integers(0, 3000), st.integers(0, 3000))
    def test_are_monotone(self, calendar: Calendar, start: int, fewer: int, more: int) -> None:
        few, many = sorted((fewer, more))
        one, other = (calendar.add_working_minutes(at(start), n).at for n in (few, many))
        assert one <= other

    def test_thirty_minutes_at_a_quarter_to_twelve_end_after_lunch(self) -> None:
        start = instant(date(2026, 11, 23), 11 * 60 + 45)
        assert PLAIN.add_working_minutes(start, 30).at == instant(date(2026, 11, 23), 13 * 60 + 45)

    def test_on_friday_evening_they_begin_on_monday(self) -> None:
        start = instant(date(2026, 11, 27), 20 * 60)
        assert PLAIN.add_working_minutes(start, 30).at == instant(date(2026, 11, 30), 9 * 60 + 30)


class Step:
    def __init__(self, code: str, minutes: int, *after: str) -> None:
        self.code, self.minutes, self.after = code, minutes, after


class TestStepsSideBySide:
    def test_opening_a_firm_takes_two_hours(self) -> None:
        path = critical_path(
            [
                Step("licence", 45),
                Step("tax", 15, "licence"),
                Step("social", 15, "licence"),
                Step("bank", 75, "licence"),
            ]
        )
        assert path.finish == 120
        assert path.slack == {"licence": 0, "tax": 60, "social": 60, "bank": 0}
        assert path.critical == ("licence", "bank")
        assert path.starts["bank"] == 45

    def test_no_steps_take_no_time(self) -> None:
        assert critical_path([]).finish == 0

    @pytest.mark.parametrize(
        "steps",
        [
            [Step("a", 1, "b"), Step("b", 1, "a")],
            [Step("a", 1, "a")],
            [Step("a", 1, "unknown")],
        ],
    )
    def test_a_circle_or_an_unknown_step_is_refused(self, steps: list[Step]) -> None:
        with pytest.raises(ValueError, match="step"):
            critical_path(steps)

    @given(st.lists(st.integers(1, 100), min_size=1, max_size=12), st.randoms())
    def test_no_step_may_slip_further_than_its_slack(self, lengths: list[int], random) -> None:  # type: ignore[no-untyped-def]
        steps = [
            Step(str(n), length, *(str(m) for m in range(n) if random.random() < 0.3))
            for n, length in enumerate(lengths)
        ]
        path = critical_path(steps)
        assert path.critical
        for step in steps:
            longer = [
                Step(one.code, one.minutes + path.slack[one.code] * (one is step), *one.after)
                for one in steps
            ]
            assert critical_path(longer).finish == path.finish
