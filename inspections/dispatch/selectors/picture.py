"""One day of a bureau as the rows tell it, in a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from fieldsvc.kernel import clock
from inspections.bookings.models import Occupancy
from inspections.bookings.rules import CELL
from inspections.dispatch import rules
from inspections.dispatch.models import BoardDay, DispatchOrder, Hold, Visit
from inspections.dispatch.planning.travel import Learned
from inspections.dispatch.selectors.roads import learned
from inspections.dispatch.states import LIVE, PLEDGED, OrderState, VisitState
from inspections.people.selectors import OnDuty, roster

Span = tuple[datetime, datetime]
_STANDING = (*LIVE, OrderState.DONE.value)


@dataclass(frozen=True, slots=True)
class Picture:
    """`orders` are those that stand or are done that day, `holds` and they by the visit's id."""

    bureau_id: UUID
    day: date
    now: datetime
    on_duty: list[OnDuty]
    visits: dict[UUID, Visit]
    orders: dict[UUID, DispatchOrder]
    holds: dict[UUID, Hold]
    appointments: dict[UUID, list[Span]]
    known_roads: Learned
    board: BoardDay | None
    overdue: frozenset[UUID] = field(default=frozenset())

    @property
    def begins(self) -> datetime:
        return rules.midnight(self.day)

    @property
    def version(self) -> int:
        return self.board.version if self.board else 0

    def name_of(self, staff_id: UUID) -> str:
        return next((one.name for one in self.on_duty if one.staff_id == staff_id), "")

    def live(self, visit_id: UUID) -> DispatchOrder | None:
        order = self.orders.get(visit_id)
        return order if order is not None and order.is_live else None

    def pledged(self) -> list[DispatchOrder]:
        """The orders somebody has given their word for, or is carrying out."""
        return [one for one in self.orders.values() if one.state in PLEDGED]

    def offered(self) -> list[DispatchOrder]:
        """The orders given out that nobody has answered yet."""
        return [one for one in self.orders.values() if one.state == OrderState.OFFERED.value]


def picture(bureau_id: UUID, day: date, also: Iterable[UUID] = ()) -> Picture:
    """The day as it stands now; `also` are visits to be looked at although their day is another."""
    now = clock.now()
    on_duty = roster(bureau_id, day)
    begins = rules.midnight(day)
    span = begins, begins + timedelta(days=1)
    orders = _orders(bureau_id, span)
    waiting = _waiting(bureau_id, span, now, list(also))
    visits = {one.pk: one for one in waiting}
    visits |= {one.visit_id: one.visit for one in orders}
    holds = Hold.objects.select_related("visit").filter(
        bureau_id=bureau_id, starts_at__gte=span[0], starts_at__lt=span[1]
    )
    # A place that nobody can be sent to in time any more is lost: the visit is overdue.
    soonest = now + rules.TO_LEAVE
    held = {one.visit_id: one for one in holds if one.starts_at >= soonest}
    lapsed = {one.visit_id for one in holds if one.starts_at < soonest}
    visits |= {one.visit_id: one.visit for one in held.values() if one.visit_id not in visits}
    return Picture(
        bureau_id=bureau_id,
        day=day,
        now=now,
        on_duty=on_duty,
        visits=visits,
        orders={one.visit_id: one for one in orders},
        holds=held,
        appointments=_appointments([one.staff_id for one in on_duty], span),
        known_roads=learned(bureau_id),
        board=BoardDay.objects.filter(bureau_id=bureau_id, day=day).first(),
        overdue=frozenset(one.pk for one in waiting if _until(one) < now or one.pk in lapsed),
    )


def _orders(bureau_id: UUID, span: Span) -> list[DispatchOrder]:
    rows = DispatchOrder.objects.select_related("visit").filter(
        visit__bureau_id=bureau_id,
        starts_at__gte=span[0],
        starts_at__lt=span[1],
        state__in=_STANDING,
    )
    return list(rows.order_by("starts_at", "pk"))


def _waiting(bureau_id: UUID, span: Span, now: datetime, also: list[UUID]) -> list[Visit]:
    """Visits without an order whose window touches the day, and today those whose time is past."""
    that_day = Q(window_from__lt=span[1], window_until__gte=span[0])
    # Promised for another day: that day's business, whatever was wished for at first.
    that_day &= Q(promised_from=None) | Q(promised_from__lt=span[1], promised_until__gte=span[0])
    if span[0] <= now < span[1]:
        that_day |= Q(window_until__lt=now)
    rows = Visit.objects.filter(
        Q(pk__in=also) | (that_day & Q(state=VisitState.WAITING.value)), bureau_id=bureau_id
    )
    return list(rows.order_by("requested_at", "pk"))


def _until(visit: Visit) -> datetime:
    return visit.promised_until or visit.window_until


def _appointments(staff: Sequence[UUID], span: Span) -> dict[UUID, list[Span]]:
    """When an inspector who is also a delegate sits in a call: neighbouring cells as one span."""
    found: dict[UUID, list[Span]] = defaultdict(list)
    cells = Occupancy.objects.filter(
        staff_id__in=staff, appointment__isnull=False, cell__gte=span[0], cell__lt=span[1]
    ).order_by("staff_id", "cell")
    for staff_id, cell in cells.values_list("staff_id", "cell"):
        mine = found[staff_id]
        if mine and mine[-1][1] == cell:
            mine[-1] = (mine[-1][0], cell + CELL)
        else:
            mine.append((cell, cell + CELL))
    return dict(found)
