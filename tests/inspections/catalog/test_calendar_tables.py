"""The calendar that comes with the product, and its edits."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from fieldsvc.kernel import journal
from fieldsvc.kernel.clock import FixedClock
from fieldsvc.kernel.clock import using as using_clock
from fieldsvc.kernel.journal import Actor
from inspections.catalog import selectors, services
from inspections.catalog.errors import CalendarDayRefused
from inspections.catalog.models import CalendarDay
from inspections.catalog.services import NewDay
from inspections.people.rules import local_day
from tests.inspections.cast import Cast

ADMIN = Actor("staff", "admin")
FRIDAY = date(2026, 11, 27)


class TestTheYearThatComesWithTheProduct:
    @pytest.mark.parametrize(
        ("day", "working"),
        [
            (date(2026, 2, 14), True),  # 春节调休, a Saturday
            (date(2026, 10, 10), True),  # 国庆节调休, a Saturday
            (date(2026, 2, 17), False),  # 春节, a Tuesday
            (date(2026, 10, 7), False),
            (date(2026, 10, 8), True),
            (date(2026, 11, 28), False),  # any Saturday
            (date(2026, 11, 30), True),
        ],
    )
    def test_says_which_days_are_worked(self, cast: Cast, day: date, working: bool) -> None:
        assert selectors.calendar_of(cast.bureau.pk).is_working(day) is working

    def test_knows_2026_and_says_that_2027_is_provisional(self, cast: Cast) -> None:
        calendar = selectors.calendar_of(cast.bureau.pk)
        assert calendar.known_years == {2026}
        assert not calendar.add_working_days(date(2026, 9, 30), 3).provisional
        assert local_day(calendar.add_working_days(date(2026, 9, 30), 3).at) == date(2026, 10, 10)
        assert calendar.add_working_days(date(2026, 12, 30), 5).provisional

    def test_publishing_again_changes_nothing(self, cast: Cast) -> None:
        before = selectors.calendar_of(None).version
        assert services.publish_calendars() == []
        assert selectors.calendar_of(None).version == before

    def test_a_changed_file_is_a_new_version_that_forgets_the_old_days(
        self, cast: Cast, tmp_path: Path
    ) -> None:
        body = {
            "year": 2026,
            "source": "更正",
            "days": [{"day": "2026-02-18", "is_working": False, "note": "春节"}],
        }
        (tmp_path / "2026.json").write_text(json.dumps(body), encoding="utf-8")
        old = selectors.calendar_of(cast.bureau.pk).version
        assert services.publish_calendars(tmp_path) == [2026]
        assert selectors.calendar_of(cast.bureau.pk).is_working(date(2026, 2, 17))
        assert not selectors.calendar_of(cast.bureau.pk, old).is_working(date(2026, 2, 17))

    def test_the_database_refuses_to_change_a_day(self, db: None) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            CalendarDay.objects.update(is_working=True)


class TestAnEdit:
    def test_is_a_new_version_and_a_promise_keeps_the_old_one(self, cast: Cast) -> None:
        before = selectors.calendar_of(cast.bureau.pk)
        promised = before.add_working_days(date(2026, 11, 26), 1)
        services.set_day(cast.bureau, NewDay(FRIDAY, False, "停电"), actor=ADMIN)
        after = selectors.calendar_of(cast.bureau.pk)
        assert int(after.version) > int(before.version)
        assert local_day(after.add_working_days(date(2026, 11, 26), 1).at) == date(2026, 11, 30)
        again = selectors.calendar_of(cast.bureau.pk, promised.calendar_version)
        assert again.add_working_days(date(2026, 11, 26), 1) == promised

    def test_holds_for_that_bureau_only_and_is_journalled(self, cast: Cast) -> None:
        services.set_day(cast.bureau, NewDay(FRIDAY, False, "停电"), actor=ADMIN)
        assert selectors.calendar_of(cast.elsewhere.pk).is_working(FRIDAY)
        entry = list(journal.entries(f"bureau:{cast.bureau.pk}"))[-1]
        assert (entry.kind, entry.data) == (
            "calendar.day_set",
            {"day": "2026-11-27", "is_working": False},
        )

    def test_the_newest_word_of_a_day_holds(self, cast: Cast) -> None:
        for working in (False, True, False, True):
            services.set_day(cast.bureau, NewDay(FRIDAY, working), actor=ADMIN)
        assert selectors.calendar_of(cast.bureau.pk).is_working(FRIDAY)
        named = {one.day: one for one in selectors.named_days(cast.bureau.pk, 2026)}
        assert named[FRIDAY].own and not named[date(2026, 10, 1)].own


class TestPublishingAYear:
    def test_ends_what_is_provisional_in_it(self, cast: Cast) -> None:
        days = [NewDay(date(2027, 1, 1), False, "元旦")]
        services.publish_year(cast.bureau, 2027, "国务院办公厅通知", days, actor=ADMIN)
        calendar = selectors.calendar_of(cast.bureau.pk)
        deadline = calendar.add_working_days(date(2026, 12, 30), 2)
        assert not deadline.provisional
        assert local_day(deadline.at) == date(2027, 1, 4)
        assert selectors.calendar_of(cast.elsewhere.pk).known_years == {2026}

    def test_takes_the_place_of_the_whole_national_year(self, cast: Cast) -> None:
        services.publish_year(cast.bureau, 2026, "本地安排", [], actor=ADMIN)
        assert selectors.calendar_of(cast.bureau.pk).is_working(date(2026, 10, 1))

    @pytest.mark.parametrize(
        "days",
        [
            [NewDay(date(2026, 1, 1), False)],
            [NewDay(date(2027, 1, 1), False), NewDay(date(2027, 1, 1), True)],
        ],
    )
    def test_refuses_days_of_another_year_and_days_named_twice(
        self, cast: Cast, days: list[NewDay]
    ) -> None:
        with pytest.raises(CalendarDayRefused):
            services.publish_year(cast.bureau, 2027, "通知", days, actor=ADMIN)

    @pytest.mark.parametrize(("day", "missing"), [(24, None), (25, 2027)])
    def test_is_asked_for_from_christmas_on(
        self, cast: Cast, day: int, missing: int | None
    ) -> None:
        with using_clock(FixedClock(datetime(2026, 12, day, 4, tzinfo=UTC))):
            assert selectors.unknown_year(cast.bureau.pk) == missing
