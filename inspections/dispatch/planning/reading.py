"""A day as a file: read strictly, every fault named by its field; the plan written back with the
ids as they were given."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from inspections.dispatch.planning.faults import MalformedDay
from inspections.dispatch.planning.shapes import (
    DAY_END,
    Agent,
    Blocker,
    Day,
    Fixed,
    PlanResult,
    Skill,
    Span,
    VisitJob,
)

Id = str | int
T = TypeVar("T")
MAX_PLACES = 5_000
MAX_TRAVEL = 7 * DAY_END


@dataclass(frozen=True, slots=True)
class DayFile:
    """The day and its ids as the file wrote them."""

    day: Day
    agent_ids: Mapping[str, Id]
    visit_ids: Mapping[str, Id]


class Reader:
    """One object of the file; knows where it stands in it."""

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise MalformedDay(where or "文件", "应当是一个对象")
        self.value: dict[str, object] = value
        self.where = where

    def at(self, name: str) -> str:
        return f"{self.where}.{name}" if self.where else name

    def has(self, name: str) -> bool:
        return self.value.get(name) is not None

    def get(self, name: str) -> object:
        if name not in self.value:
            raise MalformedDay(self.at(name), "缺少这一项")
        return self.value[name]

    def whole(self, name: str, low: int, high: int) -> int:
        return whole(self.get(name), self.at(name), low, high)

    def identity(self, name: str) -> Id:
        return identity(self.get(name), self.at(name))

    def items(self, name: str) -> list[object]:
        return items(self.get(name), self.at(name))

    def span(self, name: str) -> Span:
        return span(self.get(name), self.at(name))

    def flag(self, name: str) -> bool:
        found = self.value.get(name, False)
        if not isinstance(found, bool):
            raise MalformedDay(self.at(name), "应当是 true 或 false")
        return found


def whole(value: object, where: str, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise MalformedDay(where, "应当是整数")
    if not low <= value <= high:
        raise MalformedDay(where, f"应当在 {low} 到 {high} 之间")
    return value


def identity(value: object, where: str) -> Id:
    if isinstance(value, bool) or not isinstance(value, int | str) or value == "":
        raise MalformedDay(where, "应当是整数或非空文字")
    return value


def items(value: object, where: str) -> list[object]:
    if not isinstance(value, list):
        raise MalformedDay(where, "应当是一个列表")
    return value


def span(value: object, where: str) -> Span:
    pair = items(value, where)
    if len(pair) != 2:
        raise MalformedDay(where, "应当是 [起, 止] 两个数")
    since = whole(pair[0], f"{where}[0]", 0, 2 * DAY_END)
    until = whole(pair[1], f"{where}[1]", 0, 2 * DAY_END)
    if until < since:
        raise MalformedDay(where, "止早于起")
    return since, until


def read_day(source: object) -> DayFile:
    """The file's content as a Day. Refuses: MalformedDay with the field's name."""
    whole_file = Reader(source, "")
    durations = _matrix(whole_file)
    places = len(durations)
    agents = _list(whole_file, "agents", lambda one: _agent(one, places))
    visits = _list(whole_file, "visits", lambda one: _visit(one, places))
    agent_ids = _unique("agents", [one for one, _ in agents])
    visit_ids = _unique("visits", [one for one, _ in visits])
    for index, (_, job) in enumerate(visits):
        if job.only_agent is not None:
            _known(job.only_agent, agent_ids, f"visits[{index}].only_agent")
    day = Day(
        agents=tuple(agent for _, agent in agents),
        visits=tuple(job for _, job in visits),
        durations=durations,
        now=whole_file.whole("now", 0, DAY_END) if whole_file.has("now") else 0,
        fixed=_fixed(whole_file, agent_ids, visit_ids),
        done=_ids(whole_file, "done", visit_ids),
        absent=_ids(whole_file, "absent", agent_ids),
    )
    return DayFile(day, agent_ids, visit_ids)


def _matrix(source: Reader) -> list[list[int]]:
    rows = source.items("durations")
    if not 0 < len(rows) <= MAX_PLACES:
        raise MalformedDay("durations", f"行数应当在 1 到 {MAX_PLACES} 之间")
    matrix: list[list[int]] = []
    for index, row in enumerate(rows):
        cells = items(row, f"durations[{index}]")
        if len(cells) != len(rows):
            raise MalformedDay(f"durations[{index}]", f"应当有 {len(rows)} 个数")
        if not all(type(cell) is int and 0 <= cell <= MAX_TRAVEL for cell in cells):
            for column, cell in enumerate(cells):
                whole(cell, f"durations[{index}][{column}]", 0, MAX_TRAVEL)
        matrix.append([cell for cell in cells if isinstance(cell, int)])
    return matrix


def _list(source: Reader, name: str, read: Callable[[Reader], T]) -> list[T]:
    return [
        read(Reader(value, f"{name}[{index}]")) for index, value in enumerate(source.items(name))
    ]


def _skills(source: Reader, name: str) -> frozenset[Skill]:
    where = source.at(name)
    return frozenset(
        identity(one, f"{where}[{index}]") for index, one in enumerate(source.items(name))
    )


def _agent(source: Reader, places: int) -> tuple[Id, Agent]:
    given = source.identity("id")
    blocked = source.items("blocked") if source.has("blocked") else []
    return given, Agent(
        id=str(given),
        home=source.whole("home", 0, places - 1),
        skills=_skills(source, "skills"),
        shift=source.span("shift"),
        break_start=source.span("break_start") if source.has("break_start") else None,
        break_len=source.whole("break_len", 0, DAY_END) if source.has("break_len") else 0,
        blocked=tuple(
            span(one, f"{source.at('blocked')}[{index}]") for index, one in enumerate(blocked)
        ),
    )


def _visit(source: Reader, places: int) -> tuple[Id, VisitJob]:
    given = source.identity("id")
    return given, VisitJob(
        id=str(given),
        loc=source.whole("loc", 0, places - 1),
        need=_skills(source, "need"),
        dur=source.whole("dur", 0, DAY_END),
        tw=source.span("tw"),
        priority=source.whole("priority", 0, 1_000_000),
        protected=source.flag("protected"),
        only_agent=str(source.identity("only_agent")) if source.has("only_agent") else None,
    )


def _unique(name: str, ids: Sequence[Id]) -> dict[str, Id]:
    known: dict[str, Id] = {}
    for index, one in enumerate(ids):
        if str(one) in known:
            raise MalformedDay(f"{name}[{index}].id", f"重复的编号 {one}")
        known[str(one)] = one
    return known


def _known(value: Id, ids: Mapping[str, Id], where: str) -> str:
    if str(value) not in ids:
        raise MalformedDay(where, f"没有编号 {value}")
    return str(value)


def _ids(source: Reader, name: str, ids: Mapping[str, Id]) -> frozenset[str]:
    if not source.has(name):
        return frozenset()
    return frozenset(
        _known(identity(one, f"{name}[{index}]"), ids, f"{name}[{index}]")
        for index, one in enumerate(source.items(name))
    )


def _fixed(
    source: Reader, agent_ids: Mapping[str, Id], visit_ids: Mapping[str, Id]
) -> tuple[Fixed, ...]:
    if not source.has("fixed"):
        return ()
    found: dict[str, Fixed] = {}
    for one in _list(source, "fixed", lambda reader: reader):
        visit = _known(one.identity("visit"), visit_ids, one.at("visit"))
        if visit in found:
            raise MalformedDay(one.at("visit"), "同一次上门约定了两次")
        found[visit] = Fixed(
            visit,
            _known(one.identity("agent"), agent_ids, one.at("agent")),
            one.whole("start", 0, 2 * DAY_END),
            one.whole("tolerance", 0, DAY_END) if one.has("tolerance") else 0,
        )
    return tuple(found.values())


def plan_as_json(file: DayFile, result: PlanResult) -> dict[str, object]:
    """The plan in the file's own format and ids."""
    agents, visits = file.agent_ids, file.visit_ids
    return {
        "assignments": [
            {"visit": visits[one.visit], "agent": agents[one.agent], "start": one.start}
            for one in result.assignments
        ],
        "breaks": [{"agent": agents[one.agent], "start": one.start} for one in result.breaks],
        "unplaced": [
            {
                "visit": visits[one.visit],
                "reason": one.reason.value,
                "text": one.text,
                "blocker": _blocker(file, one.blocker),
                "alternatives": [
                    {
                        "agent": agents[other.agent],
                        "start": other.start,
                        "in_window": other.in_window,
                    }
                    for other in one.alternatives
                ],
            }
            for one in result.unplaced
        ],
        "travel_h": round(result.travel_s / 3600, 2),
        "seconds": result.seconds,
    }


def _blocker(file: DayFile, blocker: Blocker) -> dict[str, object]:
    found: dict[str, object] = {"kind": blocker.kind}
    if blocker.visit is not None:
        found["visit"] = file.visit_ids[blocker.visit]
    if blocker.agents:
        found["agents"] = [file.agent_ids[agent] for agent in blocker.agents]
    if blocker.skills:
        found["skills"] = list(blocker.skills)
    if blocker.at is not None:
        found["at"] = blocker.at
    return found
