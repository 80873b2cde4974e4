"""Skills, areas, shifts and absences, and who is on duty because of them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from fieldsvc.kernel import journal
from fieldsvc.kernel.clock import FixedClock
from fieldsvc.kernel.errors import NotFound
from fieldsvc.kernel.journal import Actor
from inspections.people import selectors, services
from inspections.people.errors import (
    AbsenceOver,
    AbsenceRefused,
    AreaRefused,
    NotADelegate,
    ProfileRefused,
    ShiftRefused,
    SkillRefused,
)
from inspections.people.models import DelegateProfile, Staff
from inspections.people.rules import instant
from inspections.people.services import NewProfile, NewShift, NewSkill, NewStaff
from inspections.people.states import AbsenceReason, Role, Skill
from tests.inspections.cast import PASSWORD, PHONE, Cast

MONDAY = date(2026, 11, 23)
HOME = (117.86, 36.81)
SQUARE = [[117.8, 36.8], [117.9, 36.8], [117.9, 36.9], [117.8, 36.9]]
WEEK = [NewShift(day, 480, 1050, 690, 780, 45) for day in range(1, 6)]
HEAD = Actor("staff", "head")


@pytest.fixture
def liu(cast: Cast, standing_clock: FixedClock) -> Staff:
    new = NewStaff("liu", "刘代办", [Role.DELEGATE], "D-01", "帮办代办科")
    staff = services.add_staff(cast.bureau, new, password=PASSWORD)
    services.set_profile(staff, NewProfile(PHONE, HOME, "十年窗口经验", True), actor=HEAD)
    services.set_shifts(staff, WEEK, actor=HEAD)
    return staff


def on_duty(staff: Staff, day: date = MONDAY) -> selectors.OnDuty | None:
    found = [one for one in selectors.roster(staff.bureau_id, day) if one.staff_id == staff.pk]
    return found[0] if found else None


def duty(staff: Staff, day: date = MONDAY) -> selectors.OnDuty:
    found = on_duty(staff, day)
    assert found is not None
    return found


class TestProfile:
    def test_keeps_what_a_change_does_not_speak_of(self, liu: Staff) -> None:
        profile = services.set_profile(liu, NewProfile(is_public=False), actor=HEAD)
        assert not profile.is_public
        known = selectors.profile_of(liu)
        assert known is not None
        assert (known.phone, known.introduction) == (PHONE, "十年窗口经验")
        assert duty(liu).home == HOME


class TestSkills:
    def test_count_on_their_first_and_their_last_day(self, liu: Staff) -> None:
        services.hold_skill(
            liu, Skill.TAX, actor=HEAD, valid_from=MONDAY, valid_until=MONDAY + timedelta(days=1)
        )
        held = [
            Skill.TAX.value in duty(liu, MONDAY + timedelta(days=offset)).skills
            for offset in range(3)
        ]
        assert held == [True, True, False]
        assert duty(liu, MONDAY + timedelta(days=7)).skills == frozenset()

    def test_begin_today_in_beijing_by_default(self, liu: Staff) -> None:
        with_default = services.hold_skill(liu, Skill.DIALECT, actor=HEAD)
        assert (with_default.valid_from, with_default.valid_until) == (MONDAY, None)

    def test_may_be_dropped_and_dropped_again(self, liu: Staff) -> None:
        services.hold_skill(liu, Skill.TAX, actor=HEAD)
        services.drop_skill(liu, Skill.TAX, actor=HEAD)
        services.drop_skill(liu, Skill.TAX, actor=HEAD)
        assert duty(liu).skills == frozenset()

    def test_refuse_an_end_before_the_start_and_the_same_one_twice(self, liu: Staff) -> None:
        with pytest.raises(SkillRefused):
            services.hold_skill(liu, Skill.TAX, actor=HEAD, valid_until=date(2026, 1, 1))
        twice = [NewSkill(Skill.TAX, MONDAY), NewSkill(Skill.TAX, MONDAY)]
        with pytest.raises(SkillRefused):
            services.set_skills(liu, twice, actor=HEAD)

    def test_are_for_those_who_go_out(self, cast: Cast, standing_clock: FixedClock) -> None:
        with pytest.raises(NotADelegate):
            services.hold_skill(cast.wang, Skill.TAX, actor=HEAD)


class TestTheRoster:
    def test_says_hours_break_and_start_in_instants(self, liu: Staff) -> None:
        found = duty(liu)
        assert (found.starts_at, found.ends_at) == (instant(MONDAY, 480), instant(MONDAY, 1050))
        assert found.starts_at == datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
        assert (found.break_earliest, found.break_latest) == (
            instant(MONDAY, 690),
            instant(MONDAY, 780),
        )
        assert (found.break_minutes, found.home, found.name) == (45, HOME, "刘代办")

    def test_leaves_out_a_weekday_without_a_shift(self, liu: Staff) -> None:
        assert on_duty(liu, MONDAY + timedelta(days=5)) is None

    def test_leaves_out_a_holiday_of_the_calendar(self, liu: Staff) -> None:
        assert on_duty(liu, date(2026, 10, 1)) is None  # 国庆节, a Thursday
        assert on_duty(liu, date(2026, 10, 8)) is not None

    def test_keeps_who_serves_on_a_holiday_by_an_exception(self, liu: Staff) -> None:
        services.except_shift(liu, date(2026, 10, 1), (540, 720), actor=HEAD)
        found = duty(liu, date(2026, 10, 1))
        assert found.ends_at - found.starts_at == timedelta(hours=3)
        assert found.break_minutes == 0  # no weekday's break fits into three hours

    def test_leaves_out_a_day_off_by_an_exception(self, liu: Staff) -> None:
        services.except_shift(liu, MONDAY, None, actor=HEAD)
        assert on_duty(liu) is None

    def test_never_shows_another_bureau_or_somebody_who_left(self, cast: Cast, liu: Staff) -> None:
        assert selectors.roster(cast.elsewhere.pk, MONDAY) == []
        Staff.objects.filter(pk=liu.pk).update(is_active=False)
        assert on_duty(liu) is None

    def test_starts_within_the_first_area_when_no_place_is_known(
        self, cast: Cast, liu: Staff
    ) -> None:
        DelegateProfile.objects.filter(staff=liu).update(home_longitude=None, home_latitude=None)
        assert on_duty(liu) is None
        area = services.add_area(cast.bureau, "N", "城北", SQUARE, actor=HEAD)
        services.assign_areas(liu, [area.pk], actor=HEAD)
        assert selectors.in_area(duty(liu).areas, *duty(liu).home)

    @pytest.mark.parametrize(
        "shift",
        [
            NewShift(8, 480, 1050),
            NewShift(1, 1050, 480),
            NewShift(1, 480, 1441),
            NewShift(1, 480, 1050, 690, None, 45),
            NewShift(1, 480, 1050, 780, 690, 45),
            NewShift(1, 480, 1050, 690, 1030, 45),
            NewShift(1, 480, 1050, None, None, 45),
        ],
    )
    def test_refuses_hours_nobody_can_work(self, liu: Staff, shift: NewShift) -> None:
        with pytest.raises(ShiftRefused):
            services.set_shifts(liu, [shift], actor=HEAD)

    def test_refuses_two_shifts_on_one_weekday(self, liu: Staff) -> None:
        with pytest.raises(ShiftRefused):
            services.set_shifts(liu, [WEEK[0], WEEK[0]], actor=HEAD)


class TestAreas:
    def test_hold_places_within_and_on_the_edge(self, cast: Cast, liu: Staff) -> None:
        area = services.add_area(cast.bureau, "N", "城北", [*SQUARE, SQUARE[0]], actor=HEAD)
        services.assign_areas(liu, [area.pk], actor=HEAD)
        areas = duty(liu).areas
        assert len(areas[0]) == 4  # the repeated last point is not kept
        assert selectors.in_area(areas, 117.85, 36.85)
        assert selectors.in_area(areas, 117.8, 36.85)
        assert not selectors.in_area(areas, 117.95, 36.85)
        assert not selectors.in_area((), 117.85, 36.85)

    @pytest.mark.parametrize(
        "polygon",
        [
            [[117.8, 36.8], [117.9, 36.8]],
            [[117.8, 36.8], [117.9, 36.8], [117.8, 36.8]],
            [[36.8, 117.8], [36.8, 117.9], [36.9, 117.9]],  # swapped
            [[117.8, 36.8], [117.9, 36.9], [117.9, 36.8], [117.8, 36.9]],  # a bow tie
            [[117.8, 36.8], [117.9, 36.8], [118.0, 36.8]],  # a line
            [[117.8, 36.8], [float("nan"), 36.8], [117.9, 36.9]],
        ],
    )
    def test_refuse_rings_that_are_none(self, cast: Cast, polygon: list[list[float]]) -> None:
        with pytest.raises(AreaRefused):
            services.add_area(cast.bureau, "N", "城北", polygon, actor=HEAD)

    def test_of_another_bureau_cannot_be_assigned(self, cast: Cast, liu: Staff) -> None:
        area = services.add_area(cast.elsewhere, "N", "城北", SQUARE, actor=HEAD)
        with pytest.raises(NotFound):
            services.assign_areas(liu, [area.pk], actor=HEAD)


class TestAbsences:
    def span(self, start: int, hours: int) -> tuple[datetime, datetime]:
        since = instant(MONDAY, 480) + timedelta(hours=start)
        return since, since + timedelta(hours=hours)

    def test_block_a_part_of_the_day_and_may_overlap(self, liu: Staff) -> None:
        spans = [self.span(1, 2), self.span(2, 3), self.span(24, 2)]
        for span in spans:
            services.report_absence(liu, span, AbsenceReason.SICK, actor=HEAD)
        assert duty(liu).absences == (spans[0], spans[1])

    def test_tell_the_planners_without_the_reason(self, liu: Staff) -> None:
        since, until = self.span(1, 2)
        absence = services.report_absence(liu, (since, until), AbsenceReason.SICK, actor=HEAD)
        entry = list(journal.entries(f"bureau:{liu.bureau_id}"))[-1]
        assert entry.kind == "staff.absent"
        assert entry.data == {
            "staff": str(liu.pk),
            "absence": str(absence.pk),
            "starts_at": "2026-11-23T01:00:00.000000Z",
            "ends_at": "2026-11-23T03:00:00.000000Z",
        }
        assert b"SICK" not in bytes(entry.body)

    def test_are_taken_back_once(self, liu: Staff) -> None:
        absence = services.report_absence(liu, self.span(1, 2), AbsenceReason.SICK, actor=HEAD)
        services.revoke_absence(absence, actor=HEAD)
        services.revoke_absence(absence, actor=HEAD)
        assert duty(liu).absences == ()
        kinds = [entry.kind for entry in journal.entries(f"bureau:{liu.bureau_id}")]
        assert kinds.count("staff.back") == 1

    def test_that_are_over_stay(self, liu: Staff, standing_clock: FixedClock) -> None:
        absence = services.report_absence(liu, self.span(1, 2), AbsenceReason.SICK, actor=HEAD)
        standing_clock.advance(timedelta(days=1))
        with pytest.raises(AbsenceOver):
            services.revoke_absence(absence, actor=HEAD)

    @pytest.mark.parametrize(("start", "hours"), [(1, 0), (1, -1), (0, 24 * 400)])
    def test_refuse_impossible_spans(self, liu: Staff, start: int, hours: int) -> None:
        with pytest.raises(AbsenceRefused):
            services.report_absence(liu, self.span(start, hours), AbsenceReason.OTHER, actor=HEAD)


class TestTheCard:
    def test_shows_a_masked_phone_and_no_other_personal_value(self, liu: Staff) -> None:
        card = selectors.delegate_card(liu.pk)
        assert card == selectors.DelegateCard(
            "刘代办", "D-01", "帮办代办科", None, "138****1234", "十年窗口经验"
        )

    def test_a_profile_outside_china_is_refused(self, liu: Staff) -> None:
        with pytest.raises(ProfileRefused):
            services.set_profile(liu, NewProfile(PHONE, (36.81, 117.86)), actor=HEAD)

    def test_the_journal_never_holds_the_phone(self, liu: Staff) -> None:
        written = b"".join(bytes(e.body) for e in journal.entries(f"bureau:{liu.bureau_id}"))
        assert PHONE.encode() not in written
