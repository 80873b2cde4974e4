"""Planned visits make room for one more, and everybody keeps a place."""

from dataclasses import replace

import pytest

from inspections.dispatch.planning.ground import Ground, Routes
from inspections.dispatch.planning.shapes import Agent, Day, Fixed, VisitJob
from inspections.dispatch.planning.shifting import shift

NOON = 12 * 3600
ROAD = [[0, 600], [600, 0]]
# One visit an hour at noon is all that anybody can make.
CREW = {"王": ("企业", "社保"), "陈": ("社保", "税务"), "刘": ("税务",)}


def agent(name: str) -> Agent:
    return Agent(name, 0, frozenset(CREW[name]), (9 * 3600, 17 * 3600))


def at_noon(name: str, need: str) -> VisitJob:
    return VisitJob(name, 1, frozenset({need}), 3600, (NOON, NOON), 20)


def ground(*visits: VisitJob, fixed: tuple[Fixed, ...] = ()) -> Ground:
    return Ground(replace(Day(tuple(agent(one) for one in CREW), visits, ROAD), fixed=fixed))


NEW = at_noon("新", "企业")


def test_one_goes_to_a_colleague_so_that_another_comes_in() -> None:
    routes: Routes = {"王": ["甲"], "陈": [], "刘": []}
    assert shift(ground(at_noon("甲", "社保"), NEW), routes, ["新"]) == []
    assert routes == {"王": ["新"], "陈": ["甲"], "刘": []}


def test_a_chain_of_two_is_found() -> None:
    routes: Routes = {"王": ["甲"], "陈": ["乙"], "刘": []}
    assert shift(ground(at_noon("甲", "社保"), at_noon("乙", "税务"), NEW), routes, ["新"]) == []
    assert routes == {"王": ["新"], "陈": ["甲"], "刘": ["乙"]}


@pytest.mark.parametrize("promised", [True, False])
def test_nobody_loses_a_place_and_a_promise_is_not_moved(promised: bool) -> None:
    fixed = (Fixed("甲", "王", NOON, 0),) if promised else ()
    need = "社保" if promised else "企业"
    routes: Routes = {"王": ["甲"], "陈": [], "刘": []}
    assert shift(ground(at_noon("甲", need), NEW, fixed=fixed), routes, ["新"]) == ["新"]
    assert routes == {"王": ["甲"], "陈": [], "刘": []}
