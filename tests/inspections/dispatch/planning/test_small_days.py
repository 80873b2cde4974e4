"""Properties on small random days: absences, lunches, promises, a day under way."""

from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspections.dispatch.planning import check_move, insertions, solve
from inspections.dispatch.planning.faults import PromiseBroken
from inspections.dispatch.planning.reading import DayFile, plan_as_json, read_day
from inspections.dispatch.planning.shapes import Assignment, Break, PlanResult
from tests.inspections.dispatch.planning.checker import has_room, violations
from tests.inspections.dispatch.planning.days import road

EMPTY = PlanResult((), (), (), 0, 0.0)
QUICK = settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
WITH_SOLVER = settings(deadline=None, max_examples=10, suppress_health_check=list(HealthCheck))

minutes = st.integers(0, 15 * 4).map(lambda quarter: 7 * 3600 + quarter * 900)


@st.composite
def some_visits(
    draw: st.DrawFn, place: st.SearchStrategy[int], skills: st.SearchStrategy[list[str]]
) -> list[dict[str, Any]]:
    visits = []
    for number in range(draw(st.integers(1, 8))):
        since = draw(minutes)
        visits.append(
            {
                "id": number,
                "loc": draw(place),
                "need": draw(skills.filter(lambda one: len(one) < 2)),
                "dur": draw(st.sampled_from([0, 1200, 3600, 5400])),
                "tw": [since, since + draw(st.integers(0, 16)) * 900],
                "priority": draw(st.sampled_from([0, 20, 60, 100])),
                "protected": draw(st.booleans()),
            }
        )
    return visits


@st.composite
def days(draw: st.DrawFn) -> dict[str, Any]:
    spots = draw(
        st.lists(
            st.tuples(st.integers(0, 9000), st.integers(0, 9000)),
            min_size=4,
            max_size=9,
            unique=True,
        )
    )
    place = st.integers(0, len(spots) - 1)
    skills = st.lists(st.sampled_from(["企业开办", "社保医保"]), unique=True)
    agents = []
    for number in range(draw(st.integers(1, 3))):
        opens = draw(st.sampled_from([27000, 30600, 39600]))
        blocked = []
        if draw(st.booleans()):
            since = draw(minutes)
            blocked = [[since, since + draw(st.integers(1, 10)) * 900]]
        agents.append(
            {
                "id": f"a{number}",
                "home": draw(place),
                "skills": draw(skills),
                "shift": [opens, opens + 9 * 3600],
                "break_start": draw(st.sampled_from([None, [41400, 46800], [43200, 43200]])),
                "break_len": 2700,
                "blocked": blocked,
            }
        )
    visits = draw(some_visits(place, skills))
    matrix = [[road(a, b) for b in spots] for a in spots]
    return {"agents": agents, "visits": visits, "durations": matrix}


def as_file(file: DayFile, assignments: list[Assignment], breaks: list[Break]) -> dict[str, Any]:
    found: dict[str, Any] = plan_as_json(
        file, PlanResult(tuple(assignments), tuple(breaks), (), 0, 0.0)
    )
    return found


def complaints(day: dict[str, Any], found: dict[str, Any]) -> list[str]:
    return [one for one in violations(day, found) if not one.startswith("unplaced")]


@QUICK
@given(days())
def test_every_offered_start_fits_and_its_route_is_walkable(day: dict[str, Any]) -> None:
    file = read_day(day)
    visits = {str(one["id"]): one for one in day["visits"]}
    plan, lunches = EMPTY, {}
    for job in file.day.visits:
        offers = insertions(file.day, plan, job)
        before = as_file(file, list(plan.assignments), list(lunches.values()))
        for offer in offers:
            assert has_room(day, before, visits[job.id], offer.agent, offer.start)
            others = [one for one in plan.assignments if one.agent != offer.agent]
            rest = {agent: one for agent, one in lunches.items() if agent != offer.agent}
            if offer.lunch:
                rest[offer.agent] = offer.lunch
            grown = as_file(file, [*others, *offer.route], list(rest.values()))
            assert complaints(day, grown) == []
        if offers:
            kept = [one for one in plan.assignments if one.agent != offers[0].agent]
            plan = PlanResult((*kept, *offers[0].route), (), (), 0, 0.0)
            lunches.pop(offers[0].agent, None)
            if offers[0].lunch:
                lunches[offers[0].agent] = offers[0].lunch


@QUICK
@given(days(), st.data())
def test_a_move_said_to_be_fine_is_walkable_and_one_refused_says_why(
    day: dict[str, Any], data: st.DataObject
) -> None:
    file = read_day(day)
    visits = {str(one["id"]): one for one in day["visits"]}
    plan = EMPTY
    for job in file.day.visits[:-1]:
        for offer in insertions(file.day, plan, job, limit=1):
            kept = [one for one in plan.assignments if one.agent != offer.agent]
            plan = PlanResult((*kept, *offer.route), (), (), 0, 0.0)
    visit = data.draw(st.sampled_from([one.id for one in file.day.visits]))
    agent = data.draw(st.sampled_from([one.id for one in file.day.agents]))
    start = data.draw(minutes)
    told = check_move(file.day, plan, visit, agent, start)
    window = visits[visit]["tw"]
    truth = window[0] <= start <= window[1] and has_room(
        day, as_file(file, list(plan.assignments), []), visits[visit], agent, start
    )
    assert told.ok == truth
    assert told.ok == all(one.ok for one in told.findings)
    assert all(one.text for one in told.findings)
    if told.ok:
        kept = [one for one in plan.assignments if agent != one.agent and visit != one.visit]
        moved = {one.visit: one for one in told.route}
        assert moved[visit].start == start
        breaks = [told.lunch] if told.lunch else []
        alone = as_file(file, list(told.route), breaks)
        assert complaints(day, alone) == []
        assert len(kept) + len(told.route) >= len(plan.assignments)


@WITH_SOLVER
@given(days())
def test_a_solved_day_has_no_violation_and_a_reason_for_each_unplaced(day: dict[str, Any]) -> None:
    file = read_day(day)
    result = solve(file.day)
    found: dict[str, Any] = plan_as_json(file, result)
    assert violations(day, found) == []
    visits = {one["id"]: one for one in day["visits"]}
    for one in found["unplaced"]:
        assert one["reason"] != "OPTIMISER_MISS"
        for other in one["alternatives"]:
            assert has_room(day, found, visits[one["visit"]], other["agent"], other["start"])


@WITH_SOLVER
@given(days(), st.data())
def test_no_accepted_visit_moves_or_drops_unless_the_plan_is_refused(
    day: dict[str, Any], data: st.DataObject
) -> None:
    """Promises are taken from a plan and some are then spoilt on purpose."""
    file = read_day(day)
    first: dict[str, Any] = plan_as_json(file, solve(file.day))
    later = deepcopy(day)
    later["fixed"] = [
        {
            **one,
            "start": one["start"] + data.draw(st.sampled_from([0, 0, 0, 900])),
            "tolerance": data.draw(st.sampled_from([0, 600, 1200])),
        }
        for one in first["assignments"]
        if data.draw(st.booleans())
    ]
    for number in range(3):
        extra = {**data.draw(st.sampled_from(day["visits"])), "id": 100 + number, "priority": 100}
        later["visits"].append(extra)
    again = read_day(later)
    try:
        found: dict[str, Any] = plan_as_json(again, solve(again.day))
    except PromiseBroken as broken:
        spoilt = {str(one["visit"]) for one in later["fixed"]}
        assert broken.visits
        assert set(broken.visits) <= spoilt
        untouched = [
            one
            for one in later["fixed"]
            if {k: one[k] for k in ("visit", "agent", "start")} in first["assignments"]
        ]
        assert len(untouched) < len(later["fixed"])
    else:
        assert violations(later, found) == []
