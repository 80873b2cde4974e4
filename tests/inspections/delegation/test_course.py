from dataclasses import replace
from datetime import timedelta

import pytest

from fieldsvc.kernel import chain
from fieldsvc.kernel.clock import FixedClock
from fieldsvc.kernel.errors import NotAllowed, StaleVersion, TransitionRefused
from inspections.delegation import rules, selectors, services
from inspections.delegation.errors import (
    DelegateFixed,
    DelegateUnknown,
    DocumentsNotReturned,
    PlaceNeeded,
    ReasonNeeded,
    StepsOpen,
)
from inspections.delegation.selectors import pauses_of
from inspections.delegation.services import NewHandOver, Place
from inspections.delegation.states import Direction, PersonType
from inspections.dispatch import services as dispatch
from inspections.dispatch.models import DispatchOrder
from inspections.dispatch.states import OrderState, VisitState
from inspections.evidence.models import Dossier
from inspections.evidence.selectors import verify
from inspections.people.selectors import actor_of_staff
from tests.inspections.cast import Cast
from tests.inspections.delegation.scene import Scene, register, scene
from tests.inspections.dispatch.scene import Crew, at, report


class TestTheSevenSteps:
    def test_they_follow_each_other_and_each_is_told(self, story: Scene) -> None:
        story.handle()
        story.finish_all()
        for verb in (services.deliver, services.put_on_file, services.report_up):
            verb(story.delegation.pk, story.version, actor=story.desk)
        services.note_followed_up(story.delegation.pk, actor=story.desk)
        assert story.now.state == "FOLLOWED_UP"
        told = [kind for kind in story.kinds() if kind.startswith("delegation.")]
        assert told == [
            f"delegation.{step}"
            for step in (
                *("registered", "accepted", "handling", "delivered", "archived", "reported"),
                "followed_up",
            )
        ]
        assert chain.verify(story.delegation.stream).ok
        assert verify(Dossier.objects.get(pk=story.delegation.pk)).ok

    def test_a_follow_up_before_the_report_is_kept(self, story: Scene) -> None:
        story.handle()
        story.finish_all()
        services.deliver(story.delegation.pk, story.version, actor=story.desk)
        services.note_followed_up(story.delegation.pk, actor=story.desk)
        services.put_on_file(story.delegation.pk, story.version, actor=story.desk)
        services.report_up(story.delegation.pk, story.version, actor=story.desk)
        assert story.now.state == "FOLLOWED_UP"

    def test_none_can_be_left_out(self, story: Scene) -> None:
        for verb in (services.put_on_file, services.report_up, services.resume):
            with pytest.raises(TransitionRefused):
                verb(story.delegation.pk, story.version, actor=story.desk)

    def test_two_dispatchers_do_not_overtake_each_other(self, story: Scene) -> None:
        version = story.version
        services.accept(story.delegation.pk, version, actor=story.desk)
        with pytest.raises(StaleVersion):
            services.accept(story.delegation.pk, version, actor=story.desk)

    def test_a_delegate_does_not_run_the_desk(self, story: Scene) -> None:
        story.accept()
        story.send()
        with pytest.raises(NotAllowed):
            services.deliver(story.delegation.pk, story.version, actor=story.delegate)

    def test_nothing_is_delivered_while_a_step_is_open(self, story: Scene) -> None:
        story.handle()
        with pytest.raises(StepsOpen) as refused:
            services.deliver(story.delegation.pk, story.version, actor=story.desk)
        assert len(refused.value.fields["steps"]) == len(story.steps)  # type: ignore[arg-type]

    def test_nothing_is_filed_while_an_original_is_kept(self, story: Scene) -> None:
        story.handle()
        paper = NewHandOver(Direction.RECEIVED, "户口簿", 1, original=True, occurred_at=at(10))
        services.hand_over(story.delegation.pk, paper, actor=story.delegate)
        story.finish_all()
        services.deliver(story.delegation.pk, story.version, actor=story.desk)
        with pytest.raises(DocumentsNotReturned):
            services.put_on_file(story.delegation.pk, story.version, actor=story.desk)
        back = replace(paper, direction=Direction.RETURNED)
        services.hand_over(story.delegation.pk, back, actor=story.delegate)
        services.put_on_file(story.delegation.pk, story.version, actor=story.desk)

    def test_delivery_tells_trips_and_time(self, story: Scene, standing_clock: FixedClock) -> None:
        story.handle()
        story.finish_all()
        standing_clock.advance(timedelta(minutes=90))
        services.deliver(story.delegation.pk, story.version, actor=story.desk)
        [entry] = story.entries("delegation.delivered")
        assert entry.data["trips"] == 1
        assert entry.data["working_minutes"] == 90
        assert entry.data["late"] is False


class TestAcceptance:
    def test_a_wish_without_a_place_needs_one(self, crew: Crew) -> None:
        story = scene(crew, longitude=None, latitude=None)
        with pytest.raises(PlaceNeeded):
            story.accept()
        place = Place(117.86, 36.81)
        services.accept(story.delegation.pk, story.version, actor=crew.desk, place=place)
        assert story.visit.longitude == 117.86

    def test_who_is_reached_stops_the_response_clock_once(
        self, story: Scene, standing_clock: FixedClock
    ) -> None:
        standing_clock.advance(timedelta(minutes=31))
        services.call_back(story.delegation.pk, story.version, actor=story.desk)
        services.call_back(story.delegation.pk, story.version, actor=story.desk)
        [entry] = story.entries("delegation.called_back")
        assert entry.data["late"] is True


class TestSuspension:
    def test_it_stops_the_clock_and_gives_the_visit_up(
        self, story: Scene, standing_clock: FixedClock
    ) -> None:
        story.handle()
        dispatch.finish(story.order.pk, report(story.order), actor=story.delegate)  # type: ignore[union-attr]
        due = story.now.due_at
        services.suspend(story.delegation.pk, story.version, "等待补充材料", actor=story.desk)
        standing_clock.advance(timedelta(days=1))
        services.resume(story.delegation.pk, story.version, actor=story.desk)
        assert story.now.state == "HANDLING"
        assert story.now.due_at == due + timedelta(days=1)
        [(since, until)] = pauses_of(story.now)
        assert until is not None
        assert until - since == timedelta(days=1)
        assert "等待补充材料" not in bytes(story.entries("delegation.suspended")[0].body).decode()

    def test_a_visit_that_has_not_begun_is_asked_for_anew(self, story: Scene) -> None:
        story.accept()
        story.send()
        first = story.visit
        services.suspend(story.delegation.pk, story.version, "家中有事", actor=story.desk)
        first.refresh_from_db(fields=["version"])
        assert story.visit.state == VisitState.CANCELLED
        assert DispatchOrder.objects.get().state == OrderState.WITHDRAWN
        services.resume(story.delegation.pk, story.version, actor=story.desk)
        assert story.visit.pk != first.pk
        assert story.visit.state == VisitState.WAITING

    def test_a_reason_is_owed(self, story: Scene) -> None:
        story.accept()
        for verb in (services.suspend, services.terminate):
            with pytest.raises(ReasonNeeded):
                verb(story.delegation.pk, story.version, " ", actor=story.desk)

    def test_termination_ends_visit_and_mandate(self, story: Scene) -> None:
        story.accept()
        story.send()
        story.sign()
        services.terminate(story.delegation.pk, story.version, "申请人搬走了", actor=story.desk)
        assert story.now.state == "TERMINATED"
        assert story.visit.state == VisitState.CANCELLED
        assert story.delegation.mandates.get().state == "REVOKED"


class TestClocks:
    def test_a_bounced_order_stops_none(self, story: Scene, standing_clock: FixedClock) -> None:
        due, began = story.now.due_at, story.now.registered_at
        story.accept()
        story.send()
        standing_clock.advance(timedelta(minutes=20))
        bounce = replace(report(story.order), reason_code="CLASH", reason="来不及")  # type: ignore[arg-type]
        dispatch.decline(story.order.pk, bounce, actor=story.delegate)  # type: ignore[union-attr]
        services.note_order(story.delegation.pk, None)
        assert (story.now.due_at, story.now.registered_at) == (due, began)
        assert story.visit.bounces == 1
        assert pauses_of(story.now) == []
        assert story.now.staff is None

    def test_each_mark_is_told_once(self, story: Scene, standing_clock: FixedClock) -> None:
        assert services.escalate_due() == 0
        standing_clock.advance(timedelta(minutes=22))
        assert services.escalate_due() == 1
        assert services.escalate_due() == 0
        standing_clock.advance(timedelta(minutes=5))
        services.escalate_due()
        standing_clock.advance(timedelta(minutes=5))
        services.escalate_due()
        told = [
            (entry.data["clock"], entry.data["level"])
            for entry in story.entries("delegation.escalated")
        ]
        assert told[:3] == [("RESPONSE", 70), ("RESPONSE", 90), ("RESPONSE", 100)]

    def test_a_suspended_one_is_left_alone(self, story: Scene, standing_clock: FixedClock) -> None:
        story.accept()
        services.call_back(story.delegation.pk, story.version, actor=story.desk)
        services.suspend(story.delegation.pk, story.version, "等待补证", actor=story.desk)
        standing_clock.advance(timedelta(days=60))
        assert services.escalate_due() == 0
        assert not selectors.is_overdue(story.now, standing_clock.now())

    def test_a_deadline_in_an_unknown_year_is_provisional(
        self, crew: Crew, standing_clock: FixedClock
    ) -> None:
        standing_clock.advance(at(10) + timedelta(days=38) - standing_clock.now())
        made = register(crew, items=("BDC",))
        assert made.due_at.year == 2027
        assert made.provisional

    @pytest.mark.parametrize(
        ("used", "allowed", "level"),
        [(0, 100, 0), (69, 100, 0), (70, 100, 70), (90, 100, 90), (150, 100, 100), (1, 0, 100)],
    )
    def test_marks(self, used: int, allowed: int, level: int) -> None:
        assert rules.level_reached(used, allowed) == level


class TestChoosing:
    def test_a_firm_picks_its_delegate(self, crew: Crew) -> None:
        story = scene(crew, person_type=PersonType.FIRM)
        services.choose_delegate(story.delegation.pk, crew.liu.pk, actor=story.applicant)
        assert story.visit.wanted_staff_id == crew.liu.pk

    def test_a_person_does_not(self, story: Scene) -> None:
        with pytest.raises(NotAllowed):
            services.choose_delegate(story.delegation.pk, story.crew.liu.pk, actor=story.applicant)

    def test_only_those_who_go_out_and_only_until_somebody_has_accepted(
        self, crew: Crew, cast: Cast
    ) -> None:
        story = scene(crew, person_type=PersonType.FIRM)
        with pytest.raises(DelegateUnknown):
            services.choose_delegate(story.delegation.pk, cast.wang.pk, actor=story.applicant)
        story.accept()
        story.send()
        with pytest.raises(DelegateFixed):
            services.choose_delegate(story.delegation.pk, crew.liu.pk, actor=story.applicant)


def test_a_delegate_of_another_order_sees_nothing(story: Scene, crew: Crew) -> None:
    story.accept()
    story.send()
    assert selectors.access_delegation(story.delegate, story.delegation.pk)
    found = selectors.list_delegations(actor_of_staff(crew.liu), selectors.Filters())
    assert found.total == 0
