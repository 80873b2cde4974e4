"""The dispatcher's board."""

from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from fieldsvc.kernel import clock
from fieldsvc.kernel.idempotency import idempotent
from inspections.dispatch import rules, selectors, services
from inspections.dispatch.api import present
from inspections.dispatch.api.schemas import (
    BoardOut,
    CheckIn,
    CheckOut,
    ComparisonOut,
    MovedOut,
    MoveIn,
    PlanIn,
    PlanOut,
    PlanStateOut,
    PromiseIn,
    TouchedOut,
    TravelOut,
    UnassignIn,
    UndoIn,
    VersionIn,
    WindowsOut,
)
from inspections.dispatch.models import Visit
from inspections.dispatch.services import Target
from inspections.people.auth import staff_auth
from inspections.people.selectors import actor_of

router = Router(tags=["board"], auth=staff_auth)


@router.get("/board", response=BoardOut, by_alias=True)
def board(request: HttpRequest, day: date | None = None) -> HttpResponse:
    actor = actor_of(request)
    shown = selectors.board(actor, day or rules.local_day(clock.now()))
    # Written here and not by ninja, which would check every row of ours once more.
    body = present.board_out(shown, actor).model_dump_json(by_alias=True)
    return HttpResponse(body, content_type="application/json; charset=utf-8")


@router.get("/board/travel", response=TravelOut, by_alias=True)
def travel(request: HttpRequest) -> TravelOut:
    return present.travel_out(selectors.travel_table(actor_of(request)))


@router.post("/board/plans", response=PlanStateOut)
@idempotent
def make_plan(request: HttpRequest, body: PlanIn) -> PlanStateOut:
    actor = actor_of(request)
    bureau_id = selectors.board_bureau(actor)
    plan = services.request_plan(bureau_id, body.day, actor=actor)
    return present.plan_state_out(plan, selectors.board_version(bureau_id, plan.day))


@router.get("/board/plans/{plan_id}", response=PlanOut)
def plan(request: HttpRequest, plan_id: UUID) -> PlanOut:
    return present.plan_out(selectors.access_plan(actor_of(request), plan_id))


@router.get("/board/plans/{plan_id}/compare/{other_id}", response=ComparisonOut, by_alias=True)
def compare(request: HttpRequest, plan_id: UUID, other_id: UUID) -> ComparisonOut:
    actor = actor_of(request)
    found = selectors.compare_plans(
        selectors.access_plan(actor, plan_id), selectors.access_plan(actor, other_id)
    )
    return ComparisonOut(
        a=found.a,
        b=found.b,
        moved=[
            MovedOut(visit=one.visit, title=one.title, from_=one.before, to=one.after)
            for one in found.moved
        ],
        placed_only_in_a=found.only_in_a,
        placed_only_in_b=found.only_in_b,
        price_text=found.price_text,
    )


@router.post("/board/plans/{plan_id}/publish", response=PlanStateOut)
@idempotent
def publish(request: HttpRequest, plan_id: UUID, body: VersionIn) -> PlanStateOut:
    actor = actor_of(request)
    wanted = selectors.access_plan(actor, plan_id)
    done = services.publish(wanted.pk, version=body.version, actor=actor)
    return present.plan_state_out(done, selectors.board_version(done.bureau_id, done.day))


@router.post("/board/plans/{plan_id}/discard", response=PlanStateOut)
@idempotent
def discard(request: HttpRequest, plan_id: UUID) -> PlanStateOut:
    actor = actor_of(request)
    wanted = selectors.access_plan(actor, plan_id)
    done = services.discard(wanted.pk, actor=actor)
    return present.plan_state_out(done, selectors.board_version(done.bureau_id, done.day))


@router.post("/board/check", response=CheckOut)
def check(request: HttpRequest, body: CheckIn) -> CheckOut:
    visit = selectors.access_visit(actor_of(request), body.visit)
    return present.check_out(selectors.check_move(visit, body.staff, body.starts_at))


@router.post("/board/move", response=TouchedOut)
@idempotent
def move(request: HttpRequest, body: MoveIn) -> TouchedOut:
    actor = actor_of(request)
    visit = selectors.access_visit(actor, body.visit)
    to = Target(body.staff, body.starts_at)
    order = services.move(visit.pk, to, version=body.version, actor=actor)
    return _touched(visit, rules.local_day(order.starts_at))


@router.post("/board/unassign", response=TouchedOut)
@idempotent
def unassign(request: HttpRequest, body: UnassignIn) -> TouchedOut:
    actor = actor_of(request)
    visit = selectors.access_visit(actor, body.visit)
    live = selectors.live_order_of(visit.pk)
    services.unassign(visit.pk, version=body.version, actor=actor)
    day = rules.local_day(live.starts_at if live is not None else visit.window_from)
    return _touched(visit, day)


@router.post("/board/visits/{visit_id}/video", response=TouchedOut)
@idempotent
def order_video(request: HttpRequest, visit_id: UUID, body: VersionIn) -> TouchedOut:
    """Invite the applicant to a video call instead of the trip."""
    actor = actor_of(request)
    visit = selectors.access_visit(actor, visit_id)
    live = selectors.live_order_of(visit.pk)
    services.order_video(visit.pk, version=body.version, actor=actor)
    day = rules.local_day(live.starts_at if live is not None else visit.window_from)
    return _touched(visit, day)


@router.get("/board/visits/{visit_id}/windows", response=WindowsOut, by_alias=True)
def windows(request: HttpRequest, visit_id: UUID) -> WindowsOut:
    """When the visit could start instead, over the next days."""
    visit = selectors.access_visit(actor_of(request), visit_id)
    return present.windows_out(selectors.windows_of(visit, days=rules.AGREE_DAYS))


@router.post("/board/promise", response=TouchedOut)
@idempotent
def promise(request: HttpRequest, body: PromiseIn) -> TouchedOut:
    """Agree on another time with the applicant."""
    actor = actor_of(request)
    visit = selectors.access_visit(actor, body.visit)
    agreed = services.Agreed(body.from_, body.until, body.note.strip())
    services.agree(visit.pk, agreed, version=body.version, actor=actor)
    return _touched(visit, rules.local_day(body.from_))


@router.post("/board/undo", response=TouchedOut)
@idempotent
def undo(request: HttpRequest, body: UndoIn) -> TouchedOut:
    actor = actor_of(request)
    bureau_id = selectors.board_bureau(actor)
    visit = services.undo(bureau_id, actor=actor, day=body.day)
    return _touched(visit, body.day or rules.local_day(visit.window_from))


def _touched(visit: Visit, day: date) -> TouchedOut:
    live = selectors.live_order_of(visit.pk)
    return TouchedOut(
        visit=visit.pk,
        version=selectors.get_visit(visit.pk).version,
        order=live.pk if live is not None else None,
        board_version=selectors.board_version(visit.bureau_id, day),
    )
