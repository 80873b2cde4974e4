"""Booking, changing and giving up an appointment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from fieldsvc.kernel import clock, ids, journal, workflow
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.bookings import policies, rules, selectors
from inspections.bookings.errors import NoAppointment, SlotNotOffered, SlotTaken, StaffTaken
from inspections.bookings.models import Appointment, Occupancy, Timetable
from inspections.bookings.rules import Hours, Slot
from inspections.cases import services as cases
from inspections.cases.models import Case
from inspections.people.models import Bureau
from inspections.people.selectors import inspectors_of

ALTERNATIVES = 3


@dataclass(frozen=True, slots=True)
class Taking:
    """The wish to have one member of staff for one time; `holder` is the id of what for."""

    staff_id: UUID
    slot: Slot
    holder: UUID


def set_hours(bureau: Bureau, hours: Hours) -> None:
    """Replace a bureau's office hours; standing appointments stay. Raises ValueError."""
    problem = hours.problem()
    if problem is not None:
        raise ValueError(problem)
    Timetable.objects.update_or_create(
        bureau=bureau,
        defaults={
            "weekdays": sorted(hours.weekdays),
            "windows": [list(window) for window in hours.windows],
            "slot_minutes": hours.slot_minutes,
            "lead_minutes": hours.lead_minutes,
            "days_ahead": hours.days_ahead,
        },
    )


def book(case: Case, starts_at: datetime, *, actor: Actor) -> Appointment:
    """Book a slot with the two least busy free inspectors; a standing appointment is replaced.

    The same time again gives the same appointment. Of many who want the last place exactly one
    gets it; the others get `slot_taken` with the next three in `fields.alternatives`, and keep
    what they had. Refuses also with `slot_not_offered`, `booking_closed`, `appointment_started`.
    Journal: `booking.confirmed`, and `booking.cancelled` for the one replaced.
    """
    _look_first(case, starts_at, actor)
    return _book(case, starts_at, actor)


@transaction.atomic
def _book(case: Case, starts_at: datetime, actor: Actor) -> Appointment:
    case = _lock(case)
    standing = selectors.appointment_of(case.pk)
    now = clock.now()
    refusal = policies.may_book(actor, case, standing, now)
    if refusal is not None:
        raise refusal
    if standing is not None and standing.starts_at == starts_at:
        return standing
    slot = rules.find_slot(selectors.hours_of(case.bureau_id), starts_at, now)
    if slot is None:
        raise SlotNotOffered({"alternatives": _alternatives(case, now)})
    if standing is not None:
        _cancel(standing, case, actor, reason="rebooked")
    appointment = _occupy(case, slot)
    if appointment is None:
        raise SlotTaken({"alternatives": _alternatives(case, starts_at)})
    cases.mark_scheduled(case, actor=actor, appointment=appointment.pk)
    journal.append(case.stream, "booking.confirmed", actor=actor, data=_facts(appointment))
    return appointment


@transaction.atomic
def cancel(case: Case, *, actor: Actor) -> None:
    """Give the standing appointment up; its inspectors are free again.

    Refuses: `no_appointment`, `appointment_started`, `booking_closed`.
    Journal: `booking.cancelled`.
    """
    case = _lock(case)
    standing = selectors.appointment_of(case.pk)
    if standing is None:
        raise NoAppointment
    refusal = policies.may_cancel(actor, case, standing, clock.now())
    if refusal is not None:
        raise refusal
    _cancel(standing, case, actor, reason="cancelled")
    cases.mark_unscheduled(case, actor=actor, appointment=standing.pk)


def give_up(case: Case, *, reason: str, actor: Actor) -> None:
    """Free whatever appointment the case still has; `reason` is a code. Without one: nothing.

    Journal: `booking.cancelled`.
    """
    case = _lock(case)
    standing = selectors.appointment_of(case.pk)
    if standing is not None:
        _cancel(standing, case, actor, reason=reason)


def occupy(staff_id: UUID, slot: Slot, *, holder: UUID) -> None:
    """Take one member of staff for the cells a time touches; refuses with `staff_taken`."""
    occupy_all([Taking(staff_id, slot, holder)])


def occupy_all(takings: Iterable[Taking]) -> None:
    """Take all or none; refuses with `staff_taken`. In the caller's transaction, if there is one.

    Neither the refusal nor a race lost leaves the transaction unusable.
    """
    rows = [
        Occupancy(staff_id=one.staff_id, cell=cell, holder=one.holder)
        for one in takings
        for cell in one.slot.cells()
    ]
    # One order for all, so that two writers never wait for each other in a ring.
    rows.sort(key=lambda row: (row.staff_id, row.cell))
    try:
        with transaction.atomic():
            Occupancy.objects.bulk_create(rows, batch_size=500)
    except IntegrityError as error:
        raise StaffTaken from error


def taken_of(takings: Iterable[Taking]) -> set[UUID]:
    """The holders among these whose wish collides with what is taken now."""
    return {
        one.holder
        for one in takings
        if Occupancy.objects.filter(staff_id=one.staff_id, cell__in=one.slot.cells())
        .exclude(holder=one.holder)
        .exists()
    }


def release(*holders: UUID) -> None:
    """Give back whatever these holders have taken."""
    Occupancy.objects.filter(holder__in=holders).delete()


def _look_first(case: Case, starts_at: datetime, actor: Actor) -> None:
    """Tell who comes too late without the write lock: only those who may win queue for it.

    SQLite has one such lock for everything and hands it out unfairly; losers that waited for it
    only to learn that they lost would push others past its timeout. Every other refusal is left
    to the look under the lock.
    """
    now = clock.now()
    slot = rules.find_slot(selectors.hours_of(case.bureau_id), starts_at, now)
    if slot is None or policies.may_book(actor, case, None, now) is not None:
        return
    everyone = [str(one.pk) for one in inspectors_of(case.bureau_id)]
    taken = selectors.taken_cells(everyone, [slot])
    if len(rules.free_for(slot, everyone, taken)) >= rules.NEEDED:
        return
    # Asked after the cells: what took them may be this case's own booking, sent twice.
    if selectors.appointment_of(case.pk) is None:
        raise SlotTaken({"alternatives": _alternatives(case, starts_at)})


def _lock(case: Case) -> Case:
    """Queue the bookings of one bureau: without it two exchanges of slots could deadlock.

    On SQLite the IMMEDIATE transaction has queued them already. What makes double booking
    impossible is not this lock but the unique cells.
    """
    Bureau.objects.select_for_update(no_key=True).get(pk=case.bureau_id)
    return Case.objects.get(pk=case.pk)


def _occupy(case: Case, slot: Slot) -> Appointment | None:
    everyone = [str(one.pk) for one in inspectors_of(case.bureau_id)]
    # Each failed try means that somebody else took at least one inspector: it ends by itself.
    for _ in range(len(everyone) + 1):
        taken = selectors.taken_cells(everyone, [slot])
        free = rules.free_for(slot, everyone, taken)
        if len(free) < rules.NEEDED:
            return None
        pair = rules.choose(free, taken, rules.local_day(slot.starts_at))
        try:
            with transaction.atomic():
                return _write(case, slot, pair)
        except IntegrityError:
            continue
    return None


def _write(case: Case, slot: Slot, pair: list[str]) -> Appointment:
    appointment = Appointment.objects.create(
        id=ids.new(),
        case=case,
        bureau_id=case.bureau_id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        first_inspector_id=UUID(pair[0]),
        second_inspector_id=UUID(pair[1]),
        created_at=clock.now(),
    )
    Occupancy.objects.bulk_create(
        Occupancy(staff_id=UUID(who), cell=cell, appointment=appointment)
        # One order for all, so that two writers never wait for each other in a ring.
        for who in sorted(pair)
        for cell in slot.cells()
    )
    return appointment


def _cancel(standing: Appointment, case: Case, actor: Actor, *, reason: str) -> None:
    workflow.move(
        standing,
        "cancel",
        actor=actor,
        kind="booking.cancelled",
        stream=case.stream,
        data={**_facts(standing), "reason": reason},
    )
    standing.cells.all().delete()


def _alternatives(case: Case, after: datetime) -> list[JSONValue]:
    offers = selectors.offer(case.bureau_id, after=after, limit=ALTERNATIVES)
    if len(offers) < ALTERNATIVES:
        # Late in the last day: what is free earlier helps more than an empty list.
        offers = selectors.offer(case.bureau_id, limit=ALTERNATIVES)
    return [{"starts_at": clock.iso(one.starts_at), "label": one.label} for one in offers]


def _facts(appointment: Appointment) -> dict[str, JSONValue]:
    return {
        "case": str(appointment.case_id),
        "appointment": str(appointment.pk),
        "starts_at": clock.iso(appointment.starts_at),
        "ends_at": clock.iso(appointment.ends_at),
        "inspectors": [
            str(appointment.first_inspector_id),
            str(appointment.second_inspector_id),
        ],
    }
