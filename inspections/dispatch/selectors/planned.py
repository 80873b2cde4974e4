"""A day's picture as the planner reads it, and the planner's answers as instants again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from inspections.bookings.rules import ZONE, Slot
from inspections.dispatch.models import DispatchOrder, Hold, Visit
from inspections.dispatch.planning.shapes import (
    DAY_END,
    Agent,
    Assignment,
    Day,
    Fixed,
    PlanResult,
    VisitJob,
)
from inspections.dispatch.planning.shapes import Span as Seconds
from inspections.dispatch.rules import Point
from inspections.dispatch.selectors.picture import Picture
from inspections.dispatch.selectors.roads import GRAIN, Roads
from inspections.dispatch.states import OrderState
from inspections.people.rules import Polygon
from inspections.people.selectors import OnDuty, in_area
from inspections.people.states import Skill

_EVENING = 17
_SKILL_NAMES: dict[str | int, str] = {skill.value: skill.label for skill in Skill}


@dataclass(frozen=True)
class Guest:
    """A visit that is no row yet, asked about by the hotline."""

    place: Point
    skills: frozenset[str]
    minutes: int
    since: datetime
    until: datetime
    only: UUID | None = None


GUEST = "guest"


@dataclass(frozen=True)
class Planned:
    """`Day` for the planner: all instants on the grid of five minutes, so that its answers are."""

    picture: Picture
    guest: Guest | None = None

    @cached_property
    def now(self) -> int:
        """Seconds from the day's midnight; 0 before it, the day's end after it."""
        return min(max(0, self.up(self.picture.now)), DAY_END)

    def up(self, at: datetime) -> int:
        return -(-self._exact(at) // GRAIN) * GRAIN

    def down(self, at: datetime) -> int:
        return self._exact(at) // GRAIN * GRAIN

    def instant(self, seconds: int) -> datetime:
        return self.picture.begins + timedelta(seconds=seconds)

    def _exact(self, at: datetime) -> int:
        return int((at - self.picture.begins).total_seconds())

    @cached_property
    def visits(self) -> list[Visit]:
        return list(self.picture.visits.values())

    @cached_property
    def places(self) -> dict[UUID, int]:
        """Row of the matrix by visit or staff id: homes first."""
        ids = [one.staff_id for one in self.picture.on_duty] + [one.pk for one in self.visits]
        return {one: index for index, one in enumerate(ids)}

    @cached_property
    def roads(self) -> Roads:
        points = [one.home for one in self.picture.on_duty] + [one.place for one in self.visits]
        hours = [_EVENING] * len(self.picture.on_duty)
        hours += [self._hour(sum(self.window(one)) // 2) for one in self.visits]
        if self.guest is not None:
            points.append(self.guest.place)
            hours.append(self.guest.since.astimezone(ZONE).hour)
        return Roads(points, hours, self.picture.known_roads)

    def _hour(self, seconds: int) -> int:
        return min(seconds, DAY_END - 1) // 3600

    def window(self, visit: Visit) -> Seconds:
        """Within which seconds of the day the visit should start; all that is left of the day
        where its time is past."""
        order = self.picture.orders.get(visit.pk)
        if order is not None and order.state != OrderState.OFFERED.value:
            start = self.down(order.starts_at)
            return start, start
        since = max(0, self.up(visit.promised_from or visit.window_from))
        until = min(DAY_END, self.down(visit.promised_until or visit.window_until))
        if visit.pk in self.picture.overdue:
            return self.now, DAY_END
        return since, max(since, until)

    @cached_property
    def agents(self) -> tuple[Agent, ...]:
        return tuple(self._agent(one) for one in self.picture.on_duty)

    def _agent(self, one: OnDuty) -> Agent:
        away = [*one.absences, *self.picture.appointments.get(one.staff_id, [])]
        lunch = None
        if one.break_earliest is not None and one.break_latest is not None:
            since, until = self.up(one.break_earliest), self.down(one.break_latest)
            lunch = (since, max(since, until))
        return Agent(
            id=str(one.staff_id),
            home=self.places[one.staff_id],
            skills=frozenset(one.skills),
            shift=(max(0, self.up(one.starts_at)), self.down(one.ends_at)),
            break_start=lunch,
            break_len=-(-one.break_minutes * 60 // GRAIN) * GRAIN,
            blocked=tuple((max(0, self.down(a)), self.up(b)) for a, b in sorted(away)),
            name=one.name,
            outside=self._outside(one.areas),
        )

    def _outside(self, areas: tuple[Polygon, ...]) -> frozenset[int]:
        """The doors beyond these areas; who looks after none looks after the whole bureau."""
        if not areas:
            return frozenset()
        known = self._beyond.get(areas)
        if known is None:
            known = frozenset(
                row for row, (lng, lat) in self._doors if not in_area(areas, lng, lat)
            )
            self._beyond[areas] = known
        return known

    @cached_property
    def _beyond(self) -> dict[tuple[Polygon, ...], frozenset[int]]:
        return {}

    @cached_property
    def _doors(self) -> list[tuple[int, Point]]:
        found = [(self.places[one.pk], one.place) for one in self.visits]
        if self.guest is not None:
            found.append((len(self.places), self.guest.place))
        return found

    def job(self, visit: Visit) -> VisitJob:
        return VisitJob(
            id=str(visit.pk),
            loc=self.places[visit.pk],
            need=frozenset(visit.skills),
            dur=visit.minutes * 60,
            tw=self.window(visit),
            priority=visit.priority,
            # A window somebody was promised goes before everybody who was promised none.
            protected=visit.protected or visit.promised_from is not None,
            only_agent=str(visit.wanted_staff_id) if visit.wanted_staff_id else None,
            title=visit.title,
            # One whose promise is past is planned for what is left of the day.
            promised=visit.promised_from is not None and visit.pk not in self.picture.overdue,
        )

    @cached_property
    def _on_duty_ids(self) -> frozenset[UUID]:
        return frozenset(one.staff_id for one in self.picture.on_duty)

    def pin(self, row: DispatchOrder | Hold) -> Fixed:
        return Fixed(str(row.visit_id), str(row.staff_id), self.down(row.starts_at), 0)

    def day(
        self, pinned: Iterable[DispatchOrder | Hold], offered: Iterable[DispatchOrder] = ()
    ) -> Day:
        """The planner's day with these rows as promises; what is done only says who stands where.

        `offered` orders are left where they are unless moving them pays. Rows of somebody who is
        not on duty cannot be promises of this day.
        """
        done = [one for one in self.picture.orders.values() if one.state == OrderState.DONE.value]
        rows = [one for one in (*done, *pinned) if one.staff_id in self._on_duty_ids]
        return Day(
            agents=self.agents,
            visits=tuple(self.job(one) for one in self.visits),
            durations=self.roads,
            now=self.now,
            fixed=tuple(self.pin(one) for one in rows),
            offered=tuple(self.pin(one) for one in offered if one.staff_id in self._on_duty_ids),
            done=frozenset(str(one.visit_id) for one in done),
            skill_names=_SKILL_NAMES,
        )

    def live_rows(self, but: UUID | None = None) -> list[DispatchOrder | Hold]:
        """What stands today: live orders, and holds of visits without one."""
        found: list[DispatchOrder | Hold] = [
            one for one in self.picture.orders.values() if one.is_live and one.visit_id != but
        ]
        taken = {one.visit_id for one in found}
        found += [
            hold
            for visit_id, hold in self.picture.holds.items()
            if visit_id not in taken and visit_id != but
        ]
        return found

    def result(self, rows: Iterable[DispatchOrder | Hold]) -> PlanResult:
        """These rows as the planner's own kind of plan."""
        assignments = tuple(
            Assignment(str(one.visit_id), str(one.staff_id), self.down(one.starts_at))
            for one in rows
            if one.staff_id in self._on_duty_ids
        )
        return PlanResult(assignments, (), (), 0, 0.0)

    def slot(self, one: Assignment) -> Slot:
        starts_at = self.instant(one.start)
        minutes = self.picture.visits[UUID(one.visit)].minutes
        return Slot(starts_at, starts_at + timedelta(minutes=minutes))

    def ways(self, assignments: Iterable[Assignment]) -> tuple[dict[str, int], int]:
        """Seconds of the way to each visit as estimated (not rounded), and of all ways of all."""
        routes: dict[str, list[Assignment]] = {}
        for one in sorted(assignments, key=lambda each: each.start):
            routes.setdefault(one.agent, []).append(one)
        found: dict[str, int] = {}
        total = 0
        for agent, route in routes.items():
            home = place = self.places[UUID(agent)]
            for one in route:
                goal = self.places[UUID(one.visit)]
                found[one.visit] = self.roads.seconds(place, goal)
                total += found[one.visit]
                place = goal
            total += self.roads.seconds(place, home)
        return found, total
