"""What stood in the way in one week, gathered from everything that was recorded."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from fieldsvc.kernel import clock
from inspections.aftercare.models import FollowUp, Unresolved
from inspections.aftercare.states import BlockedPoint, Complexity, Source, UnresolvedState
from inspections.dispatch.models import DispatchOrder, Plan, Visit
from inspections.dispatch.states import AbortReason, DeclineReason, OrderState, PlanState
from inspections.ledger import rules
from inspections.ledger.models import LedgerLine
from inspections.ledger.selectors.filtering import late
from inspections.ledger.states import Origin


@dataclass(frozen=True, slots=True)
class Found:
    """`key` tells it from the others of its origin; `subjects` are the services it was met in."""

    origin: Origin
    key: str
    title: str
    detail: str
    count: int
    subjects: tuple[UUID, ...]


def findings_of(bureau_id: UUID, monday: date) -> list[Found]:
    """The week's obstacles, gravest origin first, within one the most frequent first."""
    span = rules.week_span(monday)
    found = [
        *_unresolved(bureau_id, span),
        *_late(bureau_id, span),
        *_blocked_points(bureau_id, span),
        *_unplaced(bureau_id, monday),
        *_orders(bureau_id, span, OrderState.DECLINED),
        *_orders(bureau_id, span, OrderState.ABORTED),
    ]
    order = list(Origin)
    return sorted(found, key=lambda one: (order.index(one.origin), -one.count, one.key))


def _unresolved(bureau_id: UUID, span: rules.Span) -> list[Found]:
    rows = Unresolved.objects.filter(
        bureau_id=bureau_id, registered_at__gte=span[0], registered_at__lt=span[1]
    )
    return [
        Found(
            Origin.UNRESOLVED,
            str(row.pk),
            f"{row.number}：{_short(row.text)}",
            f"{Source(row.source).label}，{Complexity(row.complexity).label}，"
            f"{UnresolvedState(row.state).label}"
            + (f"，交办{row.department}" if row.department else ""),
            1,
            (row.delegation,) if row.delegation else (),
        )
        for row in rows.order_by("registered_at")
    ]


def _late(bureau_id: UUID, span: rules.Span) -> list[Found]:
    """Those whose deadline fell into the week and was missed, by leading item."""
    by_item: dict[tuple[str, str], list[UUID]] = defaultdict(list)
    rows = LedgerLine.objects.filter(
        late(clock.now()), bureau_id=bureau_id, due_at__gte=span[0], due_at__lt=span[1]
    )
    for item, title, subject in rows.order_by("due_at").values_list(
        "item", "item_title", "subject"
    ):
        by_item[item, title].append(subject)
    return [
        Found(
            Origin.OVERDUE,
            item,
            f"「{title}」{len(some)} 件超过承诺时限",
            "",
            len(some),
            tuple(some),
        )
        for (item, title), some in by_item.items()
    ]


def _blocked_points(bureau_id: UUID, span: rules.Span) -> list[Found]:
    by_point: dict[str, list[FollowUp]] = defaultdict(list)
    rows = FollowUp.objects.filter(
        bureau_id=bureau_id, done_at__gte=span[0], done_at__lt=span[1]
    ).exclude(blocked_point="")
    for call in rows.order_by("done_at"):
        by_point[call.blocked_point].append(call)
    return [
        Found(
            Origin.BLOCKED_POINT,
            point,
            f"群众反映「{BlockedPoint(point).label}」",
            "；".join(dict.fromkeys(call.blocked_text for call in calls if call.blocked_text))[
                :500
            ],
            len(calls),
            tuple(call.subject for call in calls),
        )
        for point, calls in by_point.items()
    ]


def _unplaced(bureau_id: UUID, monday: date) -> list[Found]:
    """Reasons of the last plan published for each day; a visit counts once per week and reason."""
    newest: dict[date, Plan] = {}
    plans = Plan.objects.filter(
        bureau_id=bureau_id,
        day__gte=monday,
        day__lte=rules.sunday_of(monday),
        state=PlanState.PUBLISHED.value,
    )
    for plan in plans.order_by("made_at"):
        newest[plan.day] = plan
    visits: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for plan in newest.values():
        for one in plan.body["unplaced"]:
            visits[one["reason"], one["reason_label"]][one["visit"]] = one["text"]
    return [
        Found(
            Origin.UNPLACED,
            reason,
            f"{len(some)} 个上门排不进当天：{label}",
            _short(next(iter(some.values())), 200),
            len(some),
            tuple(Visit.objects.filter(pk__in=list(some)).values_list("subject", flat=True)),
        )
        for (reason, label), some in visits.items()
    ]


_ORDER_WORDS = {
    OrderState.DECLINED: (Origin.BOUNCES, "退单", "answered_at"),
    OrderState.ABORTED: (Origin.ABORTED, "到了门口没有办成", "finished_at"),
}


def _orders(bureau_id: UUID, span: rules.Span, state: OrderState) -> list[Found]:
    origin, words, at = _ORDER_WORDS[state]
    by_reason: dict[str, list[UUID]] = defaultdict(list)
    rows = DispatchOrder.objects.filter(
        **{f"{at}__gte": span[0], f"{at}__lt": span[1]},
        visit__bureau_id=bureau_id,
        state=state.value,
    )
    for reason, subject in rows.order_by(at).values_list("reason_code", "visit__subject"):
        by_reason[reason].append(subject)
    return [
        Found(
            origin,
            reason,
            f"{words} {len(some)} 次：{_reason_label(state, reason)}",
            "",
            len(some),
            tuple(dict.fromkeys(some)),
        )
        for reason, some in by_reason.items()
    ]


def _reason_label(state: OrderState, code: str) -> str:
    kind = DeclineReason if state is OrderState.DECLINED else AbortReason
    return kind(code).label if code in list(kind) else "没有写明原因"


def _short(text: str, most: int = 60) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def is_over(monday: date, now: datetime) -> bool:
    return now >= rules.week_span(monday)[1]
