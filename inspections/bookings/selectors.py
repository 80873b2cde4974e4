from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from fieldsvc.kernel import clock
from inspections.bookings import rules
from inspections.bookings.models import Appointment, Occupancy, Timetable
from inspections.bookings.rules import Hours, Slot
from inspections.bookings.states import AppointmentState
from inspections.people.selectors import inspectors_of

Taken = dict[str, set[datetime]]
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Offer:
    """A slot with at least two free inspectors."""

    starts_at: datetime
    ends_at: datetime
    label: str


def hours_of(bureau_id: UUID) -> Hours:
    timetable = Timetable.objects.filter(bureau_id=bureau_id).first()
    return timetable.hours() if timetable else Hours()


def offer(bureau_id: UUID, *, after: datetime | None = None, limit: int = 200) -> list[Offer]:
    """The next free slots of a bureau that start after `after`, at most `limit`."""
    now = clock.now()
    everyone = [str(one.pk) for one in inspectors_of(bureau_id)]
    grid = [
        slot
        for slot in rules.slots(hours_of(bureau_id), now)
        if after is None or slot.starts_at > after
    ]
    taken = taken_cells(everyone, grid)
    found: list[Offer] = []
    for slot in grid:
        if len(found) == limit:
            break
        if len(rules.free_for(slot, everyone, taken)) >= rules.NEEDED:
            found.append(Offer(slot.starts_at, slot.ends_at, rules.label(slot.starts_at, now)))
    return found


def taken_cells(staff: Sequence[str], grid: Sequence[Slot]) -> Taken:
    """Taken cells of these staff within the days the slots lie in."""
    taken: Taken = defaultdict(set)
    if not grid:
        return taken
    # A day to each side, because the load is counted over the whole local day.
    rows = Occupancy.objects.filter(
        staff_id__in=staff,
        cell__gte=grid[0].starts_at - _DAY,
        cell__lt=grid[-1].ends_at + _DAY,
    )
    for staff_id, cell in rows.values_list("staff_id", "cell"):
        taken[str(staff_id)].add(cell)
    return taken


def appointment_of(case_id: UUID | str) -> Appointment | None:
    """The standing appointment of a case."""
    return _rows().filter(case_id=case_id, state=AppointmentState.CONFIRMED.value).first()


def get_appointment(appointment_id: UUID | str) -> Appointment:
    return _rows().get(pk=appointment_id)


def label_of(starts_at: datetime) -> str:
    """「今天 15:30」, as of now."""
    return rules.label(starts_at, clock.now())


def _rows() -> QuerySet[Appointment]:
    return Appointment.objects.select_related("first_inspector", "second_inspector", "bureau")
