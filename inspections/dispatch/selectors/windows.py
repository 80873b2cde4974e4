"""Windows that were really checked: offered only where somebody can be sent to start in it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from fieldsvc.kernel import clock
from inspections.bookings.rules import ZONE
from inspections.dispatch import rules
from inspections.dispatch.models import Visit
from inspections.dispatch.planning.clockwork import Stop
from inspections.dispatch.planning.ground import Ground
from inspections.dispatch.planning.insertion import Place, Walk, at_start
from inspections.dispatch.planning.shapes import VisitJob
from inspections.dispatch.rules import Point
from inspections.dispatch.selectors.picture import Picture, picture
from inspections.dispatch.selectors.planned import GUEST, Guest, Planned
from inspections.dispatch.selectors.roads import GRAIN
from inspections.dispatch.shapes import Spot, WindowOffer

HOUR = 3600
MOST_DAYS = 7
# Below this somebody is as good as next door.
NEAR_SECONDS = 10 * 60


@dataclass(frozen=True, slots=True)
class Wish:
    """What the caller asks for; the start shall lie between `since` and `until`.

    `instead_of` is a visit on the board already: what is taken for it now counts as free.
    """

    place: Point
    skills: frozenset[str]
    minutes: int
    since: datetime
    until: datetime
    wanted_staff: UUID | None = None
    instead_of: UUID | None = None


def windows_for(bureau_id: UUID, wish: Wish, *, limit: int = 200) -> list[WindowOffer]:
    """Whole hours in which the visit could start, checked by insertion into the live plan.

    In order of time, at most `limit`, over at most seven days. What stands is not moved: every
    live order and every promise kept open stays where it is. `staff_count` is how many could come.
    """
    found: list[WindowOffer] = []
    first, last = rules.local_day(wish.since), rules.local_day(wish.until)
    for offset in range(min((last - first).days + 1, MOST_DAYS)):
        day = first + timedelta(days=offset)
        found += _of_day(picture(bureau_id, day), wish, limit - len(found))
        if len(found) >= limit:
            break
    return found


def windows_of(visit: Visit, *, days: int, limit: int = 200) -> list[WindowOffer]:
    """Whole hours from now on in which a visit of the board could start instead, as checked."""
    now = clock.now()
    wish = Wish(
        place=visit.place,
        skills=frozenset(visit.skills),
        minutes=visit.minutes,
        since=now,
        until=now + timedelta(days=days),
        wanted_staff=visit.wanted_staff_id,
        instead_of=visit.pk,
    )
    return windows_for(visit.bureau_id, wish, limit=limit)


def place_within(
    seen: Picture, visit: Visit, since: datetime, until: datetime, *, avoid: UUID | None = None
) -> Spot | None:
    """The cheapest checked place for a visit of that day's picture, starting within the span."""
    planned = Planned(seen)
    look = _Look(planned, planned.job(visit), but=visit.pk)
    offers = look.offers(planned.up(since), planned.down(until))
    return next((spot for spot, _ in offers if spot.staff_id != avoid), None)


def spots_for(seen: Picture, visit: Visit, *, limit: int = rules.ALTERNATIVES) -> list[Spot]:
    """Up to `limit` checked places for a visit, half an hour apart at least, cheapest first."""
    planned = Planned(seen)
    job = planned.job(visit)
    look = _Look(planned, job, but=visit.pk)
    found: list[Spot] = []
    for spot, _ in sorted(
        (
            one
            for since in range(job.tw[0], job.tw[1] + 1, HOUR // 2)
            for one in look.offers(since, min(since + HOUR // 2 - GRAIN, job.tw[1]))
        ),
        key=lambda one: one[0].extra_travel_seconds,
    ):
        apart = (abs(spot.starts_at - one.starts_at) for one in found)
        if all(gap >= timedelta(minutes=30) for gap in apart):
            found.append(spot)
        if len(found) == limit:
            break
    return found


class _Look:
    """The live plan walked once, then asked for one visit in many windows."""

    def __init__(self, planned: Planned, job: VisitJob, but: UUID | None = None) -> None:
        rows = planned.live_rows(but)
        day = planned.day(rows)
        if job.id == GUEST:
            day = replace(day, visits=(*day.visits, job))
        self.planned = planned
        self.job = job
        self.ground = Ground(day)
        self.walk = Walk(self.ground, self.ground.routes_of(planned.result(rows)))

    def offers(self, since: int, until: int) -> Iterator[tuple[Spot, Place]]:
        """One per member of staff: the cheapest start in the span, checked, cheapest first."""
        since = max(since, self.job.tw[0], self.planned.now)
        until = min(until, self.job.tw[1])
        if since > until:
            return
        stop = Stop(self.job.id, self.job.loc, since, until, self.job.dur)
        seen: set[str] = set()
        for place in sorted(self.walk.places(self.job, stop), key=lambda p: (p.extra, p.earliest)):
            if place.agent in seen:
                continue
            start = -(-max(place.earliest, since) // GRAIN) * GRAIN
            if at_start(self.walk, place, stop, start) is None:
                continue
            seen.add(place.agent)
            yield self._spot(place, start), place

    def _spot(self, place: Place, start: int) -> Spot:
        staff_id = UUID(place.agent)
        return Spot(
            staff_id=staff_id,
            staff_name=self.planned.picture.name_of(staff_id),
            starts_at=self.planned.instant(start),
            extra_travel_seconds=place.extra,
        )

    def way_to(self, place: Place) -> int:
        """Seconds of the last leg as estimated, from wherever this member of staff comes."""
        stops = self.walk.routes[place.agent]
        origin = (
            stops[place.position - 1].loc
            if place.position
            else self.ground.tracks[place.agent].origin
        )
        return self.planned.roads.seconds(origin, self.job.loc)


def _of_day(seen: Picture, wish: Wish, limit: int) -> Iterator[WindowOffer]:
    guest = Guest(wish.place, wish.skills, wish.minutes, wish.since, wish.until, wish.wanted_staff)
    planned = Planned(replace(seen, now=seen.now + rules.TO_ANSWER), guest)
    since, until = max(0, planned.up(wish.since)), min(24 * HOUR, planned.down(wish.until))
    job = VisitJob(
        id=GUEST,
        loc=len(planned.roads) - 1,
        need=wish.skills,
        dur=rules.on_grid(wish.minutes) * 60,
        tw=(since, max(since, until)),
        priority=max(rules.PRIORITIES),
        only_agent=str(wish.wanted_staff) if wish.wanted_staff else None,
    )
    look = _Look(planned, job, but=wish.instead_of)
    given = 0
    for hour in range(since // HOUR, until // HOUR + 1):
        start, end = max(hour * HOUR, planned.now), (hour + 1) * HOUR
        if end - start < rules.SHORTEST_WINDOW.total_seconds():
            continue
        offers = list(look.offers(start, end - GRAIN))
        if not offers or given == limit:
            continue
        given += 1
        way = look.way_to(offers[0][1])
        yield _window(planned, (start, end), [spot for spot, _ in offers], way)


def _window(planned: Planned, hour: tuple[int, int], spots: list[Spot], way: int) -> WindowOffer:
    since, until = planned.instant(hour[0]), planned.instant(hour[1])
    best = spots[0]
    return WindowOffer(
        starts_from=since,
        starts_until=until,
        staff_count=len(spots),
        why=_why(best, way, len(spots)),
        label=rules.label_of(since, until, planned.picture.now),
        staff_id=best.staff_id,
        starts_at=best.starts_at,
    )


def _why(spot: Spot, way: int, count: int) -> str:
    local = spot.starts_at.astimezone(ZONE)
    at = f"{local.hour}:{local.minute:02d}"
    minutes = max(1, round(way / 60))
    if way <= NEAR_SECONDS:
        text = f"{spot.staff_name} {at} 前后就在附近，{minutes} 分钟可到"
    else:
        text = f"{spot.staff_name} {at} 有空，路上约 {minutes} 分钟"
    return text if count == 1 else f"{text}；共 {count} 人可以上门"
