"""Forty want the last slot, on threads with their own connections to a real database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from inspections.bookings import selectors, services
from inspections.bookings.errors import SlotTaken
from inspections.bookings.models import Appointment, Occupancy
from inspections.cases.models import Case
from tests.inspections.bookings.scene import applicant, first_slot, new_case
from tests.inspections.cast import Cast

RACERS = 40
ROUNDS = 3

pytestmark = pytest.mark.django_db(transaction=True)


def race(cases: list[Case], starts_at) -> list[str]:  # type: ignore[no-untyped-def]
    gate = Barrier(len(cases))

    def run(case: Case) -> str:
        try:
            gate.wait(timeout=60)
            services.book(case, starts_at, actor=applicant(case))
        except SlotTaken as refusal:
            alternatives = refusal.fields["alternatives"]
            assert isinstance(alternatives, list)
            return f"slot_taken+{len(alternatives)}"
        except Exception as error:  # noqa: BLE001  any other outcome is what the test looks for
            return repr(error)
        finally:
            connection.close()
        return "booked"

    with ThreadPoolExecutor(len(cases)) as pool:
        return sorted(pool.map(run, cases))


@pytest.mark.usefixtures("standing_clock")
class TestTheLastSlot:
    def test_exactly_one_gets_it_and_every_other_one_hears_of_three_more(self, cast: Cast) -> None:
        cases = [new_case(cast, f"KY-{number}") for number in range(RACERS)]
        for held in range(ROUNDS):
            outcomes = race(cases, first_slot(cast.bureau.pk))
            assert outcomes == ["booked"] + ["slot_taken+3"] * (len(cases) - 1)
            assert Appointment.objects.count() == held + 1
            winners = Appointment.objects.values_list("case_id", flat=True)
            cases = [case for case in cases if case.pk not in set(winners)]
        assert Occupancy.objects.count() == ROUNDS * 2 * 6

    def test_two_who_swap_their_slots_both_end_with_one_each(self, cast: Cast) -> None:
        here, there = new_case(cast, "KY-1"), new_case(cast, "KY-2")
        first = first_slot(cast.bureau.pk)
        second = first + timedelta(minutes=30)
        services.book(here, first, actor=applicant(here))
        services.book(there, second, actor=applicant(there))
        third = second + timedelta(minutes=30)
        for _ in range(5):
            gate = Barrier(2)

            def swap(case: Case, to, gate: Barrier = gate) -> str:  # type: ignore[no-untyped-def]
                try:
                    gate.wait(timeout=60)
                    services.book(case, to, actor=applicant(case))
                except SlotTaken:
                    return "slot_taken"
                except Exception as error:  # noqa: BLE001  see above
                    return repr(error)
                finally:
                    connection.close()
                return "booked"

            with ThreadPoolExecutor(2) as pool:
                outcomes = list(pool.map(swap, [here, there], [third, first]))
            assert set(outcomes) <= {"booked", "slot_taken"}
            for case in (here, there):
                standing = selectors.appointment_of(case.pk)
                assert standing is not None
                assert standing.cells.count() == 2 * 6
            assert Occupancy.objects.count() == 2 * 2 * 6
            first, third = third, first

    def test_the_same_wish_sent_many_times_is_one_appointment(self, cast: Cast) -> None:
        case = new_case(cast)
        outcomes = race([case] * 12, first_slot(cast.bureau.pk))
        assert outcomes == ["booked"] * 12
        assert Appointment.objects.count() == 1
