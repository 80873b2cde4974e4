"""Every start the board offers can be taken: by the very check a move goes through."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from fieldsvc.kernel.clock import FixedClock
from inspections.dispatch import selectors, services
from inspections.dispatch.models import DispatchOrder, Plan, Visit
from inspections.dispatch.services import Target
from inspections.dispatch.shapes import SpotJSON, UnplacedJSON
from inspections.people.models import Staff
from inspections.people.selectors import actor_of_staff
from tests.inspections.cast import Cast
from tests.inspections.dispatch.big_day import BigDay, big_day
from tests.inspections.dispatch.planning.days import generated
from tests.inspections.dispatch.scene import TODAY, Crew, at, fresh, report, sent, visit

MANY = 3
Row = UnplacedJSON


def waiting(crew: Crew) -> list[Row]:
    return selectors.board(crew.desk, TODAY).unplaced


def told(row: Row) -> list[tuple[UUID, SpotJSON]]:
    return [(UUID(row["visit"]), one) for one in row["alternatives"]]


def assert_each_can_be_taken(crew: Crew) -> int:
    """By the check of a move; how many there were."""
    count = 0
    for row in waiting(crew):
        for visit_id, spot in told(row):
            starts_at = datetime.fromisoformat(spot["starts_at"])
            checked = selectors.check_move(
                Visit.objects.get(pk=visit_id), UUID(spot["staff"]), starts_at
            )
            assert checked.ok, [one for one in checked.findings if not one.ok]
            count += 1
        assert says_how_many(row)
    return count


def says_how_many(row: Row) -> bool:
    """Fewer than three starts only where no more exist, and then the sentence says so."""
    if row["reason"] == "NO_SKILL":
        return not row["alternatives"]
    few = {0: "排不进去", 1: "只剩", 2: "只剩"}
    return few.get(len(row["alternatives"]), "可以安排在") in row["text"]


def draft(day: BigDay | Crew) -> Plan:
    crew = day.crew if isinstance(day, BigDay) else day
    asked = services.request_plan(crew.bureau.pk, TODAY, actor=crew.desk)
    return services.make_plan(asked.pk)


def publish(crew: Crew, plan: Plan) -> None:
    version = selectors.board_version(crew.bureau.pk, TODAY)
    services.publish(plan.pk, version=version, actor=crew.desk)


def accept_some(count: int) -> None:
    staff = {one.pk: actor_of_staff(one) for one in Staff.objects.all()}
    for order in DispatchOrder.objects.order_by("starts_at")[:count]:
        services.accept(order.pk, report(order), actor=staff[order.staff_id])


def lighter(seed: int) -> Any:
    """A made-up day on which a few find no place, though somewhere there is room."""
    return generated(seed, agents=9, visits=46)


@pytest.mark.parametrize("seed", [None, 1, 2, 3])
def test_every_start_offered_passes_the_check_of_a_move_at_every_hour_of_the_day(
    cast: Cast, standing_clock: FixedClock, seed: int | None
) -> None:
    standing_clock.advance(timedelta(hours=-3))
    day = big_day(cast, case=None if seed is None else lighter(seed))
    plan = draft(day)
    assert_each_can_be_taken(day.crew)
    publish(day.crew, plan)
    counted = assert_each_can_be_taken(day.crew)
    accept_some(12)
    for _ in range(3):
        standing_clock.advance(timedelta(hours=2, minutes=7))
        assert_each_can_be_taken(day.crew)
    if seed is None:
        assert counted >= MANY


def test_one_taken_is_an_order_and_the_others_are_looked_for_anew(
    crew: Crew, standing_clock: FixedClock
) -> None:
    for hour in (9, 14):
        for staff in (crew.chen, crew.liu):
            only = visit(crew, minutes=90, window_from=at(hour, 30), window_until=at(hour, 30))
            sent(crew, only, staff, at(hour, 30))
    wanted = visit(crew, minutes=60, window_from=at(9, 30), window_until=at(10, 30))
    other = visit(crew, minutes=60, window_from=at(9, 30), window_until=at(10, 30))
    draft(crew)
    rows = {row["visit"]: row for row in waiting(crew)}
    first = rows[str(wanted.pk)]["alternatives"][0]
    to = Target(UUID(first["staff"]), datetime.fromisoformat(first["starts_at"]))
    standing_clock.advance(timedelta(seconds=1))
    order = services.move(wanted.pk, to, version=fresh(wanted).version, actor=crew.desk)
    assert order.starts_at == to.starts_at
    assert_each_can_be_taken(crew)
    assert {row["visit"] for row in waiting(crew)} == {str(other.pk)}


def test_a_promise_that_cannot_be_kept_is_offered_no_other_time_as_if_it_were_free(
    crew: Crew,
) -> None:
    wanted = visit(crew)
    services.promise(wanted.pk, at(10), at(11), actor=crew.desk)
    plan = draft(crew)
    publish(crew, plan)
    order = DispatchOrder.objects.get(visit=wanted)
    for staff in (crew.chen, crew.liu):
        sick = at(8), at(18)
        services.note_absence(crew.bureau.pk, staff.pk, *sick)
    assert order is not None
    for row in waiting(crew):
        for _, spot in told(row):
            starts_at = datetime.fromisoformat(spot["starts_at"])
            assert at(10) <= starts_at <= at(11)
