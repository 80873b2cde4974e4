"""A day planned anew after somebody fell ill moves only what must be moved."""

from dataclasses import replace

import pytest

from inspections.dispatch.planning import check, solve
from inspections.dispatch.planning.reading import read_day
from inspections.dispatch.planning.shapes import Agent, Day, Fixed, PlanResult, VisitJob
from tests.inspections.dispatch.planning.days import generated, stored

SICK = "3"
HOUR = 3600


def given_out(result: PlanResult) -> tuple[Fixed, ...]:
    return tuple(Fixed(one.visit, one.agent, one.start, 0) for one in result.assignments)


def moved(offered: tuple[Fixed, ...], result: PlanResult) -> int:
    places = {one.visit: (one.agent, one.start) for one in result.assignments}
    return sum(places.get(one.visit) != (one.agent, one.start) for one in offered)


@pytest.mark.parametrize("seed", [None, 1])
def test_one_falls_ill_and_hardly_anybody_elses_day_changes(seed: int | None) -> None:
    day = read_day(stored() if seed is None else generated(seed)).day
    result = solve(day)
    offered = tuple(one for one in given_out(result) if one.agent != SICK)
    ill = replace(day, absent=frozenset({SICK}))
    again = solve(replace(ill, offered=offered))
    assert check(ill, again.assignments, again.breaks) == []
    taken_back = len(result.assignments) - len(offered)
    assert moved(offered, again) <= taken_back
    assert len(again.assignments) >= len(result.assignments) - taken_back
    # Planned without regard for what people have read, most of the day is another.
    assert moved(offered, solve(ill)) > 3 * taken_back


def line(*visits: VisitJob, offered: tuple[Fixed, ...] = (), agents: int = 2) -> Day:
    """A street: place n is n times ten minutes from the hall, where everybody begins."""
    ways = [[abs(a - b) * 600 for b in range(6)] for a in range(6)]
    people = tuple(
        Agent(str(one), 0, frozenset({"A"}), (8 * HOUR, 18 * HOUR)) for one in range(agents)
    )
    return Day(people, visits, ways, offered=offered)


def job(name: str, place: int, since: int, until: int, *, priority: int = 20) -> VisitJob:
    return VisitJob(name, place, frozenset({"A"}), HOUR, (since * HOUR, until * HOUR), priority)


def test_an_urgent_visit_moves_the_one_offer_in_its_way() -> None:
    standing = (Fixed("easy", "0", 10 * HOUR, 0), Fixed("other", "1", 10 * HOUR, 0))
    day = line(
        job("easy", 1, 9, 16),
        job("other", 2, 10, 10),
        job("urgent", 3, 10, 10, priority=100),
        offered=standing,
    )
    result = solve(day)
    assert {one.visit for one in result.assignments} == {"easy", "other", "urgent"}
    assert moved(standing, result) == 1


def test_a_small_detour_saved_moves_nobody() -> None:
    standing = (Fixed("near", "0", 10 * HOUR, 0), Fixed("far", "1", 13 * HOUR, 0))
    day = line(job("near", 1, 9, 16), job("far", 2, 9, 16), offered=standing)
    assert moved(standing, solve(day)) == 0


def test_an_offer_that_can_no_longer_be_kept_is_planned_anew() -> None:
    standing = (Fixed("early", "0", 9 * HOUR, 0),)
    day = replace(line(job("early", 1, 8, 16), offered=standing), now=10 * HOUR)
    (one,) = solve(day).assignments
    assert one.start >= 10 * HOUR


def test_whoever_looks_after_the_area_goes_there_unless_the_way_costs_too_much() -> None:
    def sent(minutes: int) -> str:
        """To whom a visit goes that lies in the area of 1, while 0 starts `minutes` nearer."""
        ways = [[0, 1800, 1800 - 60 * minutes], [1800, 0, 1800], [1800, 1800, 0]]
        people = (
            Agent("0", 0, frozenset(), (8 * HOUR, 18 * HOUR), outside=frozenset({2})),
            Agent("1", 1, frozenset(), (8 * HOUR, 18 * HOUR)),
        )
        there = VisitJob("there", 2, frozenset(), HOUR, (9 * HOUR, 12 * HOUR), 20)
        (one,) = solve(Day(people, (there,), ways)).assignments
        return one.agent

    assert sent(5) == "1"
    assert sent(25) == "0"
