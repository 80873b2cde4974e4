from collections.abc import Callable

import pytest

from fieldsvc.kernel import journal
from fieldsvc.kernel.clock import FixedClock
from fieldsvc.kernel.errors import Invalid, TransitionRefused
from inspections.bookings.models import Occupancy
from inspections.dispatch import rules, selectors, services
from inspections.dispatch.errors import (
    ArrivalPhotoMissing,
    ArrivalUnproven,
    CodeWrong,
    OrderChanged,
    OrderUnknown,
    TooFarAway,
    VisitOver,
)
from inspections.dispatch.models import DispatchOrder, TravelSample, Visit
from inspections.dispatch.rules import Report
from inspections.dispatch.states import OrderState, VisitState
from inspections.people.selectors import actor_of_staff
from tests.inspections.dispatch.scene import (
    Crew,
    at,
    door_photo,
    fresh,
    fresh_order,
    new_visit,
    report,
    sent,
    visit,
)


def at_the_door(order: DispatchOrder) -> Report:
    return Report(photo_sha256=door_photo(order), place=(117.8601, 36.8101), accuracy_m=30)


def kinds(row: Visit) -> list[str]:
    told = [entry.kind for entry in journal.entries(row.stream)]
    return [kind for kind in told if kind.startswith(("visit.", "order."))]


@pytest.fixture
def wanted(crew: Crew) -> Visit:
    return visit(crew)


@pytest.fixture
def order(crew: Crew, wanted: Visit) -> DispatchOrder:
    return sent(crew, wanted, crew.chen, at(10))


def on_the_way(crew: Crew, order: DispatchOrder) -> DispatchOrder:
    me = actor_of_staff(crew.chen)
    services.accept(order.pk, report(order), actor=me)
    return services.depart(order.pk, report(order), actor=me)


class TestAskingForAVisit:
    def test_it_waits_and_the_chain_tells_codes_only(self, wanted: Visit) -> None:
        assert wanted.state == VisitState.WAITING
        entry = journal.entries(wanted.stream).get()
        assert entry.data["subject"] == str(wanted.subject)
        assert "李申请" not in bytes(entry.body).decode()
        assert journal.reveal(entry, "contact_phone") == "13805331234"

    def test_minutes_are_whole_cells(self, crew: Crew) -> None:
        assert visit(crew, minutes=42).minutes == 45

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"minutes": 0}, "minutes"),
            ({"window_until": at(9)}, "window"),
            ({"priority": 50}, "priority"),
            ({"skills": frozenset({"DANCING"})}, "skills"),
            ({"place": (36.8, 117.8)}, "place"),
        ],
    )
    def test_a_wish_that_cannot_be_is_refused(
        self, crew: Crew, changes: dict[str, object], field: str
    ) -> None:
        with pytest.raises(Invalid) as refused:
            services.request_visit(new_visit(crew.bureau, **changes), actor=crew.desk)
        assert field in refused.value.fields["errors"]  # type: ignore[operator]


class TestTheWayToTheDoor:
    def test_every_step_moves_order_and_visit_by_one_entry(
        self, crew: Crew, wanted: Visit, order: DispatchOrder, standing_clock: FixedClock
    ) -> None:
        me = actor_of_staff(crew.chen)
        departed = on_the_way(crew, order)
        assert len(departed.code) == 6
        services.arrive(order.pk, report(order), at_the_door(order), actor=me)
        services.finish(order.pk, report(order, summary="已补办社保卡"), actor=me)
        assert fresh(wanted).state == VisitState.DONE
        assert fresh_order(order).arrival["method"] == "PHOTO"
        assert kinds(wanted) == [
            "visit.requested",
            "order.offered",
            "order.accepted",
            "order.departed",
            "order.arrived",
            "order.finished",
        ]
        told = journal.entries(wanted.stream).last()
        assert told is not None
        assert told.data["order"] == str(order.pk) and told.data["staff"] == str(crew.chen.pk)
        assert not Occupancy.objects.filter(holder=order.pk).exists()

    def test_a_colleagues_order_does_not_exist(self, crew: Crew, order: DispatchOrder) -> None:
        with pytest.raises(OrderUnknown):
            services.accept(order.pk, report(order), actor=actor_of_staff(crew.liu))

    def test_who_saw_an_older_order_is_shown_the_present_one(
        self, crew: Crew, order: DispatchOrder
    ) -> None:
        me = actor_of_staff(crew.chen)
        old = report(order)
        services.accept(order.pk, old, actor=me)
        with pytest.raises(OrderChanged) as refused:
            services.decline(order.pk, old, actor=me)
        shown = refused.value.fields["order"]
        assert isinstance(shown, dict) and shown["state"] == "ACCEPTED"

    def test_steps_out_of_order_are_refused(self, crew: Crew, order: DispatchOrder) -> None:
        me = actor_of_staff(crew.chen)
        early: list[Callable[[], object]] = [
            lambda: services.depart(order.pk, report(order), actor=me),
            lambda: services.arrive(order.pk, report(order), at_the_door(order), actor=me),
            lambda: services.finish(order.pk, report(order), actor=me),
            lambda: services.abort(order.pk, report(order, reason_code="UNSAFE"), actor=me),
        ]
        for step in early:
            with pytest.raises(OrderChanged):
                step()

    def test_the_devices_time_is_kept_beside_the_servers(
        self, crew: Crew, order: DispatchOrder
    ) -> None:
        on_the_way(crew, order)
        assert set(fresh_order(order).device_times) == {"accepted", "departed"}


class TestBouncing:
    def test_declining_gives_the_visit_back_and_counts(
        self, crew: Crew, wanted: Visit, order: DispatchOrder
    ) -> None:
        me = actor_of_staff(crew.chen)
        services.decline(order.pk, report(order, reason_code="CLASH"), actor=me)
        back = fresh(wanted)
        assert (back.state, back.bounces) == (VisitState.WAITING, 1)
        assert back.requested_at == wanted.requested_at
        assert not Occupancy.objects.filter(staff=crew.chen).exists()
        told = journal.entries(wanted.stream).last()
        assert told is not None and told.data["reason"] == "CLASH"
        again = sent(crew, back, crew.liu, at(11))
        assert again.state == OrderState.OFFERED

    def test_nobody_at_home_counts_too(
        self, crew: Crew, wanted: Visit, order: DispatchOrder
    ) -> None:
        on_the_way(crew, order)
        me = actor_of_staff(crew.chen)
        services.abort(order.pk, report(order, reason_code="NOBODY_HOME"), actor=me)
        back = fresh(wanted)
        assert (back.state, back.bounces) == (VisitState.WAITING, 1)

    def test_a_reason_is_needed(self, crew: Crew, order: DispatchOrder) -> None:
        me = actor_of_staff(crew.chen)
        for given in ({}, {"reason_code": "NO"}, {"reason_code": "OTHER"}):
            with pytest.raises(Invalid):
                services.decline(order.pk, report(order, **given), actor=me)


class TestBeingThere:
    def test_the_applicants_digits_are_enough_without_a_place(
        self, crew: Crew, order: DispatchOrder
    ) -> None:
        code = on_the_way(crew, order).code
        shown = Report(code=code, place_denied=True)
        arrived = services.arrive(order.pk, report(order), shown, actor=actor_of_staff(crew.chen))
        assert arrived.arrival == {
            "method": "CODE",
            "distance_m": None,
            "accuracy_m": None,
            "place_denied": True,
            "near": None,
        }

    def test_the_applicants_qr_too(self, crew: Crew, order: DispatchOrder) -> None:
        code = on_the_way(crew, order).code
        shown = Report(qr=rules.qr_text(str(order.pk), code), place_denied=True)
        arrived = services.arrive(order.pk, report(order), shown, actor=actor_of_staff(crew.chen))
        assert arrived.arrival["method"] == "QR"

    def test_what_proves_nothing_is_refused(self, crew: Crew, order: DispatchOrder) -> None:
        code = on_the_way(crew, order).code
        me = actor_of_staff(crew.chen)
        wrong = f"{(int(code) + 1) % 1_000_000:06d}"
        far, photo = (117.87, 36.81), door_photo(order)
        for shown, refusal in (
            (Report(place=(117.86, 36.81)), ArrivalUnproven),
            (Report(code=wrong, place_denied=True), CodeWrong),
            (Report(qr=code, place_denied=True), CodeWrong),
            (Report(photo_sha256="a" * 64, place=(117.86, 36.81)), ArrivalPhotoMissing),
            (Report(photo_sha256=photo, place=far, accuracy_m=50), TooFarAway),
            (Report(photo_sha256=photo), Invalid),
        ):
            with pytest.raises(refusal):
                services.arrive(order.pk, report(order), shown, actor=me)

    def test_a_photo_of_another_visit_or_an_earlier_day_proves_nothing(
        self, crew: Crew, order: DispatchOrder, standing_clock: FixedClock
    ) -> None:
        me = actor_of_staff(crew.chen)
        elsewhere = door_photo(sent(crew, visit(crew), crew.liu, at(10)))
        earlier = door_photo(order, shade=20)
        standing_clock.advance(seconds=60)
        on_the_way(crew, order)
        for photo in (elsewhere, earlier):
            shown = Report(photo_sha256=photo, place=(117.86, 36.81))
            with pytest.raises(ArrivalPhotoMissing):
                services.arrive(order.pk, report(order), shown, actor=me)

    def test_a_poor_fix_widens_the_fence_but_not_without_end(self) -> None:
        assert rules.allowed_m(None) == 200
        assert rules.allowed_m(80) == 280
        assert rules.allowed_m(5000) == 700

    def test_the_applicant_may_confirm_from_their_own_page(
        self, crew: Crew, wanted: Visit, order: DispatchOrder
    ) -> None:
        code = on_the_way(crew, order).code
        for _ in range(2):
            services.confirm_arrival(order.pk, code, actor=crew.desk)
        assert fresh(wanted).state == VisitState.ARRIVED
        assert kinds(wanted).count("order.arrived") == 1

    def test_before_setting_out_there_is_no_code_to_guess(
        self, crew: Crew, order: DispatchOrder
    ) -> None:
        with pytest.raises(CodeWrong):
            services.confirm_arrival(order.pk, "", actor=crew.desk)


class TestGivingUp:
    def test_a_waiting_visit_is_cancelled_once(self, crew: Crew, wanted: Visit) -> None:
        for _ in range(2):
            services.cancel_visit(wanted.pk, reason="WITHDRAWN", actor=crew.desk)
        assert kinds(wanted)[-1] == "visit.cancelled"
        assert len(kinds(wanted)) == 2

    def test_the_delegate_is_free_again(
        self, crew: Crew, wanted: Visit, order: DispatchOrder
    ) -> None:
        services.cancel_visit(wanted.pk, reason="WITHDRAWN", actor=crew.desk)
        assert kinds(wanted)[-2:] == ["order.withdrawn", "visit.cancelled"]
        assert fresh_order(order).state == OrderState.WITHDRAWN
        assert not Occupancy.objects.filter(staff=crew.chen).exists()
        assert selectors.live_order_of(wanted.pk) is None

    def test_not_while_the_delegate_is_inside_and_not_afterwards(
        self, crew: Crew, wanted: Visit, order: DispatchOrder
    ) -> None:
        on_the_way(crew, order)
        me = actor_of_staff(crew.chen)
        services.arrive(order.pk, report(order), at_the_door(order), actor=me)
        with pytest.raises(TransitionRefused):
            services.cancel_visit(wanted.pk, reason="WITHDRAWN", actor=crew.desk)
        services.finish(order.pk, report(order), actor=me)
        with pytest.raises(VisitOver):
            services.cancel_visit(wanted.pk, reason="WITHDRAWN", actor=crew.desk)


class TestLearningTheWay:
    def test_the_way_between_two_doors_is_kept_and_the_first_is_not(
        self, crew: Crew, order: DispatchOrder, standing_clock: FixedClock
    ) -> None:
        me = actor_of_staff(crew.chen)
        on_the_way(crew, order)
        standing_clock.advance(seconds=600)
        services.arrive(order.pk, report(order), at_the_door(order), actor=me)
        services.finish(order.pk, report(order), actor=me)
        assert TravelSample.objects.count() == 0
        second = sent(crew, visit(crew, place=(117.88, 36.82)), crew.chen, at(11))
        code = on_the_way(crew, second).code
        standing_clock.advance(seconds=540)
        services.arrive(second.pk, report(second), Report(code=code, place_denied=True), actor=me)
        sample = TravelSample.objects.get()
        assert sample.seconds == 540
        assert (sample.from_longitude, sample.to_longitude) == (117.86, 117.88)
