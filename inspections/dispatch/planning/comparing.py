"""Two plans side by side: what each places, what it drives, and whose visits move."""

from dataclasses import dataclass

from inspections.dispatch.planning.shapes import Assignment, PlanResult

MOVED_AFTER = 20 * 60


@dataclass(frozen=True, slots=True)
class Moved:
    visit: str
    from_agent: str
    from_start: int
    to_agent: str
    to_start: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Pairs are (first plan, second plan)."""

    placed: tuple[int, int]
    unplaced: tuple[int, int]
    travel_s: tuple[int, int]
    moved: tuple[Moved, ...]
    moved_agents: tuple[str, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    text: str


def compare(a: PlanResult, b: PlanResult, *, moved_after: int = MOVED_AFTER) -> Comparison:
    """A visit has moved when it has another agent, or starts over `moved_after` seconds apart."""
    first = {one.visit: one for one in a.assignments}
    second = {one.visit: one for one in b.assignments}
    moved = tuple(
        Moved(visit, old.agent, old.start, second[visit].agent, second[visit].start)
        for visit, old in first.items()
        if visit in second and _has_moved(old, second[visit], moved_after)
    )
    people = {one.from_agent for one in moved} | {one.to_agent for one in moved}
    return Comparison(
        (len(first), len(second)),
        (len(a.unplaced), len(b.unplaced)),
        (a.travel_s, b.travel_s),
        moved,
        tuple(sorted(people)),
        tuple(visit for visit in first if visit not in second),
        tuple(visit for visit in second if visit not in first),
        _price(len(second) - len(first), b.travel_s - a.travel_s, len(moved)),
    )


def _has_moved(old: Assignment, new: Assignment, moved_after: int) -> bool:
    return old.agent != new.agent or abs(old.start - new.start) > moved_after


def _price(visits: int, travel: int, moved: int) -> str:
    more = "上门数相同" if not visits else f"{'多' if visits > 0 else '少'}排 {abs(visits)} 次上门"
    road = "路程相同"
    if travel:
        road = f"路上{'多' if travel > 0 else '少'}花 {abs(travel) / 3600:.1f} 小时"
    return f"后一方案与前一方案相比：{more}，{road}，{moved} 次上门换人或改时间。"
