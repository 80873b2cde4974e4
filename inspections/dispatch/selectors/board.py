"""The dispatcher's board of one day, in a constant number of queries."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from uuid import UUID

from fieldsvc.kernel.journal import Actor
from inspections.dispatch import policies
from inspections.dispatch.models import DispatchOrder, Plan, TravelSample, Visit
from inspections.dispatch.planning.travel import CELL_DEGREES, LearnedRow
from inspections.dispatch.selectors.drafts import video_of
from inspections.dispatch.selectors.openings import Openings
from inspections.dispatch.selectors.picture import Picture, picture
from inspections.dispatch.selectors.planned import Planned
from inspections.dispatch.selectors.roads import learned
from inspections.dispatch.shapes import AssignmentJSON, Figures, UnplacedJSON, VideoJSON
from inspections.dispatch.states import PlanState, VisitState

_SHOWN = [
    state.value
    for state in (PlanState.WORKING, PlanState.FAILED, PlanState.DRAFT, PlanState.PUBLISHED)
]
_READY = {PlanState.DRAFT.value, PlanState.PUBLISHED.value}
_LATEST = 6


@dataclass(frozen=True, slots=True)
class PlanRow:
    id: UUID
    state: str
    requested_at: datetime
    made_at: datetime | None
    failure: str
    figures: Figures | None


@dataclass(frozen=True, slots=True)
class Board:
    """`videos`: for visits that have somebody to go but a long way, by the visit's id."""

    seen: Picture
    orders: list[DispatchOrder]
    visits: list[Visit]
    unplaced: list[UnplacedJSON]
    videos: dict[UUID, VideoJSON]
    plans: list[PlanRow]
    figures: Figures


@dataclass(frozen=True, slots=True)
class Travel:
    """`error` and `default_error`: mean error in seconds of table and plain rule, each trip told
    by the others alone; None before anything is learned."""

    rows: list[LearnedRow]
    samples: int
    error: float | None
    default_error: float | None
    cell_degrees: float = CELL_DEGREES


def board(actor: Actor, day: date) -> Board:
    """The day as it stands; the reasons are those of the newest plan, for visits still waiting.

    The starts offered with them are looked for now: each can be taken as the board stands.
    Refuses: `board_not_yours`.
    """
    bureau_id = board_bureau(actor)
    seen = picture(bureau_id, day)
    plans, newest = _plans(bureau_id, day)
    waiting = {str(one.pk) for one in seen.visits.values() if one.state == VisitState.WAITING.value}
    orders = list(seen.orders.values())
    return Board(
        seen=seen,
        orders=orders,
        visits=list(seen.visits.values()),
        unplaced=_unplaced(seen, newest, waiting),
        videos=_videos(seen),
        plans=plans,
        figures=Figures(
            placed=len(orders),
            unplaced=len(waiting),
            travel_seconds=sum(one.travel_seconds for one in orders),
            moved=0,
        ),
    )


def board_bureau(actor: Actor) -> UUID:
    """The bureau whose board the actor uses; refuses with `board_not_yours`."""
    refusal = policies.may_use_board(actor)
    if refusal is not None:
        raise refusal
    return UUID(actor.scope)


def travel_table(actor: Actor) -> Travel:
    """What was learned of the ways within the bureau. Refuses: `board_not_yours`."""
    bureau_id = board_bureau(actor)
    known = learned(bureau_id)
    error = known.error()
    return Travel(
        rows=known.rows(),
        samples=TravelSample.objects.filter(bureau_id=bureau_id).count(),
        error=error[0] if error else None,
        default_error=error[1] if error else None,
    )


def _plans(bureau_id: UUID, day: date) -> tuple[list[PlanRow], Plan | None]:
    """The latest plans as rows, and the newest that says something."""
    found = list(
        Plan.objects.filter(bureau_id=bureau_id, day=day, state__in=_SHOWN).order_by(
            "-requested_at", "-pk"
        )[:_LATEST]
    )
    newest = next((one for one in found if one.state in _READY), None)
    rows = [
        PlanRow(
            id=one.pk,
            state=one.state,
            requested_at=one.requested_at,
            made_at=one.made_at,
            failure=one.failure,
            figures=cast("Figures | None", one.body.get("figures")),
        )
        for one in found
    ]
    return rows, newest


def _unplaced(seen: Picture, newest: Plan | None, waiting: set[str]) -> list[UnplacedJSON]:
    if newest is None:
        return []
    draft: list[AssignmentJSON] = []
    if newest.state == PlanState.DRAFT.value:
        draft = newest.body["assignments"]
        waiting = waiting | _taken_back(seen, newest)
    openings = Openings(seen, draft)
    return [openings.refreshed(one) for one in newest.body["unplaced"] if one["visit"] in waiting]


def _taken_back(seen: Picture, draft: Plan) -> set[str]:
    """Visits with an order the draft knew of; those it leaves out wait once it is published."""
    made_at = draft.made_at or draft.requested_at
    return {str(one.visit_id) for one in seen.orders.values() if one.offered_at <= made_at}


def _videos(seen: Picture) -> dict[UUID, VideoJSON]:
    planned = Planned(seen)
    found = {}
    for order in seen.orders.values():
        if order.is_live and policies.becomes_video(order.visit):
            offer = video_of(planned, order.visit, order.travel_seconds)
            if offer is not None:
                found[order.visit_id] = offer
    return found
