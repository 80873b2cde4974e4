"""A malformed day is refused with the field named, never with a traceback."""

import json
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspections.dispatch.planning.faults import MalformedDay
from inspections.dispatch.planning.reading import read_day
from tests.inspections.dispatch.planning.checker import violations
from tests.support.processes import ROOT

SMALL: dict[str, Any] = {
    "agents": [
        {
            "id": 7,
            "home": 0,
            "skills": [1],
            "shift": [30600, 63000],
            "break_start": [41400, 46800],
            "break_len": 2700,
        }
    ],
    "visits": [
        {"id": 5, "loc": 1, "need": [1], "dur": 1800, "tw": [30600, 43200], "priority": 20},
        {"id": 6, "loc": 2, "need": [9], "dur": 1800, "tw": [30600, 43200], "priority": 20},
    ],
    "durations": [[0, 600, 900], [600, 0, 300], [900, 300, 0]],
}

FAULTS: list[tuple[str, Callable[[dict[str, Any]], object]]] = [
    ("agents", lambda day: day.pop("agents")),
    ("visits", lambda day: day.update(visits={})),
    ("durations", lambda day: day.update(durations=[])),
    ("durations[1]", lambda day: day["durations"][1].pop()),
    ("durations[2][0]", lambda day: day["durations"][2].__setitem__(0, -1)),
    ("durations[0][1]", lambda day: day["durations"][0].__setitem__(1, "600")),
    ("agents[0].id", lambda day: day["agents"][0].update(id=None)),
    ("agents[0].home", lambda day: day["agents"][0].update(home=3)),
    ("agents[0].shift", lambda day: day["agents"][0].update(shift=[63000, 30600])),
    ("agents[0].break_start", lambda day: day["agents"][0].update(break_start=[1])),
    ("agents[0].skills[0]", lambda day: day["agents"][0].update(skills=[[]])),
    ("visits[0].tw[1]", lambda day: day["visits"][0].update(tw=[0, 10**9])),
    ("visits[0].dur", lambda day: day["visits"][0].update(dur=True)),
    ("visits[0].priority", lambda day: day["visits"][0].update(priority=-5)),
    ("visits[0].loc", lambda day: day["visits"][0].pop("loc")),
    ("visits[1].id", lambda day: day["visits"][1].update(id=5)),
    ("visits[1]", lambda day: day["visits"].__setitem__(1, 3)),
    ("now", lambda day: day.update(now="10:30")),
    ("done[0]", lambda day: day.update(done=[99])),
    ("absent[0]", lambda day: day.update(absent=["x"])),
    ("fixed[0].agent", lambda day: day.update(fixed=[{"visit": 5, "agent": 9, "start": 31000}])),
    ("fixed[0].start", lambda day: day.update(fixed=[{"visit": 5, "agent": 7}])),
]


@pytest.mark.parametrize(("field", "spoil"), FAULTS, ids=[field for field, _ in FAULTS])
def test_the_fault_names_its_field(field: str, spoil: Callable[[dict[str, Any]], object]) -> None:
    day = deepcopy(SMALL)
    spoil(day)
    with pytest.raises(MalformedDay) as refused:
        read_day(day)
    assert refused.value.field == field


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "agents", "visits", "durations", "tw"]), inner)
    ),
    max_leaves=12,
)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_whatever_stands_in_one_place_it_is_read_or_refused(data: st.DataObject) -> None:
    day = deepcopy(SMALL)
    place = data.draw(st.sampled_from(["", "agents", "visits"]))
    target = day[place][0] if place else day
    target[data.draw(st.sampled_from(sorted(target)))] = data.draw(json_values)
    try:
        read_day(day)
    except MalformedDay as refused:
        assert refused.field


def test_the_command_writes_the_plan_with_the_ids_of_the_file(tmp_path: Path) -> None:
    source, target = tmp_path / "day.json", tmp_path / "plan.json"
    source.write_text(json.dumps(SMALL), "utf-8")
    call_command("plan_day", str(source), "--out", str(target))
    plan = json.loads(target.read_text("utf-8"))
    assert violations(SMALL, plan) == []
    assert set(plan) == {"assignments", "breaks", "unplaced", "travel_h", "seconds"}
    assert [one["visit"] for one in plan["assignments"]] == [5]
    assert plan["breaks"][0]["agent"] == 7
    assert plan["unplaced"][0]["visit"] == 6
    assert plan["unplaced"][0]["reason"] == "NO_SKILL"


def test_manage_py_plans_without_loading_django(tmp_path: Path) -> None:
    source, target = tmp_path / "day.json", tmp_path / "plan.json"
    source.write_text(json.dumps(SMALL), "utf-8")
    words = [sys.executable, "-X", "importtime", "manage.py", "plan_day", str(source)]
    done = subprocess.run(
        [*words, "--out", str(target)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert " django" not in done.stderr
    assert violations(SMALL, json.loads(target.read_text("utf-8"))) == []
    source.write_text("{}", "utf-8")
    refused = subprocess.run(
        [*words[:1], *words[3:], "--out", str(target)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 2
    assert refused.stderr == "没有排班:durations:缺少这一项\n"


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000, '{"agents":[]}', "\x00"])
def test_the_command_refuses_what_is_no_day(tmp_path: Path, text: str) -> None:
    source = tmp_path / "day.json"
    source.write_text(text, "utf-8")
    with pytest.raises(CommandError):
        call_command("plan_day", str(source), "--out", str(tmp_path / "plan.json"))
    assert not (tmp_path / "plan.json").exists()


def test_an_empty_day_is_a_plan_of_nothing(tmp_path: Path) -> None:
    source, target = tmp_path / "day.json", tmp_path / "plan.json"
    source.write_text(json.dumps({"agents": [], "visits": [], "durations": [[0]]}), "utf-8")
    call_command("plan_day", str(source), "--out", str(target))
    assert json.loads(target.read_text("utf-8"))["assignments"] == []
