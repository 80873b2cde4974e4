"""Rows as the shapes of the wire; no decision is taken here.

The board is hundreds of rows of our own making: its shapes are built without being checked anew.
"""

from collections.abc import Iterable

from fieldsvc.kernel.answers import Word, words
from fieldsvc.kernel.journal import Actor
from inspections.dispatch import policies, rules
from inspections.dispatch.api.schemas import (
    BoardOrderOut,
    BoardOut,
    BoardVisitOut,
    BreakOut,
    CheckOut,
    DelegateOut,
    FieldVisitOut,
    FindingOut,
    HoldOut,
    OrderOut,
    PlanOut,
    PlanRowOut,
    PlanStateOut,
    SpanOut,
    TravelOut,
    TravelRowOut,
    WindowOut,
    WindowsOut,
)
from inspections.dispatch.models import DispatchOrder, Plan, Visit
from inspections.dispatch.selectors.board import Board, PlanRow, Travel
from inspections.dispatch.shapes import Checked, WindowOffer
from inspections.dispatch.states import (
    PLEDGED,
    OrderState,
    PlanState,
    VisitKind,
    VisitState,
)
from inspections.people.selectors import OnDuty
from inspections.people.states import Skill


def board_out(board: Board, actor: Actor) -> BoardOut:
    seen = board.seen
    return BoardOut.model_construct(
        version=seen.version,
        day=seen.day,
        now=seen.now,
        delegates=[_delegate(one) for one in seen.on_duty],
        orders=[_order(one) for one in board.orders],
        visits=[_visit(board, one, actor) for one in board.visits],
        holds=[
            HoldOut.model_construct(
                visit=one.visit_id,
                staff=one.staff_id,
                starts_at=one.starts_at,
                ends_at=one.ends_at,
            )
            for one in seen.holds.values()
        ],
        unplaced=board.unplaced,
        plans=[plan_row_out(one) for one in board.plans],
        figures=board.figures,
    )


def plan_row_out(row: PlanRow) -> PlanRowOut:
    return PlanRowOut(
        id=row.id,
        state=row.state,
        state_label=PlanState(row.state).label,
        requested_at=row.requested_at,
        made_at=row.made_at,
        failure=row.failure,
        figures=row.figures,
    )


def windows_out(offers: list[WindowOffer]) -> WindowsOut:
    return WindowsOut(
        items=[
            WindowOut(
                from_=one.starts_from,
                until=one.starts_until,
                label=one.label,
                why=one.why,
                staff_count=one.staff_count,
            )
            for one in offers
        ]
    )


def plan_out(plan: Plan) -> PlanOut:
    return PlanOut(
        id=plan.pk,
        day=plan.day,
        state=plan.state,
        state_label=PlanState(plan.state).label,
        requested_at=plan.requested_at,
        made_at=plan.made_at,
        failure=plan.failure,
        board_version=plan.board_version,
        seconds=plan.seconds,
        figures=plan.body.get("figures"),
        assignments=plan.body.get("assignments", []),
        breaks=plan.body.get("breaks", []),
        unplaced=plan.body.get("unplaced", []),
    )


def plan_state_out(plan: Plan, board_version: int) -> PlanStateOut:
    return PlanStateOut(
        id=plan.pk,
        state=plan.state,
        state_label=PlanState(plan.state).label,
        board_version=board_version,
    )


def check_out(checked: Checked) -> CheckOut:
    return CheckOut(
        ok=checked.ok,
        extra_travel_seconds=checked.extra_travel_seconds,
        travel_seconds=checked.travel_seconds,
        findings=[
            FindingOut(code=one.code, ok=one.ok, blocking=one.blocking, text=one.text)
            for one in checked.findings
        ],
    )


def travel_out(table: Travel) -> TravelOut:
    def middle(cell: tuple[int, int]) -> tuple[float, float]:
        size = table.cell_degrees
        return round((cell[0] + 0.5) * size, 6), round((cell[1] + 0.5) * size, 6)

    return TravelOut(
        cell_degrees=table.cell_degrees,
        samples=table.samples,
        error_seconds=table.error,
        default_error_seconds=table.default_error,
        rows=[
            TravelRowOut(
                from_=middle(one.origin),
                to=middle(one.goal),
                hour=one.hour,
                seconds=one.seconds,
                error_seconds=one.error_s,
                default_seconds=one.default_s,
                samples=one.samples,
            )
            for one in table.rows
        ],
    )


def order_out(order: DispatchOrder, actor: Actor) -> OrderOut:
    visit = order.visit
    arrived = order.state in {OrderState.ARRIVED.value, OrderState.DONE.value}
    return OrderOut(
        id=order.pk,
        version=order.version,
        state=order.state,
        state_label=OrderState(order.state).label,
        starts_at=order.starts_at,
        ends_at=order.ends_at,
        travel_seconds=order.travel_seconds,
        reason_code=order.reason_code,
        visit=_field_visit(visit),
        delegation=visit.subject if visit.kind == VisitKind.DELEGATION.value else None,
        code_head=rules.code_head(order.code),
        code=order.code if arrived else "",
        offered_at=order.offered_at,
        answered_at=order.answered_at,
        departed_at=order.departed_at,
        arrived_at=order.arrived_at,
        finished_at=order.finished_at,
        abilities=policies.order_abilities(actor, order),
    )


def skills_out(codes: Iterable[str]) -> list[Word]:
    return words(Skill(one) for one in sorted(codes))


def _field_visit(visit: Visit) -> FieldVisitOut:
    return FieldVisitOut(
        id=visit.pk,
        kind=visit.kind,
        kind_label=VisitKind(visit.kind).label,
        title=visit.title,
        case_label=visit.case_label,
        subject=visit.subject,
        address=visit.address,
        note=visit.note,
        door_note=visit.door_note,
        contact_name=visit.contact_name,
        contact_phone=visit.contact_phone,
        longitude=visit.longitude,
        latitude=visit.latitude,
        minutes=visit.minutes,
        skills=skills_out(visit.skills),
        protected=visit.protected,
        promised_from=visit.promised_from,
        promised_until=visit.promised_until,
    )


def _delegate(one: OnDuty) -> DelegateOut:
    lunch = None
    if one.break_earliest is not None and one.break_latest is not None:
        lunch = BreakOut.model_construct(
            earliest=one.break_earliest, latest=one.break_latest, minutes=one.break_minutes
        )
    return DelegateOut.model_construct(
        id=one.staff_id,
        name=one.name,
        skills=skills_out(one.skills),
        shift=SpanOut.model_construct(from_=one.starts_at, until=one.ends_at),
        break_=lunch,
        absences=[
            SpanOut.model_construct(from_=since, until=until) for since, until in one.absences
        ],
        home=one.home,
    )


def _order(order: DispatchOrder) -> BoardOrderOut:
    return BoardOrderOut.model_construct(
        id=order.pk,
        visit=order.visit_id,
        staff=order.staff_id,
        starts_at=order.starts_at,
        ends_at=order.ends_at,
        travel_seconds=order.travel_seconds,
        state=order.state,
        state_label=OrderState(order.state).label,
        promised=order.state in PLEDGED or order.visit.promised_from is not None,
        version=order.version,
    )


def _visit(board: Board, visit: Visit, actor: Actor) -> BoardVisitOut:
    return BoardVisitOut.model_construct(
        id=visit.pk,
        title=visit.title,
        kind=visit.kind,
        kind_label=VisitKind(visit.kind).label,
        state=visit.state,
        state_label=VisitState(visit.state).label,
        address=visit.address,
        longitude=visit.longitude,
        latitude=visit.latitude,
        skills=skills_out(visit.skills),
        minutes=visit.minutes,
        window_from=visit.window_from,
        window_until=visit.window_until,
        promised_from=visit.promised_from,
        promised_until=visit.promised_until,
        overdue=visit.pk in board.seen.overdue,
        priority=visit.priority,
        protected=visit.protected,
        bounces=visit.bounces,
        wanted_staff=visit.wanted_staff_id,
        requested_at=visit.requested_at,
        case_label=visit.case_label,
        subject=visit.subject,
        video=board.videos.get(visit.pk),
        abilities=policies.visit_abilities(actor, visit, board.seen.live(visit.pk)),
        version=visit.version,
    )
