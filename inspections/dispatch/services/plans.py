"""Making a plan: asked for here, solved by a worker, put away as a draft."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import partial
from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import clock, ids, journal, workflow
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.dispatch import planning, rules
from inspections.dispatch.errors import PlanNotReady, PlanUnknown
from inspections.dispatch.models import DispatchOrder, Hold, Plan
from inspections.dispatch.planning.faults import PlanningFault, PromiseBroken
from inspections.dispatch.planning.shapes import PlanResult
from inspections.dispatch.selectors.drafts import body_of
from inspections.dispatch.selectors.picture import Picture, picture
from inspections.dispatch.selectors.planned import Planned
from inspections.dispatch.services.common import board_stream, queue, system
from inspections.dispatch.states import PlanState


@transaction.atomic
def request_plan(bureau_id: UUID, day: date, *, actor: Actor) -> Plan:
    """Ask for a plan of the day; a worker makes it. One still being made is given back as it is.

    Journal: `plan.requested` on the board, which the worker starts from.
    """
    queue(bureau_id)
    waiting = Plan.objects.filter(bureau_id=bureau_id, day=day, state=PlanState.WORKING.value)
    if (plan := waiting.first()) is not None:
        return plan
    plan = Plan.objects.create(
        id=ids.new(),
        bureau_id=bureau_id,
        day=day,
        made_by=f"{actor.kind}:{actor.id}",
        requested_at=clock.now(),
    )
    journal.append(board_stream(bureau_id), "plan.requested", actor=actor, data=plan_facts(plan))
    return plan


def make_plan(plan_id: UUID) -> Plan:
    """Solve the day and keep the result as a draft; for a worker only, it takes seconds.

    Accepted visits stay with whoever accepted them, promised ones within their window; neither may
    be left out. A plan that is not WORKING any more is left alone. Journal: `plan.made` or
    `plan.failed` with {plan, day, failure}.
    """
    plan = Plan.objects.filter(pk=plan_id).first()
    if plan is None:
        raise PlanUnknown
    if plan.state != PlanState.WORKING.value:
        return plan
    seen = picture(plan.bureau_id, plan.day)
    try:
        planned, result = _solve_in_time(seen)
    except PlanningFault as fault:
        return _failed(plan, fault)
    finish = partial(
        plan.finish,
        body=dict(body_of(planned, result)),
        board_version=seen.version,
        seconds=result.seconds,
        at=clock.now(),
    )
    _note(plan, finish, "plan.made", {"placed": len(result.assignments)})
    return plan


@transaction.atomic
def discard(plan_id: UUID, *, actor: Actor) -> Plan:
    """Put a draft aside for good. Refuses: `plan_not_ready`. Journal: `plan.discarded`."""
    plan = locked_plan(plan_id)
    if plan.state != PlanState.DRAFT.value:
        raise PlanNotReady({"state": plan.state})
    workflow.move(
        plan,
        "discard",
        actor=actor,
        kind="plan.discarded",
        stream=board_stream(plan.bureau_id),
        data=plan_facts(plan),
    )
    return plan


def locked_plan(plan_id: UUID) -> Plan:
    """The plan behind its bureau's queue; refuses with `plan_unknown`."""
    bureau_id = Plan.objects.filter(pk=plan_id).values_list("bureau_id", flat=True).first()
    if bureau_id is None:
        raise PlanUnknown
    queue(bureau_id)
    return Plan.objects.select_for_update().get(pk=plan_id)


def plan_facts(plan: Plan, **more: JSONValue) -> dict[str, JSONValue]:
    return {"plan": str(plan.pk), "day": plan.day.isoformat(), **more}


def _solve_in_time(seen: Picture) -> tuple[Planned, PlanResult]:
    """Leave time to publish; where a promise is too near for that, plan from this moment on.

    Orders that begin before a plan could be published stay as they are, and so do those a
    dispatcher gave for another time than was wished for.
    """
    soon = seen.now + rules.TO_PUBLISH
    offered = [one for one in seen.offered() if one.starts_at >= seen.now]
    planned = Planned(replace(seen, now=soon))
    stay = [one for one in offered if one.starts_at < soon or not _is_as_wished(planned, one)]
    try:
        return planned, _solve(planned, [*seen.pledged(), *stay], offered)
    except PromiseBroken:
        planned = Planned(seen)
        return planned, _solve(planned, seen.pledged(), offered)


def _is_as_wished(planned: Planned, order: DispatchOrder) -> bool:
    since, until = planned.window(planned.picture.visits[order.visit_id])
    return since <= planned.down(order.starts_at) <= until


def _solve(
    planned: Planned, pinned: list[DispatchOrder], offered: list[DispatchOrder]
) -> PlanResult:
    """Promised visits go first; if one still falls out, the places held for them are pinned."""
    result = planning.solve(planned.day(pinned, offered))
    if not _left_out(planned.picture, result):
        return result
    return planning.solve(planned.day([*pinned, *_held(planned.picture)], offered))


def _left_out(seen: Picture, result: PlanResult) -> bool:
    placed = {one.visit for one in result.assignments}
    return any(str(visit_id) not in placed for visit_id in seen.holds)


def _held(seen: Picture) -> Iterable[Hold]:
    taken = {one.visit_id for one in seen.pledged()}
    return [hold for visit_id, hold in seen.holds.items() if visit_id not in taken]


def _failed(plan: Plan, fault: PlanningFault) -> Plan:
    broken: list[JSONValue] = list(fault.visits) if isinstance(fault, PromiseBroken) else []
    failure = "promise_broken" if broken else "solver_failed"
    _note(plan, partial(plan.fail, failure=failure), "plan.failed", {"visits": broken})
    return plan


def _note(plan: Plan, step: partial[object], kind: str, more: dict[str, JSONValue]) -> None:
    with transaction.atomic():
        workflow.move(
            plan,
            step,
            actor=system(plan.bureau_id),
            kind=kind,
            stream=board_stream(plan.bureau_id),
            data=plan_facts(plan, **more),
        )
