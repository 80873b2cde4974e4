"""Delegations of two weeks with visits and orders, and their lines in the ledger."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fieldsvc.kernel import ids
from inspections.delegation.models import Delegation
from inspections.dispatch.models import DispatchOrder, Visit
from inspections.ledger import services
from inspections.people.models import Area, Staff
from tests.inspections.aftercare.scene import People, new_delegation

# The corner of 周村 that the tests' address lies in.
RING = [[117.80, 36.75], [117.90, 36.75], [117.90, 36.85], [117.80, 36.85]]


@dataclass
class Book:
    """Makes delegations as the slices below would leave them, numbered from 1."""

    folk: People
    count: int = 0

    def add(self, registered_at: datetime, staff: Staff | None = None, **more: Any) -> Delegation:
        self.count += 1
        values = {
            "registered_at": registered_at,
            "due_at": registered_at + timedelta(days=3),
            **more,
        }
        bureau = values.pop("bureau", self.folk.cast.bureau)
        made = new_delegation(bureau, staff, self.count, **values)
        services.project_delegation(made.pk)
        return made

    def visit(self, delegation: Delegation, *orders: dict[str, Any], bounces: int = 0) -> Visit:
        """One visit with its orders; each order names `staff`, `state` and its times."""
        at = delegation.registered_at
        visit = Visit.objects.create(
            id=ids.new(),
            bureau=delegation.bureau,
            stream=delegation.stream,
            subject=delegation.pk,
            kind="DELEGATION",
            title="代办",
            longitude=117.86,
            latitude=36.8,
            minutes=30,
            window_from=at,
            window_until=at + timedelta(hours=4),
            requested_at=at,
            bounces=bounces,
        )
        for order in orders:
            DispatchOrder.objects.create(
                id=ids.new(),
                visit=visit,
                starts_at=at,
                ends_at=at + timedelta(minutes=30),
                offered_at=at,
                **order,
            )
        services.project_delegation(delegation.pk)
        return visit


def area_of(folk: People) -> Area:
    return Area.objects.create(
        id=ids.new(), bureau=folk.cast.bureau, code="A1", title="丝绸路片区", polygon=RING
    )
