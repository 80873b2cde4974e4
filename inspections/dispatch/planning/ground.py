"""The day made ready for walking: who can still go where, when, and what is promised to whom."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from inspections.dispatch.planning.clockwork import Stop, Track, arrival
from inspections.dispatch.planning.shapes import (
    Agent,
    Assignment,
    Day,
    Fixed,
    PlanResult,
    Span,
    VisitJob,
)

Routes = dict[str, list[str]]
"""Agent id → ids of the visits still to be made, in order; visits under way are not in it."""


@dataclass
class Ground:
    """`held` are visits begun or on the way to: they stand as promised and are not re-timed."""

    day: Day
    agents: dict[str, Agent] = field(init=False)
    jobs: dict[str, VisitJob] = field(init=False)
    promises: dict[str, Fixed] = field(init=False)
    tracks: dict[str, Track] = field(init=False, default_factory=dict)
    stops: dict[str, Stop] = field(init=False)
    held: dict[str, list[Assignment]] = field(init=False, default_factory=dict)
    starting_places: dict[str, int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        day = self.day
        self.agents = {agent.id: agent for agent in day.agents}
        self.jobs = {job.id: job for job in day.visits}
        self.promises = {one.visit: one for one in day.fixed if one.visit not in day.done}
        self.stops = {job.id: self._stop(job) for job in day.visits if job.id not in day.done}
        for agent in day.agents:
            if agent.id not in day.absent:
                self._open(agent)

    @property
    def held_visits(self) -> set[str]:
        return {one.visit for held in self.held.values() for one in held}

    def pinned_to(self, visit: str) -> str | None:
        """The agent who must make the visit: by an accepted promise, or because only they may."""
        promise = self.promises.get(visit)
        if promise is not None and promise.agent not in self.day.absent:
            return promise.agent
        job = self.jobs.get(visit)
        return job.only_agent if job else None

    def may(self, agent: str, job: VisitJob) -> bool:
        pin = self.pinned_to(job.id) if job.id in self.jobs else job.only_agent
        if pin is not None and agent != pin:
            return False
        accepted = job.id in self.promises and pin == agent
        return accepted or job.need <= self.agents[agent].skills

    def stop_of(self, job: VisitJob) -> Stop:
        return self.stops.get(job.id) or self._stop(job)

    def let_go(self, visit: str) -> None:
        """From now on the visit may be made by anybody, at any time of its window."""
        self.promises.pop(visit, None)
        self.stops[visit] = self._stop(self.jobs[visit])

    def route_of(self, agent: str, visits: Iterable[str]) -> list[Stop]:
        return [self.stops[visit] for visit in visits]

    def routes_of(self, result: PlanResult) -> Routes:
        """The order of the day a plan says, without what is done, held or of an absent agent."""
        held = self.held_visits
        routes: Routes = {agent: [] for agent in self.tracks}
        for one in sorted(result.assignments, key=lambda a: a.start):
            if one.visit in self.stops and one.visit not in held and one.agent in routes:
                routes[one.agent].append(one.visit)
        return routes

    def travel(self, routes: Routes) -> int:
        total = 0
        for agent, track in self.tracks.items():
            places = [self.starting_places[agent]]
            places += [self.stops[one.visit].loc for one in self.held.get(agent, [])]
            places += [self.stops[visit].loc for visit in routes.get(agent, [])]
            places.append(track.home)
            total += sum(self.day.durations[a][b] for a, b in pairwise(places))
        return total

    def _stop(self, job: VisitJob) -> Stop:
        since, until = job.tw
        promise = self.promises.get(job.id)
        if promise is not None:
            low, high = promise.start - promise.tolerance, promise.start + promise.tolerance
            if since <= promise.start <= until:
                low, high = max(low, since), min(high, until)
            since, until = low, high
        return Stop(job.id, job.loc, max(since, self.day.now), until, job.dur)

    def _open(self, agent: Agent) -> None:
        opens = max(agent.shift[0], self.day.now, agent.free_from or 0)
        place, left_at = self._standing(agent)
        self.starting_places[agent.id] = place if place is not None else agent.home
        held: list[Assignment] = []
        mine = [one for one in self.promises.values() if one.agent == agent.id]
        for promise in sorted(mine, key=lambda one: one.start):
            begun = self._begun(promise, place, left_at, opens)
            if begun is None:
                break
            held.append(Assignment(promise.visit, agent.id, begun))
            place = self.jobs[promise.visit].loc
            left_at = begun + self.jobs[promise.visit].dur
            opens = max(opens, left_at)
        if held:
            self.held[agent.id] = held
        origin = place if place is not None else agent.home
        self.tracks[agent.id] = track_of(agent, origin, opens)

    def _standing(self, agent: Agent) -> tuple[int | None, int]:
        """Where the agent stands and since when, as far as anyone said; None when nobody did."""
        if agent.at is not None:
            return agent.at, agent.free_from if agent.free_from is not None else self.day.now
        finished = [
            one for one in self.day.fixed if one.agent == agent.id and one.visit in self.day.done
        ]
        if not finished:
            return None, agent.shift[0]
        last = max(finished, key=lambda one: one.start)
        job = self.jobs[last.visit]
        return job.loc, min(last.start + job.dur, self.day.now)

    def _begun(self, promise: Fixed, place: int | None, left_at: int, opens: int) -> int | None:
        """The start of a visit begun, or met in time only by an agent who has left already."""
        if not self.day.now:
            return None
        if promise.start <= self.day.now:
            return promise.start
        agent, stop = self.agents[promise.agent], self.stops[promise.visit]
        travel = self.day.durations[agent.home if place is None else place][stop.loc]
        absences = sorted(agent.blocked)
        if arrival(absences, opens, travel) <= promise.start:
            return None
        if place is None and self.day.done:
            return promise.start  # nobody said where the agent is; the promise does
        there = max(promise.start, arrival(absences, left_at, travel))
        return there if there <= stop.latest else None


def track_of(agent: Agent, origin: int, opens: int) -> Track:
    """The agent's open time with the absences cut out and the lunch that is still owed."""
    closes = agent.shift[1]
    spans: list[Span] = []
    for since, until in sorted(agent.blocked):
        if until <= opens or since >= closes:
            continue
        if since <= opens:
            opens = until
        elif until >= closes:
            closes = since
        elif spans and since <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(until, spans[-1][1]))
        else:
            spans.append((since, until))
    lunch = lunch_still_owed(agent, spans, opens, closes)
    return Track(origin, agent.home, opens, closes, lunch, agent.break_len, tuple(spans))


def lunch_still_owed(agent: Agent, spans: Sequence[Span], opens: int, closes: int) -> Span | None:
    """The longest stretch in which lunch may begin clear of absences; None when there is none."""
    if agent.break_start is None or not agent.break_len:
        return None
    first = max(agent.break_start[0], opens)
    last = min(agent.break_start[1], closes - agent.break_len)
    pieces: list[Span] = []
    for since, until in spans:
        if since - agent.break_len >= first:
            pieces.append((first, min(last, since - agent.break_len)))
        first = max(first, until)
    pieces.append((first, last))
    whole = [piece for piece in pieces if piece[0] <= piece[1]]
    return max(whole, key=lambda piece: piece[1] - piece[0], default=None)
