"""Travel times that learn from what really happened between 「出发」 and 「到达」."""

from inspections.dispatch import rules
from inspections.dispatch.models import DispatchOrder, TravelSample
from inspections.dispatch.states import OrderState


def learn(order: DispatchOrder) -> TravelSample | None:
    """Keep how long the way from the delegate's last door took; None where that is not known.

    The first way of a day starts wherever the delegate was, which nobody records: no sample.
    """
    if order.departed_at is None or order.arrived_at is None:
        return None
    seconds = round((order.arrived_at - order.departed_at).total_seconds())
    least, most = rules.SAMPLE_SECONDS
    before = _last_door(order)
    if before is None or not least <= seconds <= most:
        return None
    return TravelSample.objects.create(
        bureau_id=order.visit.bureau_id,
        order=order,
        from_longitude=before.visit.longitude,
        from_latitude=before.visit.latitude,
        to_longitude=order.visit.longitude,
        to_latitude=order.visit.latitude,
        departed_at=order.departed_at,
        seconds=seconds,
    )


def _last_door(order: DispatchOrder) -> DispatchOrder | None:
    """The visit the delegate finished last on the same local day, before setting out."""
    if order.departed_at is None:
        return None
    since = rules.midnight(rules.local_day(order.departed_at))
    return (
        DispatchOrder.objects.select_related("visit")
        .filter(
            staff_id=order.staff_id,
            state=OrderState.DONE.value,
            finished_at__gte=since,
            finished_at__lte=order.departed_at,
        )
        .order_by("-finished_at")
        .first()
    )
