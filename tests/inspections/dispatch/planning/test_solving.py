from dataclasses import replace
from typing import cast

import pytest

from inspections.dispatch.planning import check, compare, reasons, solve
from inspections.dispatch.planning.child import Answer, Problem
from inspections.dispatch.planning.engine import Optimiser
from inspections.dispatch.planning.faults import PromiseBroken, SolverFailed
from inspections.dispatch.planning.ground import Ground
from inspections.dispatch.planning.reading import read_day
from inspections.dispatch.planning.shapes import (
    Agent,
    Assignment,
    Break,
    Day,
    Fixed,
    PlanResult,
    Reason,
    VisitJob,
)
from inspections.dispatch.planning.solving import Task, _place, assert_promises
from tests.inspections.dispatch.planning.days import stored

NINE, NOON, FIVE = 9 * 3600, 12 * 3600, 17 * 3600
ROAD = [[0, 600, 600], [600, 0, 600], [600, 600, 0]]


def agent(number: str = "王", **facts: object) -> Agent:
    plain = Agent(number, 0, frozenset({"企业开办"}), (NINE, FIVE))
    return replace(plain, **facts)  # type: ignore[arg-type]


def visit(number: str, **facts: object) -> VisitJob:
    plain = VisitJob(
        number, 1, frozenset({"企业开办"}), 3600, (NINE, FIVE), 20, title=f"第 {number} 家"
    )
    return replace(plain, **facts)  # type: ignore[arg-type]


def day(agents: list[Agent], visits: list[VisitJob], **facts: object) -> Day:
    return replace(Day(tuple(agents), tuple(visits), ROAD), **facts)  # type: ignore[arg-type]


class TestPromises:
    def test_two_accepted_visits_at_one_time_are_refused_by_name(self) -> None:
        promised = (Fixed("甲", "王", NOON, 0), Fixed("乙", "王", NOON, 600))
        with pytest.raises(PromiseBroken) as refused:
            solve(day([agent()], [visit("甲"), visit("乙")], fixed=promised))
        assert refused.value.visits == ("乙",)
        assert "第 乙 家" in str(refused.value)

    def test_urgent_visits_that_weigh_more_never_push_an_accepted_one_out(self) -> None:
        urgent = [visit(f"急{n}", priority=100, tw=(NOON, NOON + 2400), dur=300) for n in range(6)]
        kept = visit("甲", priority=0, dur=7200)
        made = solve(day([agent()], [kept, *urgent], fixed=(Fixed("甲", "王", NOON - 1800, 0),)))
        assert Assignment("甲", "王", NOON - 1800) in made.assignments

    def test_the_sick_ones_promise_keeps_its_time_with_somebody_else(self) -> None:
        promised = (Fixed("甲", "王", NOON, 1200),)
        made = solve(
            day([agent(), agent("陈")], [visit("甲")], fixed=promised, absent=frozenset({"王"}))
        )
        assert made.assignments[0].agent == "陈"
        assert abs(made.assignments[0].start - NOON) <= 1200

    def test_the_sick_ones_promise_nobody_can_keep_is_unplaced_not_moved(self) -> None:
        promised = (Fixed("甲", "王", NOON, 1200),)
        away = agent("陈", blocked=((NOON - 3600, NOON + 3600),))
        made = solve(day([agent(), away], [visit("甲")], fixed=promised, absent=frozenset({"王"})))
        assert made.assignments == ()
        assert made.unplaced[0].reason is Reason.NO_SHIFT_IN_WINDOW
        assert made.unplaced[0].alternatives


class TestReasons:
    def test_an_area_nobody_looks_after_is_said_so(self) -> None:
        made = solve(day([agent()], [visit("甲", need=frozenset({"area:城北"}))]))
        assert made.unplaced[0].reason is Reason.NO_SKILL
        assert made.unplaced[0].blocker.kind == "AREA"
        assert "片区" in made.unplaced[0].text

    def test_a_wanted_agent_without_the_skill_is_named(self) -> None:
        made = solve(
            day([agent(), agent("陈", skills=frozenset())], [visit("甲", only_agent="陈")])
        )
        assert made.unplaced[0].blocker.kind == "AGENT"
        assert made.unplaced[0].blocker.agents == ("陈",)

    def test_a_visit_left_out_of_a_plan_it_fits_is_an_optimisers_miss(self) -> None:
        empty = PlanResult((), (), (), 0, 0.0)
        told = reasons(day([agent()], [visit("甲")]), empty)
        assert told[0].reason is Reason.OPTIMISER_MISS
        assert len(told[0].alternatives) == 3

    def test_the_least_important_visit_is_the_blocker(self) -> None:
        window = (NOON, NOON)
        rivals = [
            visit("甲", tw=window, priority=60),
            visit("乙", tw=window, priority=20),
        ]
        made = solve(day([agent(), agent("陈")], [*rivals, visit("丙", tw=window, priority=10)]))
        assert made.unplaced[0].visit == "丙"
        assert made.unplaced[0].reason is Reason.CONTENTION
        assert made.unplaced[0].blocker.visit == "乙"


class Forgetful:
    """An optimiser that drops whatever it was told to keep."""

    def ask(self, _problem: Problem) -> Answer:
        return {"routes": {}}


class TestSoftPins:
    def test_what_must_stay_stays_when_the_optimiser_drops_it(self) -> None:
        ground = Ground(day([agent()], [visit("甲"), visit("乙")]))
        task = Task(ground, cast("Optimiser", Forgetful()), 3)
        routes = _place(task, {"王": ["甲"]}, ["乙"])
        assert sorted(routes["王"]) == ["乙", "甲"]

    def test_a_plan_without_an_accepted_visit_is_never_given_out(self) -> None:
        ground = Ground(day([agent()], [visit("甲")], fixed=(Fixed("甲", "王", NOON, 60),)))
        with pytest.raises(PromiseBroken) as refused:
            assert_promises(ground, PlanResult((), (), (), 0, 0.0))
        assert refused.value.visits == ("甲",)


class TestChild:
    def test_a_solver_out_of_time_is_stopped_and_said_so(self) -> None:
        with pytest.raises(SolverFailed, match="超过"):
            solve(read_day(stored()).day, time_limit=0.05)

    def test_the_optimiser_is_never_loaded_here(self) -> None:
        import sys

        solve(day([agent()], [visit("甲")]))
        assert "vroom" not in sys.modules


class TestGuard:
    @pytest.fixture
    def plain(self) -> Day:
        lunch = agent(break_start=(NOON, NOON + 3600), break_len=1800)
        return day([lunch, agent("陈", skills=frozenset())], [visit("甲"), visit("乙", loc=2)])

    @pytest.mark.parametrize(
        ("assignments", "breaks", "code"),
        [
            ([Assignment("丁", "王", NINE)], [], "UNKNOWN"),
            ([Assignment("甲", "王", 10 * 3600)] * 2, [Break("王", NOON)], "TWICE"),
            ([Assignment("甲", "陈", 10 * 3600)], [], "SKILL"),
            ([Assignment("甲", "王", NINE + 599)], [Break("王", NOON)], "REACH"),
            ([Assignment("甲", "王", 8 * 3600)], [Break("王", NOON)], "WINDOW"),
            ([Assignment("甲", "王", 16 * 3600)], [Break("王", NOON)], "SHIFT"),
            ([Assignment("甲", "王", 10 * 3600)], [], "BREAK"),
            ([Assignment("甲", "王", NOON)], [Break("王", NOON + 1800)], "BREAK"),
            ([Assignment("甲", "王", 10 * 3600)], [Break("王", NINE)], "BREAK"),
        ],
    )
    def test_what_is_wrong_has_its_code(
        self, plain: Day, assignments: list[Assignment], breaks: list[Break], code: str
    ) -> None:
        assert code in {one.code for one in check(plain, assignments, breaks)}

    def test_a_plan_people_can_walk_has_nothing_wrong(self, plain: Day) -> None:
        walked = [Assignment("甲", "王", NINE + 600), Assignment("乙", "王", 13 * 3600)]
        assert check(plain, walked, [Break("王", NOON)]) == []

    def test_a_promise_dropped_moved_or_handed_over_is_found(self, plain: Day) -> None:
        promised = replace(plain, fixed=(Fixed("甲", "王", 10 * 3600, 300),))
        assert [one.code for one in check(promised, [], [])] == ["PROMISE"]
        late = check(promised, [Assignment("甲", "王", 11 * 3600)], [Break("王", NOON)])
        assert {one.code for one in late} == {"WINDOW", "PROMISE"}
        other = check(promised, [Assignment("甲", "陈", 10 * 3600)], [])
        assert "PROMISE" in {one.code for one in other}


def test_two_plans_are_compared_by_what_moved() -> None:
    first = PlanResult(
        (Assignment("甲", "王", NINE), Assignment("乙", "王", NOON)), (), (), 3600, 0
    )
    second = PlanResult(
        (
            Assignment("甲", "陈", NINE),
            Assignment("乙", "王", NOON + 60),
            Assignment("丙", "王", FIVE),
        ),
        (),
        (),
        5400,
        0,
    )
    told = compare(first, second)
    assert [one.visit for one in told.moved] == ["甲"]
    assert told.moved_agents == ("王", "陈")
    assert (told.only_a, told.only_b) == ((), ("丙",))
    assert (
        told.text
        == "后一方案与前一方案相比：多排 1 次上门，路上多花 0.5 小时，1 次上门换人或改时间。"
    )
