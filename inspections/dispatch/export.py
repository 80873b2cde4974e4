"""The calendar file of one delegate (RFC 5545): when and where, never who is visited."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from icalendar import Calendar, Event

from inspections.dispatch.models import DispatchOrder
from inspections.dispatch.states import OrderState, VisitKind

_STATUS: Final = {OrderState.OFFERED.value: "TENTATIVE"}


def calendar_file(orders: Iterable[DispatchOrder], now: datetime) -> bytes:
    """One event per order; UID and SEQUENCE let a calendar programme take changes in place.

    No names and no numbers of those visited: the file leaves the house with the phone.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//yunkanyan//visits//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "上门任务")
    calendar.add("x-published-ttl", "PT15M")
    for order in orders:
        calendar.add_component(_event(order, now))
    return bytes(calendar.to_ical())


def _event(order: DispatchOrder, now: datetime) -> Event:
    visit = order.visit
    event = Event()
    event.add("uid", f"{order.pk}@visits")
    event.add("sequence", order.version)
    event.add("dtstamp", now)
    event.add("dtstart", order.starts_at)
    event.add("dtend", order.ends_at)
    event.add("summary", f"{VisitKind(visit.kind).label} · {visit.title}")
    if visit.address:
        event.add("location", visit.address)
    event.add("geo", (visit.latitude, visit.longitude))
    event.add("status", _STATUS.get(order.state, "CONFIRMED"))
    event.add("description", OrderState(order.state).label)
    return event
