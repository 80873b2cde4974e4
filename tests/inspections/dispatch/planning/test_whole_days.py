from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.inspections.dispatch.planning.checker import has_room, violations
from tests.inspections.dispatch.planning.days import at_half_past_ten, generated, stored
from tests.inspections.dispatch.planning.plans import plan, priority_of


@pytest.fixture(scope="module")
def stored_plan() -> dict[str, Any]:
    return plan(stored())


def unplaced_of(found: dict[str, Any]) -> dict[int, dict[str, Any]]:
    return {one["visit"]: one for one in found["unplaced"]}


def assert_alternatives_hold(day: dict[str, Any], found: dict[str, Any]) -> int:
    """Every start told to a caller really fits, by the independent checker; how many there were."""
    visits = {one["id"]: one for one in day["visits"]}
    told = 0
    for one in found["unplaced"]:
        for other in one["alternatives"]:
            assert has_room(day, found, visits[one["visit"]], other["agent"], other["start"])
            told += 1
    return told


def test_the_stored_day_reaches_its_reference_without_a_violation(
    stored_plan: dict[str, Any],
) -> None:
    assert violations(stored(), stored_plan) == []
    assert len(stored_plan["assignments"]) >= 112
    assert priority_of(stored(), stored_plan) >= 5640


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda plan: plan["assignments"].pop(), "unplaced says"),
        (lambda plan: plan["assignments"].append(plan["assignments"][0]), "twice"),
        (lambda plan: plan["breaks"].clear(), "has 0 lunches"),
        (lambda plan: plan["unplaced"][0].update(text=""), "without a reason"),
        (lambda plan: [one.update(start=one["start"] + 1800) for one in plan["assignments"]], ""),
        (lambda plan: [one.update(agent=0) for one in plan["assignments"]], "lacks a skill"),
        (lambda plan: [one.update(start=41400) for one in plan["breaks"]], "cuts through lunch"),
    ],
)
def test_the_checker_bites(
    stored_plan: dict[str, Any], spoil: Callable[[dict[str, Any]], object], complaint: str
) -> None:
    spoilt = deepcopy(stored_plan)
    spoil(spoilt)
    found = violations(stored(), spoilt)
    assert found
    assert any(complaint in one for one in found)


def test_the_three_impossible_visits_are_named_rightly(stored_plan: dict[str, Any]) -> None:
    found = unplaced_of(stored_plan)
    assert found[3]["reason"] == "NO_SKILL"
    assert found[3]["blocker"] == {"kind": "SKILL", "skills": [9]}
    assert found[3]["alternatives"] == []
    assert found[11]["reason"] == "NO_SHIFT_IN_WINDOW"
    assert found[25]["reason"] == "UNREACHABLE_IN_WINDOW"


def test_a_crowded_out_visit_names_the_visit_whose_removal_makes_room(
    stored_plan: dict[str, Any],
) -> None:
    day = stored()
    visits = {one["id"]: one for one in day["visits"]}
    named = 0
    for one in stored_plan["unplaced"]:
        if one["reason"] != "CONTENTION" or one["blocker"]["kind"] != "VISIT":
            continue
        less = {
            **stored_plan,
            "assignments": [
                a for a in stored_plan["assignments"] if a["visit"] != one["blocker"]["visit"]
            ],
        }
        start, agent = one["blocker"]["at"], one["blocker"]["agents"][0]
        assert has_room(day, less, visits[one["visit"]], agent, start)
        named += 1
    assert named >= 3


def test_every_start_told_to_a_caller_really_fits(stored_plan: dict[str, Any]) -> None:
    assert assert_alternatives_hold(stored(), stored_plan) >= 6


def test_at_half_past_ten_no_accepted_visit_moves_or_drops(stored_plan: dict[str, Any]) -> None:
    later = at_half_past_ten(stored(), stored_plan)
    found = plan(later)
    assert violations(later, found) == []
    placed = {one["visit"] for one in found["assignments"]}
    assert {1000 + number for number in range(8)} <= placed
    assert_alternatives_hold(later, found)


@pytest.mark.parametrize("seed", range(1, 6))
def test_generated_days_and_their_half_past_ten_are_walkable(seed: int) -> None:
    day = generated(seed)
    found = plan(day)
    assert violations(day, found) == []
    assert len(found["assignments"]) > 60
    assert_alternatives_hold(day, found)
    later = at_half_past_ten(day, found, seed=seed, sick=seed)
    again = plan(later)
    assert violations(later, again) == []
    assert_alternatives_hold(later, again)


def test_where_agents_stand_may_be_unknown(stored_plan: dict[str, Any]) -> None:
    later = at_half_past_ten(stored(), stored_plan)
    later["fixed"] = [one for one in later["fixed"] if one["visit"] not in later["done"]]
    assert violations(later, plan(later)) == []


def test_protected_visits_come_strictly_first() -> None:
    day = generated(7, agents=6, visits=60)
    humble = [one for one in day["visits"] if one["priority"] == 20][:12]
    for one in humble:
        one["protected"] = True
    only_humble = {**day, "visits": humble}
    possible = {one["visit"] for one in plan(only_humble)["assignments"]}
    found = plan(day)
    assert violations(day, found) == []
    placed = {one["visit"] for one in found["assignments"]}
    assert len(possible) >= 6
    assert possible <= placed
