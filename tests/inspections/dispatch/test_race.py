"""Eight processes want the same few people: what the database alone says, and the board's verb."""

import multiprocessing
import random
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import pairwise
from uuid import UUID

import pytest
from django.db import connections, transaction

from fieldsvc.kernel import ids
from inspections.bookings import services as bookings
from inspections.bookings.errors import StaffTaken
from inspections.bookings.models import Occupancy
from inspections.dispatch import services
from inspections.dispatch.errors import MoveRefused, TimeTaken
from inspections.dispatch.models import DispatchOrder, Visit
from inspections.dispatch.services import Target, common
from inspections.dispatch.states import LIVE
from tests.inspections.cast import Cast
from tests.inspections.dispatch.scene import Crew, at, crew, delegate, visit

PROCESSES = 8
ATTEMPTS = 60

pytestmark = pytest.mark.django_db(transaction=True)


def in_processes(work: Callable[[int], list[str]]) -> list[str]:
    """What `work` says in each of eight processes that start together."""
    fork = multiprocessing.get_context("fork")
    gate, answers = fork.Barrier(PROCESSES), fork.SimpleQueue()

    def run(number: int) -> None:
        try:
            gate.wait(timeout=60)
            answers.put(work(number))
        except BaseException as error:  # noqa: BLE001  any other outcome is what the test looks for
            answers.put([repr(error)])
        finally:
            connections.close_all()

    # A connection that two processes share belongs to neither.
    connections.close_all()
    children = [fork.Process(target=run, args=(number,)) for number in range(PROCESSES)]
    for child in children:
        child.start()
    said = [one for _ in children for one in answers.get()]
    for child in children:
        child.join(timeout=60)
        assert child.exitcode == 0
    return said


def overlaps() -> int:
    taken: dict[UUID, list[DispatchOrder]] = defaultdict(list)
    for order in DispatchOrder.objects.filter(state__in=LIVE).order_by("starts_at"):
        taken[order.staff_id].append(order)
    return sum(
        one.ends_at > other.starts_at for mine in taken.values() for one, other in pairwise(mine)
    )


@transaction.atomic
def send(team: Crew, visit_id: UUID, staff_id: UUID, quarter: int) -> None:
    """An order without the bureau's queue and without any look before: the table must settle it."""
    row = Visit.objects.get(pk=visit_id)
    slot = common.slot_of(row, at(8) + timedelta(minutes=15 * quarter))
    order = common.new_order(row, staff_id, slot, travel_seconds=0)
    bookings.occupy(staff_id, slot, holder=order.pk)
    common.offer(order, actor=team.desk)


@pytest.mark.usefixtures("standing_clock")
class TestTheLastHour:
    def test_480_attempts_leave_no_two_orders_on_one_person_at_once(self, cast: Cast) -> None:
        team = crew(cast)
        more = [
            delegate(cast.bureau, f"db{number}", f"代办{number}", by=team.desk)
            for number in range(2)
        ]
        staff = [team.chen.pk, team.liu.pk, *(one.pk for one in more)]
        visits = rows_of(team, PROCESSES * ATTEMPTS)

        def work(number: int) -> list[str]:
            dice = random.Random(number)
            said = []
            for visit_id in visits[number * ATTEMPTS : (number + 1) * ATTEMPTS]:
                try:
                    send(team, visit_id, dice.choice(staff), dice.randrange(40))
                    said.append("sent")
                except StaffTaken:
                    said.append("taken")
            return said

        said = in_processes(work)
        assert len(said) == PROCESSES * ATTEMPTS
        assert set(said) == {"sent", "taken"}
        assert DispatchOrder.objects.count() == said.count("sent")
        assert overlaps() == 0
        assert Occupancy.objects.count() == said.count("sent") * 8

    def test_of_eight_hands_on_the_board_one_has_the_place(self, cast: Cast) -> None:
        team = crew(cast)
        visits = [visit(team) for _ in range(PROCESSES)]

        def work(number: int) -> list[str]:
            mine = visits[number]
            try:
                to = Target(team.chen.pk, at(10))
                services.move(mine.pk, to, version=mine.version, actor=team.desk)
            except (MoveRefused, TimeTaken) as refused:
                alternatives = refused.fields["alternatives"]
                assert isinstance(alternatives, list)
                return [f"refused+{len(alternatives)}"]
            return ["moved"]

        assert sorted(in_processes(work)) == ["moved"] + ["refused+3"] * (PROCESSES - 1)
        assert overlaps() == 0


def rows_of(team: Crew, count: int) -> list[UUID]:
    """Visits as bare rows: a race needs many, and how they were asked for is another test's."""
    pattern = visit(team)
    make = partial(
        Visit,
        bureau_id=pattern.bureau_id,
        kind=pattern.kind,
        title=pattern.title,
        longitude=pattern.longitude,
        latitude=pattern.latitude,
        minutes=pattern.minutes,
        window_from=pattern.window_from,
        window_until=pattern.window_until,
        requested_at=pattern.requested_at,
    )
    made = [make(id=ids.new(), subject=ids.new(), stream=f"visit:{n}") for n in range(count)]
    return [one.pk for one in Visit.objects.bulk_create(made)]
