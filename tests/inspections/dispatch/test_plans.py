from datetime import timedelta

import pytest

from fieldsvc.kernel import clock, journal, outbox
from fieldsvc.kernel.clock import FixedClock
from inspections.bookings.models import Occupancy
from inspections.dispatch import selectors, services
from inspections.dispatch.errors import (
    BoardChanged,
    NothingToUndo,
    PlanNotReady,
    PlanUnfit,
    PromiseBroken,
    TimeTaken,
)
from inspections.dispatch.models import DispatchOrder, Hold, Plan, Visit
from inspections.dispatch.services import Target
from inspections.dispatch.services.common import board_stream
from inspections.dispatch.states import OrderState, PlanState, VisitKind, VisitState
from inspections.people import services as people
from inspections.people.selectors import actor_of_staff
from inspections.people.states import AbsenceReason
from tests.inspections.dispatch.scene import (
    TODAY,
    Crew,
    at,
    fresh,
    fresh_order,
    report,
    sent,
    taken_by_an_appointment,
    visit,
)


def planned(crew: Crew) -> Plan:
    asked = services.request_plan(crew.bureau.pk, TODAY, actor=crew.desk)
    return services.make_plan(asked.pk)


def publish(crew: Crew, plan: Plan) -> Plan:
    version = selectors.board_version(crew.bureau.pk, TODAY)
    return services.publish(plan.pk, version=version, actor=crew.desk)


def proposed(plan: Plan, row: Visit) -> dict[str, str] | None:
    found = [one for one in plan.body["assignments"] if one["visit"] == str(row.pk)]
    return found[0] if found else None


class TestMakingAPlan:
    def test_the_outbox_makes_it_and_it_says_who_goes_where(self, crew: Crew) -> None:
        wanted = visit(crew)
        asked = services.request_plan(crew.bureau.pk, TODAY, actor=crew.desk)
        assert asked.state == PlanState.WORKING
        assert services.request_plan(crew.bureau.pk, TODAY, actor=crew.desk) == asked
        outbox.drain()
        plan = Plan.objects.get(pk=asked.pk)
        assert plan.state == PlanState.DRAFT
        assert plan.body["figures"]["placed"] == 1
        assert proposed(plan, wanted) is not None
        assert fresh(wanted).state == VisitState.WAITING
        kinds = [one.kind for one in journal.entries(board_stream(crew.bureau.pk))]
        assert kinds == ["plan.requested", "plan.made"]

    def test_what_finds_no_place_says_why_and_what_instead(self, crew: Crew) -> None:
        tax = frozenset({"TAX"})
        lost = visit(crew, kind=VisitKind.INSPECTION, skills=tax, may_be_video=True)
        plan = planned(crew)
        (unplaced,) = plan.body["unplaced"]
        assert (unplaced["visit"], unplaced["reason"]) == (str(lost.pk), "NO_SKILL")
        assert "税务" in unplaced["text"]
        assert unplaced["video"]["hours_saved"] > 0

    def test_one_that_was_made_already_is_left_alone(self, crew: Crew) -> None:
        plan = planned(crew)
        assert services.make_plan(plan.pk).version == plan.version

    def test_a_promise_is_planned_within_its_window(self, crew: Crew) -> None:
        wanted = visit(crew)
        services.promise(wanted.pk, at(14), at(15), actor=crew.desk)
        place = proposed(planned(crew), wanted)
        assert place is not None
        assert "2026-11-23T06:00" <= place["starts_at"] <= "2026-11-23T07:00:00.000000Z"

    def test_a_time_a_dispatcher_agreed_on_by_hand_stays(self, crew: Crew) -> None:
        wanted = visit(crew)
        to = Target(crew.liu.pk, at(16, 30))
        order = services.move(wanted.pk, to, version=fresh(wanted).version, actor=crew.desk)
        place = proposed(planned(crew), wanted)
        assert place is not None
        assert (place["staff"], place["starts_at"]) == (
            str(crew.liu.pk),
            clock.iso(order.starts_at),
        )

    def test_what_is_overdue_is_planned_for_today(self, crew: Crew) -> None:
        late = visit(crew, window_from=at(10) - timedelta(days=2), window_until=at(8))
        assert proposed(planned(crew), late) is not None

    def test_an_appointment_of_an_inspector_who_also_goes_out_is_kept_free(
        self, crew: Crew
    ) -> None:
        for staff in (crew.chen, crew.liu):
            taken_by_an_appointment(crew, staff, at(9), at(13))
        wanted = visit(crew, window_until=at(12))
        assert proposed(planned(crew), wanted) is None


class TestPublishing:
    def test_everything_is_offered_at_once(self, crew: Crew) -> None:
        first, second = visit(crew), visit(crew, place=(117.87, 36.82))
        plan = publish(crew, planned(crew))
        assert plan.state == PlanState.PUBLISHED
        orders = DispatchOrder.objects.filter(plan=plan)
        assert {one.visit_id for one in orders} == {first.pk, second.pk}
        assert {fresh(one).state for one in (first, second)} == {VisitState.OFFERED}
        assert Occupancy.objects.count() == 16
        with pytest.raises(PlanNotReady):
            publish(crew, plan)
        with pytest.raises(NothingToUndo):
            services.undo(crew.bureau.pk, actor=crew.desk)

    def test_holds_become_orders(self, crew: Crew) -> None:
        wanted = visit(crew)
        services.promise(wanted.pk, at(14), at(15), actor=crew.desk)
        publish(crew, planned(crew))
        assert not Hold.objects.exists()
        live = selectors.live_order_of(wanted.pk)
        assert live is not None and at(14) <= live.starts_at <= at(15)

    def test_a_board_that_moved_meanwhile_must_be_looked_at_again(self, crew: Crew) -> None:
        wanted = visit(crew)
        plan = planned(crew)
        to = Target(crew.chen.pk, at(10))
        services.move(wanted.pk, to, version=wanted.version, actor=crew.desk)
        with pytest.raises(BoardChanged) as refused:
            services.publish(plan.pk, version=0, actor=crew.desk)
        assert refused.value.fields == {"version": 1}

    def test_who_accepted_meanwhile_is_not_moved_and_nothing_else_happens(self, crew: Crew) -> None:
        kept, other = visit(crew), visit(crew)
        plan = planned(crew)
        order = sent(crew, kept, crew.liu, at(15, 30))
        services.accept(order.pk, report(order), actor=actor_of_staff(crew.liu))
        with pytest.raises(PromiseBroken) as refused:
            publish(crew, plan)
        broken = refused.value.fields["visits"]
        assert isinstance(broken, list)
        assert [one["visit"] for one in broken] == [str(kept.pk)]  # type: ignore[index, call-overload]
        assert fresh_order(order).state == OrderState.ACCEPTED
        assert fresh(other).state == VisitState.WAITING

    def test_a_promise_made_after_the_draft_is_kept(self, crew: Crew) -> None:
        wanted = visit(crew)
        plan = planned(crew)
        services.promise(wanted.pk, at(15), at(15, 30), actor=crew.desk)
        with pytest.raises(PromiseBroken):
            publish(crew, plan)
        assert Hold.objects.count() == 1

    def test_what_came_after_the_draft_stays(self, crew: Crew) -> None:
        visit(crew)
        plan = planned(crew)
        late = visit(crew)
        services.move(
            late.pk, Target(crew.liu.pk, at(15, 30)), version=late.version, actor=crew.desk
        )
        publish(crew, plan)
        assert fresh(late).state == VisitState.OFFERED

    def test_what_was_given_up_is_passed_over(self, crew: Crew) -> None:
        gone, stays = visit(crew), visit(crew)
        plan = planned(crew)
        services.cancel_visit(gone.pk, reason="WITHDRAWN", actor=crew.desk)
        publish(crew, plan)
        assert fresh(gone).state == VisitState.CANCELLED
        assert fresh(stays).state == VisitState.OFFERED

    def test_a_draft_that_time_has_overtaken_is_unfit(
        self, crew: Crew, standing_clock: FixedClock
    ) -> None:
        visit(crew, window_until=at(11))
        plan = planned(crew)
        standing_clock.advance(timedelta(hours=1, minutes=55))
        with pytest.raises(PlanUnfit) as refused:
            publish(crew, plan)
        assert "WINDOW" in str(refused.value.fields)

    def test_a_time_taken_meanwhile_undoes_all_of_it(self, crew: Crew) -> None:
        rows = [visit(crew), visit(crew)]
        plan = planned(crew)
        for staff in (crew.chen, crew.liu):
            taken_by_an_appointment(crew, staff, at(9), at(17))
        with pytest.raises((TimeTaken, PlanUnfit)):
            publish(crew, plan)
        assert {fresh(one).state for one in rows} == {VisitState.WAITING}
        assert not DispatchOrder.objects.exists()
        assert Plan.objects.get(pk=plan.pk).state == PlanState.DRAFT

    def test_replanning_takes_back_what_was_only_offered(self, crew: Crew) -> None:
        first = visit(crew)
        order = sent(crew, first, crew.liu, at(15, 30))
        urgent = visit(crew, priority=100, window_from=at(10), window_until=at(10, 30))
        plan = planned(crew)
        publish(crew, plan)
        assert fresh(urgent).state == VisitState.OFFERED
        live = selectors.live_order_of(first.pk)
        assert live is not None
        if live.pk != order.pk:
            assert fresh_order(order).reason_code == "REPLANNED"

    def test_a_draft_can_be_put_aside(self, crew: Crew) -> None:
        plan = planned(crew)
        assert services.discard(plan.pk, actor=crew.desk).state == PlanState.DISCARDED
        with pytest.raises(PlanNotReady):
            services.discard(plan.pk, actor=crew.desk)


class TestSomebodyIsAway:
    def test_their_orders_are_taken_back_and_the_day_is_planned_again(self, crew: Crew) -> None:
        promised = visit(crew)
        services.promise(promised.pk, at(14), at(15), actor=crew.desk)
        publish(crew, planned(crew))
        live = selectors.live_order_of(promised.pk)
        assert live is not None
        colleague = crew.liu if live.staff_id == crew.chen.pk else crew.chen
        other = sent(crew, visit(crew), colleague, at(10))
        services.accept(live.pk, report(live), actor=actor_of_staff(live.staff))
        people.report_absence(live.staff, (at(13), at(18)), AbsenceReason.SICK, actor=crew.desk)
        outbox.drain()
        assert fresh_order(live).state == OrderState.WITHDRAWN
        assert fresh_order(live).reason_code == "ABSENT"
        assert fresh(promised).state == VisitState.WAITING
        assert fresh_order(other).state == OrderState.OFFERED
        assert Hold.objects.get().staff_id == other.staff_id
        plan = Plan.objects.order_by("pk").last()
        assert plan is not None and plan.state == PlanState.DRAFT
        place = proposed(plan, promised)
        assert place is not None and place["staff"] == str(other.staff_id)

    def test_the_same_absence_told_twice_changes_nothing_more(self, crew: Crew) -> None:
        sent(crew, visit(crew), crew.chen, at(14))
        args = (crew.bureau.pk, crew.chen.pk, at(13), at(18))
        assert len(services.note_absence(*args)) == 1
        assert services.note_absence(*args) == []
        assert Plan.objects.count() == 1


class TestTwoPlans:
    def test_they_are_compared(self, crew: Crew) -> None:
        wanted = visit(crew)
        first = planned(crew)
        visit(crew, priority=100)
        services.promise(wanted.pk, at(15), at(15, 30), actor=crew.desk)
        second = planned(crew)
        found = selectors.compare_plans(first, second)
        assert (found.a["placed"], found.b["placed"]) == (1, 2)
        assert [one.visit for one in found.moved] == [str(wanted.pk)]
        assert len(found.only_in_b) == 1
        assert found.price_text
