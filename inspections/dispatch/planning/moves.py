"""What a drag on the board would do, told before the hand lets go."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from inspections.dispatch.planning.clockwork import Stop, Timing, Track, blocked_within, timing
from inspections.dispatch.planning.ground import Ground, Routes
from inspections.dispatch.planning.insertion import (
    Place,
    Walk,
    assignments_of,
    reachable_alone,
)
from inspections.dispatch.planning.shapes import (
    AREA_PREFIX,
    Agent,
    Break,
    Day,
    Finding,
    MoveCheck,
    PlanResult,
    VisitJob,
    hhmm,
)


@dataclass(frozen=True, slots=True)
class Wish:
    """The move asked for; `others` are the agent's other stops in order."""

    ground: Ground
    job: VisitJob
    agent: Agent
    start: int
    others: tuple[Stop, ...]

    @property
    def stop(self) -> Stop:
        return Stop(self.job.id, self.job.loc, self.start, self.start, self.job.dur)


def check_move(day: Day, result: PlanResult, visit: str, agent: str, start: int) -> MoveCheck:
    """Whether `agent` can make `visit` at exactly `start` when the rest of the plan stays.

    The agent's other visits may shift inside their own windows and promises; nobody else's do.
    Findings, each with a sentence: SKILL AREA ABSENT SHIFT WINDOW PROMISE BREAK REACH_NEXT.
    Raises KeyError for a visit or an agent the day does not know.
    """
    ground = Ground(day)
    routes = ground.routes_of(result)
    before = ground.travel(routes)
    job = ground.jobs[visit]
    for route in routes.values():
        if visit in route:
            route.remove(visit)
    others = tuple(ground.route_of(agent, routes.get(agent, ())))
    wish = Wish(ground, job, ground.agents[agent], start, others)
    findings = [_skill(wish), _area(wish), _absent(wish), _shift(wish), _window(wish)]
    findings.append(_promise(wish))
    found = _fitted(wish, routes)
    findings += _on_the_road(wish, fits=found is not None)
    if found is None or not all(one.ok for one in findings):
        return MoveCheck(ok=False, extra_travel_s=0, findings=tuple(findings))
    place, timed = found
    routes[agent].insert(place.position, visit)
    return MoveCheck(
        ok=True,
        extra_travel_s=ground.travel(routes) - before,
        findings=tuple(findings),
        route=assignments_of(ground, agent, routes[agent], timed),
        lunch=None if timed.lunch is None else Break(agent, timed.lunch),
    )


def _fitted(wish: Wish, routes: Routes) -> tuple[Place, Timing] | None:
    """The cheapest place between the agent's other visits at exactly this start."""
    track = wish.ground.tracks.get(wish.agent.id)
    if track is None:
        return None
    walk = Walk(wish.ground, {wish.agent.id: routes[wish.agent.id]})
    # Skill and promise are findings of their own: here only the clock decides.
    places = walk.places_of(wish.agent.id, wish.stop)
    place = min(places, key=lambda one: one.cost, default=None)
    timed = walk.timed(place, wish.stop) if place else None
    return (place, timed) if place and timed else None


def _skill(wish: Wish) -> Finding:
    lacking = [one for one in wish.job.need - wish.agent.skills if not _is_area(one)]
    names = wish.ground.day.skill_names
    if lacking:
        words = "、".join(sorted(str(names.get(one, one)) for one in lacking))
        return Finding("SKILL", ok=False, text=f"{_name(wish)}不具备：{words}。")
    if wish.job.only_agent not in (None, wish.agent.id):
        return Finding("SKILL", ok=False, text="群众指定了另一位工作人员。")
    return Finding("SKILL", ok=True, text="具备这次上门要求的条件。")


def _area(wish: Wish) -> Finding:
    outside = any(_is_area(one) for one in wish.job.need - wish.agent.skills)
    if outside:
        return Finding("AREA", ok=False, text=f"地址不在{_name(wish)}负责的片区。")
    return Finding("AREA", ok=True, text="地址在负责的片区内。")


def _absent(wish: Wish) -> Finding:
    away = wish.agent.id in wish.ground.day.absent or blocked_within(
        wish.agent.blocked, wish.start, wish.start + wish.job.dur
    )
    if away:
        return Finding("ABSENT", ok=False, text=f"{_name(wish)}这段时间不在岗。")
    return Finding("ABSENT", ok=True, text="这段时间在岗。")


def _shift(wish: Wish) -> Finding:
    since, until = wish.agent.shift
    span = f"{hhmm(since)}至{hhmm(until)}"
    if wish.start < since or wish.start + wish.job.dur > until:
        return Finding("SHIFT", ok=False, text=f"不在{_name(wish)}的班次（{span}）内。")
    return Finding("SHIFT", ok=True, text=f"在班次（{span}）内。")


def _window(wish: Wish) -> Finding:
    since, until = wish.job.tw
    span = f"{hhmm(since)}至{hhmm(until)}"
    if wish.start < wish.ground.day.now:
        now = hhmm(wish.ground.day.now)
        return Finding("WINDOW", ok=False, text=f"{hhmm(wish.start)} 已经过去，现在是 {now}。")
    if not since <= wish.start <= until:
        return Finding("WINDOW", ok=False, text=f"不在群众要求的时段（{span}）内。")
    return Finding("WINDOW", ok=True, text=f"在群众要求的时段（{span}）内。")


def _promise(wish: Wish) -> Finding:
    promise = wish.ground.promises.get(wish.job.id)
    if promise is None:
        return Finding("PROMISE", ok=True, text="还没有向群众承诺时间。")
    if promise.agent != wish.agent.id and promise.agent not in wish.ground.day.absent:
        return Finding("PROMISE", ok=False, text="已由另一位工作人员接单，不能换人。")
    if abs(wish.start - promise.start) > promise.tolerance:
        text = f"已答应群众 {hhmm(promise.start)} 上门，不能改到 {hhmm(wish.start)}。"
        return Finding("PROMISE", ok=False, text=text)
    return Finding("PROMISE", ok=True, text="与已答应群众的时间一致。")


def _on_the_road(wish: Wish, *, fits: bool) -> Sequence[Finding]:
    """BREAK and REACH_NEXT: which of the two stands in the way when the clock says no."""
    rested = Finding("BREAK", ok=True, text="午间休息能保证。")
    reached = Finding("REACH_NEXT", ok=True, text="前后几家都赶得上。")
    track = wish.ground.tracks.get(wish.agent.id)
    if fits or track is None:
        return rested, reached
    durations = wish.ground.day.durations
    if _fits_without_lunch(wish, track):
        return Finding("BREAK", ok=False, text="这样排就没有午间休息了。"), reached
    if not reachable_alone(track, wish.stop, durations):
        text = f"{_name(wish)}{hhmm(wish.start)} 赶不到，或者下班前回不来。"
    else:
        text = "与前后的上门撞在一起，路上来不及。"
    return rested, Finding("REACH_NEXT", ok=False, text=text)


def _fits_without_lunch(wish: Wish, track: Track) -> bool:
    if track.lunch is None:
        return False
    hungry = replace(track, lunch=None)
    return any(
        timing(hungry, [*wish.others[:at], wish.stop, *wish.others[at:]], wish.ground.day.durations)
        for at in range(len(wish.others) + 1)
    )


def _is_area(skill: str | int) -> bool:
    return str(skill).startswith(AREA_PREFIX)


def _name(wish: Wish) -> str:
    return wish.agent.name or f"{wish.agent.id} 号工作人员"
