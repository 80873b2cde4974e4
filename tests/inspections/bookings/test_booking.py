from datetime import timedelta

import pytest
from django.test import Client

from fieldsvc.kernel import clock, ids, journal
from fieldsvc.kernel.clock import FixedClock
from fieldsvc.kernel.journal import SYSTEM
from inspections.bookings import selectors, services
from inspections.bookings.errors import (
    AppointmentStarted,
    BookingClosed,
    NoAppointment,
    SlotNotOffered,
    SlotTaken,
)
from inspections.bookings.models import Appointment, Occupancy
from inspections.bookings.rules import Hours
from inspections.cases import services as cases
from inspections.cases.models import Case
from inspections.people import services as people
from inspections.people.services import Addressee, NewStaff
from inspections.people.states import Role
from tests.inspections.bookings.scene import applicant, first_slot, new_case
from tests.inspections.cast import PHONE, Cast

pytestmark = pytest.mark.usefixtures("standing_clock")


def booked(cast: Cast, number: str) -> Appointment:
    case = new_case(cast, number)
    return services.book(case, first_slot(cast.bureau.pk), actor=applicant(case))


class TestBooking:
    def test_two_inspectors_of_the_bureau_are_taken(self, cast: Cast) -> None:
        appointment = booked(cast, "KY-1")
        assert {one.pk for one in appointment.inspectors} == {cast.wang.pk, cast.chen.pk}
        assert Occupancy.objects.count() == 2 * 6
        case = Case.objects.get()
        assert case.state == "SCHEDULED"
        entry = journal.entries(case.stream).last()
        assert entry is not None and entry.kind == "booking.confirmed"
        assert entry.data["inspectors"] == [str(one.pk) for one in appointment.inspectors]

    def test_the_slot_is_offered_to_nobody_else(self, cast: Cast) -> None:
        appointment = booked(cast, "KY-1")
        offered = {one.starts_at for one in selectors.offer(cast.bureau.pk)}
        assert appointment.starts_at not in offered
        assert appointment.ends_at in offered

    def test_who_comes_too_late_gets_the_next_three(self, cast: Cast) -> None:
        appointment = booked(cast, "KY-1")
        late = new_case(cast, "KY-2")
        with pytest.raises(SlotTaken) as refused:
            services.book(late, appointment.starts_at, actor=applicant(late))
        alternatives = refused.value.fields["alternatives"]
        assert isinstance(alternatives, list) and len(alternatives) == 3
        assert alternatives[0] == {
            "starts_at": clock.iso(appointment.ends_at),
            "label": "今天 10:00",
        }

    def test_two_more_inspectors_make_room_for_one_more(self, cast: Cast) -> None:
        for name in ("zhou", "wu"):
            new = NewStaff(name, name, [Role.INSPECTOR], badge_number=name)
            people.add_staff(cast.bureau, new, password="x")
        first, second = booked(cast, "KY-1"), booked(cast, "KY-2")
        assert first.starts_at == second.starts_at
        pairs = [{one.username for one in each.inspectors} for each in (first, second)]
        assert pairs[0] | pairs[1] == {"wang", "chen", "zhou", "wu"}

    def test_the_same_time_again_is_the_same_appointment(self, cast: Cast) -> None:
        first = booked(cast, "KY-1")
        case = Case.objects.get()
        assert services.book(case, first.starts_at, actor=applicant(case)) == first
        assert Appointment.objects.count() == 1

    def test_times_nobody_offers_are_refused(self, cast: Cast) -> None:
        case = new_case(cast)
        for wrong in (timedelta(minutes=7), timedelta(days=-1), timedelta(days=40)):
            with pytest.raises(SlotNotOffered):
                services.book(case, clock.now() + wrong, actor=applicant(case))

    def test_one_inspector_alone_is_not_enough(self, cast: Cast) -> None:
        cast.chen.is_active = False
        cast.chen.save()
        assert selectors.offer(cast.bureau.pk) == []

    def test_the_bureaus_own_hours_hold(self, cast: Cast) -> None:
        services.set_hours(cast.bureau, Hours(windows=((14 * 60, 15 * 60),), slot_minutes=60))
        labels = [one.label for one in selectors.offer(cast.bureau.pk)]
        assert labels[:2] == ["今天 14:00", "明天 14:00"]
        with pytest.raises(ValueError, match="slot_minutes"):
            services.set_hours(cast.bureau, Hours(slot_minutes=20))


class TestChangingOnesMind:
    def test_another_time_frees_the_first(self, cast: Cast) -> None:
        first = booked(cast, "KY-1")
        case = Case.objects.get()
        second = services.book(case, first.ends_at, actor=applicant(case))
        assert first.starts_at in {one.starts_at for one in selectors.offer(cast.bureau.pk)}
        assert selectors.appointment_of(case.pk) == second
        kinds = [entry.kind for entry in journal.entries(case.stream)]
        assert kinds[-3:] == ["booking.cancelled", "case.scheduled", "booking.confirmed"]

    def test_a_change_that_fails_keeps_what_one_had(self, cast: Cast) -> None:
        first = booked(cast, "KY-1")
        other = new_case(cast, "KY-2")
        services.book(other, first.ends_at, actor=applicant(other))
        case = Case.objects.get(number="KY-1")
        with pytest.raises(SlotTaken):
            services.book(case, first.ends_at, actor=applicant(case))
        assert selectors.appointment_of(case.pk) == first

    def test_giving_up_frees_the_inspectors(self, cast: Cast) -> None:
        first = booked(cast, "KY-1")
        case = Case.objects.get()
        services.cancel(case, actor=applicant(case))
        assert Occupancy.objects.count() == 0
        assert first.starts_at in {one.starts_at for one in selectors.offer(cast.bureau.pk)}
        assert Case.objects.get().state == "RECEIVED"
        with pytest.raises(NoAppointment):
            services.cancel(case, actor=applicant(case))

    def test_once_the_time_has_come_it_stands(self, cast: Cast, standing_clock: FixedClock) -> None:
        first = booked(cast, "KY-1")
        case = Case.objects.get()
        standing_clock.advance(first.starts_at - clock.now())
        with pytest.raises(AppointmentStarted):
            services.cancel(case, actor=applicant(case))
        with pytest.raises(AppointmentStarted):
            services.book(case, first.ends_at + timedelta(hours=1), actor=applicant(case))

    def test_after_the_transfer_to_a_site_visit_nothing_is_booked_here(self, cast: Cast) -> None:
        case = new_case(cast)
        cases.mark_transferred(case, actor=SYSTEM, reason="consent_refused")
        with pytest.raises(BookingClosed):
            services.book(case, first_slot(cast.bureau.pk), actor=applicant(case))


class TestTheApplicantsPhone:
    @pytest.fixture
    def phone(self, cast: Cast) -> Client:
        case = new_case(cast)
        to = Addressee(case.pk, case.stream, case.number, PHONE)
        token = people.issue_link(cast.bureau.pk, to, actor=SYSTEM)
        client = Client()
        client.post("/api/join/open", {"token": token}, content_type="application/json")
        return client

    def book(self, phone: Client, starts_at: str):  # type: ignore[no-untyped-def]
        return phone.post(
            "/api/join/appointment",
            {"starts_at": starts_at},
            content_type="application/json",
            headers={"Idempotency-Key": str(ids.new())},
        )

    def test_it_sees_slots_and_books_one(self, cast: Cast, phone: Client) -> None:
        slots = phone.get("/api/join/slots").json()["slots"]
        assert slots[0]["label"] == "今天 9:30"
        answer = self.book(phone, slots[0]["starts_at"])
        assert answer.status_code == 200
        assert answer.json()["label"] == "今天 9:30"
        gone = phone.delete("/api/join/appointment", headers={"Idempotency-Key": "k"})
        assert gone.status_code == 204

    def test_the_slower_of_two_is_told_what_is_left(self, cast: Cast, phone: Client) -> None:
        taken = booked(cast, "KY-9")
        answer = self.book(phone, clock.iso(taken.starts_at))
        assert (answer.status_code, answer.json()["code"]) == (409, "slot_taken")
        labels = [one["label"] for one in answer.json()["fields"]["alternatives"]]
        assert labels == ["今天 10:00", "今天 10:30", "今天 11:00"]

    def test_a_browser_without_a_link_sees_nothing(self, cast: Cast) -> None:
        assert Client().get("/api/join/slots").status_code == 401
