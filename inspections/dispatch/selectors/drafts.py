"""The planner's result as a plan's body: ids, instants, reasons, alternatives, video offers."""

from uuid import UUID

from fieldsvc.kernel import clock
from inspections.dispatch import policies, rules
from inspections.dispatch.models import Visit
from inspections.dispatch.planning.shapes import Blocker, PlanResult, Unplaced
from inspections.dispatch.selectors.planned import Planned
from inspections.dispatch.shapes import (
    AssignmentJSON,
    BreakJSON,
    Figures,
    PlanBody,
    SpotJSON,
    UnplacedJSON,
    VideoJSON,
)


def body_of(planned: Planned, result: PlanResult) -> PlanBody:
    """Assignments in order of time, lunches, every unplaced visit with why and what instead."""
    ways, total = planned.ways(result.assignments)
    assignments = [
        AssignmentJSON(
            visit=one.visit,
            staff=one.agent,
            starts_at=clock.iso(planned.slot(one).starts_at),
            ends_at=clock.iso(planned.slot(one).ends_at),
            travel_seconds=ways[one.visit],
        )
        for one in sorted(result.assignments, key=lambda each: (each.start, each.agent))
    ]
    minutes = {str(one.staff_id): one.break_minutes for one in planned.picture.on_duty}
    breaks = [
        BreakJSON(
            staff=one.agent,
            starts_at=clock.iso(planned.instant(one.start)),
            minutes=minutes[one.agent],
        )
        for one in result.breaks
    ]
    figures = Figures(
        placed=len(result.assignments),
        unplaced=len(result.unplaced),
        travel_seconds=total,
        moved=moved_by(planned, assignments),
    )
    return PlanBody(
        assignments=assignments,
        breaks=breaks,
        unplaced=[_unplaced(planned, one) for one in result.unplaced],
        figures=figures,
    )


def moved_by(planned: Planned, assignments: list[AssignmentJSON]) -> int:
    """How many visits that had an order get another member of staff, or another time."""
    standing = {
        str(one.visit_id): (str(one.staff_id), clock.iso(one.starts_at))
        for one in planned.picture.orders.values()
        if one.is_live
    }
    proposed = {one["visit"]: (one["staff"], one["starts_at"]) for one in assignments}
    return sum(proposed.get(visit) != place for visit, place in standing.items())


def _unplaced(planned: Planned, one: Unplaced) -> UnplacedJSON:
    visit = planned.picture.visits[UUID(one.visit)]
    return UnplacedJSON(
        visit=one.visit,
        reason=one.reason.value,
        reason_label=one.reason.label,
        because=one.because,
        text=one.text,
        blocker=_blocker(planned, one.blocker),
        alternatives=[
            SpotJSON(
                staff=each.agent,
                staff_name=planned.picture.name_of(UUID(each.agent)),
                starts_at=clock.iso(planned.instant(each.start)),
            )
            for each in one.alternatives
        ],
        video=video_of(planned, visit),
    )


def _blocker(planned: Planned, blocker: Blocker) -> dict[str, object]:
    return {
        "kind": blocker.kind,
        "staff": list(blocker.agents),
        "visit": blocker.visit,
        "skills": [str(one) for one in blocker.skills],
        "at": None if blocker.at is None else clock.iso(planned.instant(blocker.at)),
    }


def video_of(planned: Planned, visit: Visit, way: int | None = None) -> VideoJSON | None:
    """A call instead of the trip; `way` is the trip planned, None where nobody can make it."""
    if not policies.becomes_video(visit):
        return None
    seconds = way if way is not None else _nearest(planned, visit)
    saved = rules.video_instead(visit.title, seconds, to_be_waited_for=way is None)
    return VideoJSON(hours_saved=saved[0], text=saved[1]) if saved else None


def _nearest(planned: Planned, visit: Visit) -> int:
    """The shortest way from a starting place of somebody on duty."""
    goal = planned.places[visit.pk]
    starts = {planned.places[one.staff_id] for one in planned.picture.on_duty}
    return min((planned.roads.seconds(start, goal) for start in starts), default=0)
