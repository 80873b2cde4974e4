"""What happens to the board when somebody cannot go."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from inspections.bookings import services as bookings
from inspections.dispatch import rules
from inspections.dispatch.models import DispatchOrder, Hold
from inspections.dispatch.services.common import queue, system, touch_board, withdraw
from inspections.dispatch.services.plans import request_plan
from inspections.dispatch.services.promises import keep_promise
from inspections.dispatch.states import OrderState, WithdrawReason

# Whoever is inside a home finishes or breaks off by themselves.
_TAKEN_BACK = (OrderState.OFFERED.value, OrderState.ACCEPTED.value, OrderState.EN_ROUTE.value)


@transaction.atomic
def note_absence(
    bureau_id: UUID, staff_id: UUID, starts_at: datetime, ends_at: datetime
) -> list[DispatchOrder]:
    """Take back every order of an absent one that touches the span, and plan those days again.

    Promises stand: each visit is kept another place within its window where there is one. The
    same absence again finds nothing more. Journal: `order.withdrawn` each, `plan.requested`.
    """
    queue(bureau_id)
    actor = system(bureau_id)
    touching = {"staff_id": staff_id, "starts_at__lt": ends_at, "ends_at__gt": starts_at}
    rows = DispatchOrder.objects.select_related("visit").filter(**touching, state__in=_TAKEN_BACK)
    orders = sorted(rows, key=lambda one: (one.visit.stream, one.starts_at))
    for order in orders:
        withdraw(order, WithdrawReason.ABSENT, actor=actor)
    holds = list(Hold.objects.select_related("visit").filter(**touching))
    for hold in holds:
        bookings.release(hold.pk)
        hold.delete()
    for visit in (*(one.visit for one in orders), *(one.visit for one in holds)):
        keep_promise(visit, avoid=staff_id)
    for day in _days([*orders, *holds]):
        touch_board(bureau_id, day)
        request_plan(bureau_id, day, actor=actor)
    return orders


def _days(rows: list[DispatchOrder | Hold]) -> list[date]:
    return sorted({rules.local_day(one.starts_at) for one in rows})
