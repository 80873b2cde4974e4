from datetime import timedelta

import pytest

from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.clock import FixedClock
from fieldsvc.kernel.errors import Invalid, StaleVersion
from inspections.bookings.models import Occupancy
from inspections.dispatch import policies, selectors, services
from inspections.dispatch.errors import (
    MoveRefused,
    NothingToUndo,
    UndoPassed,
    VideoImpossible,
    VisitOver,
    VisitUnderWay,
    WindowGone,
)
from inspections.dispatch.models import Hold, Visit
from inspections.dispatch.services import Target, Wish
from inspections.dispatch.services.common import board_stream
from inspections.dispatch.states import OrderState, VisitKind, VisitState
from inspections.people.models import Staff
from inspections.people.selectors import actor_of_staff
from tests.inspections.dispatch.scene import (
    TODAY,
    Crew,
    at,
    fresh,
    fresh_order,
    report,
    sent,
    visit,
)


def move(crew: Crew, row: Visit, staff: Staff, hour: int, minute: int = 0):  # type: ignore[no-untyped-def]
    to = Target(staff.pk, at(hour, minute))
    return services.move(row.pk, to, version=fresh(row).version, actor=crew.desk)


def failed(refused: pytest.ExceptionInfo[MoveRefused]) -> set[str]:
    findings = refused.value.fields["findings"]
    assert isinstance(findings, list)
    return {one["code"] for one in findings if not one["ok"] and one["blocking"]}


class TestGivingAVisitToSomebody:
    def test_the_order_is_offered_and_the_time_taken(self, crew: Crew) -> None:
        wanted = visit(crew)
        order = move(crew, wanted, crew.chen, 10)
        assert order.state == OrderState.OFFERED
        assert fresh(wanted).state == VisitState.OFFERED
        assert order.ends_at == at(10, 40)
        assert order.travel_seconds > 0
        assert Occupancy.objects.filter(holder=order.pk).count() == 8
        told = journal.entries(board_stream(crew.bureau.pk)).last()
        assert told is not None and told.kind == "board.moved"

    def test_another_takes_over_what_was_offered(self, crew: Crew) -> None:
        wanted = visit(crew)
        first = move(crew, wanted, crew.chen, 10)
        second = move(crew, wanted, crew.liu, 11)
        assert fresh_order(first).state == OrderState.WITHDRAWN
        assert fresh_order(second).state == OrderState.OFFERED
        assert set(Occupancy.objects.values_list("staff_id", flat=True)) == {crew.liu.pk}

    def test_what_cannot_be_says_why_and_where_it_could(self, crew: Crew) -> None:
        signed = visit(crew, skills=frozenset({"SIGN_LANGUAGE"}))
        with pytest.raises(MoveRefused) as refused:
            move(crew, signed, crew.liu, 10)
        assert failed(refused) == {"SKILL"}
        alternatives = refused.value.fields["alternatives"]
        assert isinstance(alternatives, list) and len(alternatives) == 3
        assert {one["staff_name"] for one in alternatives} == {"陈代办"}

    def test_two_doors_at_once_cannot_be(self, crew: Crew) -> None:
        move(crew, visit(crew), crew.chen, 10)
        far = visit(crew, place=(117.95, 36.85))
        with pytest.raises(MoveRefused) as refused:
            move(crew, far, crew.chen, 10, 45)
        assert failed(refused) == {"REACH_NEXT"}

    def test_a_wish_may_be_overruled_after_a_call(self, crew: Crew) -> None:
        wanted = visit(crew)
        checked = selectors.check_move(wanted, crew.chen.pk, at(16, 30))
        outside = next(one for one in checked.findings if one.code == "WINDOW")
        assert (checked.ok, outside.ok, outside.blocking) == (True, False, False)
        assert move(crew, wanted, crew.chen, 16, 30).starts_at == at(16, 30)

    def test_off_duty_cannot_be(self, crew: Crew) -> None:
        wanted = visit(crew)
        with pytest.raises(MoveRefused) as refused:
            move(crew, wanted, crew.du, 10)
        assert failed(refused) == {"SHIFT"}

    def test_a_promise_to_the_applicant_binds_the_dispatcher_too(self, crew: Crew) -> None:
        wanted = visit(crew)
        services.promise(wanted.pk, at(10), at(11), actor=crew.desk)
        with pytest.raises(MoveRefused) as refused:
            move(crew, wanted, crew.chen, 14)
        assert failed(refused) == {"PROMISE"}
        assert move(crew, wanted, crew.liu, 10, 30).starts_at == at(10, 30)
        assert not Hold.objects.exists()

    def test_who_has_accepted_is_not_moved_by_a_drag(self, crew: Crew) -> None:
        wanted = visit(crew)
        order = move(crew, wanted, crew.chen, 10)
        services.accept(order.pk, report(order), actor=actor_of_staff(crew.chen))
        with pytest.raises(MoveRefused) as refused:
            move(crew, wanted, crew.liu, 10)
        assert failed(refused) == {"PROMISE"}
        assert fresh_order(order).state == OrderState.ACCEPTED

    def test_a_lunch_given_up_is_only_a_remark(self, crew: Crew) -> None:
        for hour, minute in ((11, 0), (12, 0)):
            move(crew, visit(crew, minutes=55), crew.chen, hour, minute)
        order = move(crew, visit(crew, minutes=55), crew.chen, 13)
        assert order.state == OrderState.OFFERED

    def test_not_once_the_delegate_is_on_the_way_or_all_is_over(self, crew: Crew) -> None:
        wanted = visit(crew)
        order = sent(crew, wanted, crew.chen, at(10))
        me = actor_of_staff(crew.chen)
        services.accept(order.pk, report(order), actor=me)
        services.depart(order.pk, report(order), actor=me)
        with pytest.raises(VisitUnderWay):
            move(crew, wanted, crew.liu, 11)
        gone = visit(crew)
        services.cancel_visit(gone.pk, reason="WITHDRAWN", actor=crew.desk)
        with pytest.raises(VisitOver):
            move(crew, gone, crew.liu, 11)

    def test_an_old_version_and_a_crooked_minute_are_refused(self, crew: Crew) -> None:
        wanted = visit(crew)
        move(crew, wanted, crew.chen, 10)
        with pytest.raises(StaleVersion):
            services.move(
                wanted.pk, Target(crew.liu.pk, at(11)), version=wanted.version, actor=crew.desk
            )
        with pytest.raises(Invalid):
            move(crew, wanted, crew.chen, 10, 7)


class TestTakingBack:
    def test_unassigning_frees_the_delegate_and_keeps_the_promise(self, crew: Crew) -> None:
        wanted = visit(crew)
        services.promise(wanted.pk, at(10), at(11), actor=crew.desk)
        order = move(crew, wanted, crew.chen, 10)
        services.unassign(wanted.pk, version=fresh(wanted).version, actor=crew.desk)
        assert fresh_order(order).reason_code == "UNASSIGNED"
        back = fresh(wanted)
        assert (back.state, back.bounces) == (VisitState.WAITING, 0)
        assert Hold.objects.get().staff_id == crew.liu.pk

    def test_undo_puts_a_new_order_away_and_an_old_one_back(self, crew: Crew) -> None:
        wanted = visit(crew)
        move(crew, wanted, crew.chen, 10)
        move(crew, wanted, crew.liu, 11)
        services.undo(crew.bureau.pk, actor=crew.desk)
        live = selectors.live_order_of(wanted.pk)
        assert live is not None
        assert (live.staff_id, live.starts_at) == (crew.chen.pk, at(10))
        services.undo(crew.bureau.pk, actor=crew.desk)
        assert selectors.live_order_of(wanted.pk) is None
        with pytest.raises(NothingToUndo):
            services.undo(crew.bureau.pk, actor=crew.desk)

    def test_undo_of_an_unassign_gives_it_back(self, crew: Crew) -> None:
        wanted = visit(crew)
        order = move(crew, wanted, crew.chen, 10)
        services.unassign(wanted.pk, version=fresh(wanted).version, actor=crew.desk)
        services.undo(crew.bureau.pk, actor=crew.desk, day=TODAY)
        live = selectors.live_order_of(wanted.pk)
        assert live is not None and live.staff_id == order.staff_id
        told = journal.entries(board_stream(crew.bureau.pk)).last()
        assert told is not None and told.kind == "board.undone"

    def test_undo_is_refused_when_the_world_has_moved_on(self, crew: Crew) -> None:
        with pytest.raises(NothingToUndo):
            services.undo(crew.bureau.pk, actor=crew.desk)
        wanted = visit(crew)
        order = move(crew, wanted, crew.chen, 10)
        services.accept(order.pk, report(order), actor=actor_of_staff(crew.chen))
        with pytest.raises(UndoPassed):
            services.undo(crew.bureau.pk, actor=crew.desk)
        assert fresh_order(order).state == OrderState.ACCEPTED

    def test_undo_is_refused_when_the_old_place_is_gone(self, crew: Crew) -> None:
        wanted = visit(crew)
        move(crew, wanted, crew.chen, 10)
        services.unassign(wanted.pk, version=fresh(wanted).version, actor=crew.desk)
        sent(crew, visit(crew), crew.chen, at(10))
        with pytest.raises(UndoPassed):
            services.undo(crew.bureau.pk, actor=crew.desk)


class TestPromising:
    def wish(self, crew: Crew, **changes: object) -> Wish:
        values: dict[str, object] = {
            "place": (117.86, 36.81),
            "skills": frozenset({"SOCIAL_INSURANCE"}),
            "minutes": 40,
            "since": at(9),
            "until": at(17),
        }
        return Wish(**{**values, **changes})  # type: ignore[arg-type]

    def test_windows_are_hours_somebody_can_really_start_in(self, crew: Crew) -> None:
        offers = services.windows_for(crew.bureau.pk, self.wish(crew))
        assert [one.label for one in offers][:2] == ["今天 9:30–10:00", "今天 10:00–11:00"]
        assert {one.staff_count for one in offers} == {2}
        assert offers[-1].starts_until <= at(18)
        only_chen = self.wish(crew, skills=frozenset({"SIGN_LANGUAGE"}))
        assert {one.staff_count for one in services.windows_for(crew.bureau.pk, only_chen)} == {1}
        assert services.windows_for(crew.bureau.pk, self.wish(crew, wanted_staff=crew.du.pk)) == []

    def test_a_promise_takes_room_from_the_next_caller(self, crew: Crew) -> None:
        skills = frozenset({"SIGN_LANGUAGE"})
        first = visit(crew, minutes=60, skills=skills)
        services.promise(first.pk, at(10), at(11), actor=crew.desk)
        again = services.promise(first.pk, at(10), at(11), actor=crew.desk)
        assert again.promised_from == at(10)
        assert Occupancy.objects.count() == 12
        second = visit(crew, minutes=120, skills=skills)
        with pytest.raises(WindowGone) as refused:
            services.promise(second.pk, at(9), at(9, 55), actor=crew.desk)
        alternatives = refused.value.fields["alternatives"]
        assert isinstance(alternatives, list) and len(alternatives) == 3

    def test_declining_moves_the_held_place_to_a_colleague(self, crew: Crew) -> None:
        wanted = visit(crew)
        services.promise(wanted.pk, at(10), at(11), actor=crew.desk)
        order = move(crew, wanted, crew.chen, 10)
        services.decline(
            order.pk, report(order, reason_code="CLASH"), actor=actor_of_staff(crew.chen)
        )
        hold = Hold.objects.get()
        assert hold.staff_id == crew.liu.pk
        assert at(10) <= hold.starts_at <= at(11)

    def test_tomorrow_is_looked_at_as_well(self, crew: Crew, standing_clock: FixedClock) -> None:
        tomorrow = at(9) + timedelta(days=1)
        wish = self.wish(crew, since=tomorrow, until=tomorrow + timedelta(hours=2))
        labels = [one.label for one in services.windows_for(crew.bureau.pk, wish)]
        assert labels == ["明天 9:00–10:00", "明天 10:00–11:00", "明天 11:00–12:00"]


class TestAgreeingOnAnotherTime:
    def test_the_old_order_goes_and_the_new_window_is_held(self, crew: Crew) -> None:
        wanted = visit(crew)
        services.promise(wanted.pk, at(10), at(11), actor=crew.desk)
        order = move(crew, wanted, crew.chen, 10)
        services.accept(order.pk, report(order), actor=actor_of_staff(crew.chen))
        agreed = services.Agreed(at(14), at(15), "李申请上午要去医院")
        services.agree(wanted.pk, agreed, version=fresh(wanted).version, actor=crew.desk)
        row = fresh(wanted)
        assert (row.promised_from, row.promised_until) == (at(14), at(15))
        assert fresh_order(order).reason_code == "REAGREED"
        assert at(14) <= Hold.objects.get(visit=row).starts_at <= at(15)
        told = journal.entries(wanted.stream).last()
        assert told is not None and told.kind == "visit.promised"
        assert told.data["before"] == {"from": clock.iso(at(10)), "until": clock.iso(at(11))}
        assert "医院" not in str(told.data)

    def test_an_order_inside_the_new_window_stays(self, crew: Crew) -> None:
        wanted = visit(crew)
        order = move(crew, wanted, crew.chen, 10)
        agreed = services.Agreed(at(9, 30), at(11))
        services.agree(wanted.pk, agreed, version=fresh(wanted).version, actor=crew.desk)
        assert fresh_order(order).state == OrderState.OFFERED

    def test_where_nothing_fits_the_old_promise_and_order_stand(self, crew: Crew) -> None:
        wanted = visit(crew)
        services.promise(wanted.pk, at(10), at(11), actor=crew.desk)
        order = move(crew, wanted, crew.chen, 10)
        night = services.Agreed(at(22), at(23))
        with pytest.raises(WindowGone):
            services.agree(wanted.pk, night, version=fresh(wanted).version, actor=crew.desk)
        assert fresh_order(order).state == OrderState.OFFERED
        assert fresh(wanted).promised_from == at(10)

    def test_as_somebody_saw_it_before_is_refused(self, crew: Crew) -> None:
        wanted = visit(crew)
        seen = fresh(wanted).version
        move(crew, wanted, crew.chen, 10)
        with pytest.raises(StaleVersion):
            services.agree(
                wanted.pk, services.Agreed(at(14), at(15)), version=seen, actor=crew.desk
            )

    def test_the_time_it_takes_now_counts_as_free(self, crew: Crew) -> None:
        wanted = visit(crew, skills=frozenset({"SIGN_LANGUAGE"}), minutes=240)
        move(crew, wanted, crew.chen, 13)
        offers = selectors.windows_of(fresh(wanted), days=1)
        assert any(at(12) <= one.starts_from < at(14) for one in offers)


class TestAVideoCallInsteadOfTheTrip:
    def test_the_order_is_taken_back_and_the_time_is_free(self, crew: Crew) -> None:
        wanted = visit(crew, kind=VisitKind.INSPECTION, may_be_video=True)
        order = move(crew, wanted, crew.chen, 10)
        assert "visit.video" in policies.visit_abilities(crew.desk, fresh(wanted), order)
        services.order_video(wanted.pk, version=fresh(wanted).version, actor=crew.desk)
        assert fresh(wanted).state == VisitState.CANCELLED
        assert fresh_order(order).state == OrderState.WITHDRAWN
        assert not Occupancy.objects.exists()
        told = journal.entries(wanted.stream).last()
        assert told is not None
        assert (told.kind, told.data["reason"]) == ("visit.cancelled", "VIDEO")
        with pytest.raises(VisitOver):
            services.order_video(wanted.pk, version=fresh(wanted).version, actor=crew.desk)

    def test_not_as_somebody_saw_it_before_nor_where_it_cannot_be(self, crew: Crew) -> None:
        wanted = visit(crew, kind=VisitKind.INSPECTION, may_be_video=True)
        move(crew, wanted, crew.chen, 10)
        with pytest.raises(StaleVersion):
            services.order_video(wanted.pk, version=wanted.version, actor=crew.desk)
        errand = visit(crew, may_be_video=True)
        with pytest.raises(VideoImpossible):
            services.order_video(errand.pk, version=errand.version, actor=crew.desk)
        assert "visit.video" not in policies.visit_abilities(crew.desk, errand, None)
