"""From an appointment to an inspection with a dossier and a room."""

from django.db import transaction

from fieldsvc.kernel import clock, ids, journal, workflow
from inspections.bookings.models import Appointment
from inspections.catalog import selectors as catalog
from inspections.evidence import services as evidence
from inspections.inspection import rules
from inspections.inspection.models import Assignment, Inspection, NumberSeries, PreSurvey
from inspections.inspection.services.common import facts, room_of, system
from inspections.inspection.states import InspectionState
from inspections.people.models import Staff
from signaling import rooms
from signaling.models import Room
from signaling.states import Role


def schedule(appointment: Appointment, inspectors: list[Staff]) -> Inspection:
    """Make the inspection of an appointment, or move the case's open one to its time.

    Opens the dossier and the (still locked) room and adds everybody who may enter. Journals
    `inspection.scheduled`. Repeating it for the same appointment changes nothing.
    """
    with transaction.atomic():
        open_one = (
            Inspection.objects.select_for_update(of=("self",))
            .select_related("dossier", "case", "bureau")
            .filter(case_id=appointment.case_id)
            .exclude(state=InspectionState.TRANSFERRED.value)
            .order_by("-round")
            .first()
        )
        if open_one is not None:
            return _move_to(open_one, appointment, inspectors)
        return _create(appointment, inspectors)


def _create(appointment: Appointment, inspectors: list[Staff]) -> Inspection:
    case = appointment.case
    bureau_id = str(case.bureau_id)
    number = _next_number()
    system_here = journal.Actor("system", "system", bureau_id)
    dossier = evidence.open_dossier(
        f"云勘验 {number}", scope=bureau_id, actor=system_here, service_item=case.service_item
    )
    room = rooms.open_room(dossier.stream, scope=bureau_id, label=case.premises_name)
    template = catalog.current_template(case.service_item)
    inspection = Inspection.objects.create(
        id=ids.new(),
        number=number,
        case=case,
        bureau_id=case.bureau_id,
        appointment=appointment,
        dossier=dossier,
        room=room.pk,
        round=1,
        template_code=template.code,
        template_version=template.version,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
    )
    PreSurvey.objects.create(inspection=inspection)
    _assign(inspection, room, inspectors)
    _tell(inspection, inspectors)
    return inspection


def _move_to(
    inspection: Inspection, appointment: Appointment, inspectors: list[Staff]
) -> Inspection:
    if (
        inspection.appointment_id == appointment.pk
        or inspection.state != InspectionState.SCHEDULED.value
    ):
        return inspection
    inspection.appointment = appointment
    inspection.starts_at = appointment.starts_at
    inspection.ends_at = appointment.ends_at
    workflow.save_fields(inspection, "appointment", "starts_at", "ends_at")
    _assign(inspection, room_of(inspection), inspectors)
    _tell(inspection, inspectors)
    return inspection


def _assign(inspection: Inspection, room: Room, inspectors: list[Staff]) -> None:
    old = {str(one.staff_id) for one in inspection.assignments.all()}
    kept = {str(staff.pk) for staff in inspectors}
    inspection.assignments.exclude(staff__in=inspectors).delete()
    for position, staff in enumerate(inspectors, start=1):
        Assignment.objects.update_or_create(
            inspection=inspection, staff=staff, defaults={"position": position}
        )
        rooms.add_member(
            room, subject=str(staff.pk), role=Role.HOST, name=staff.name, label="勘验人员"
        )
    for member in room.members.filter(subject__in=old - kept):
        rooms.revoke_member(member.pk, actor=system(inspection))
    case = inspection.case
    rooms.add_member(
        room, subject=str(case.pk), role=Role.GUEST, name=case.contact_name, label="申请人"
    )


def _tell(inspection: Inspection, inspectors: list[Staff]) -> None:
    journal.append(
        inspection.stream,
        "inspection.scheduled",
        actor=system(inspection),
        data=facts(
            inspection,
            number=inspection.number,
            mode=inspection.mode,
            appointment=str(inspection.appointment_id),
            room=str(inspection.room),
            starts_at=clock.iso(inspection.starts_at),
            template=f"{inspection.template_code} {inspection.template_version}",
            inspectors=[str(staff.pk) for staff in inspectors],
        ),
    )


def _next_number() -> str:
    """The next number of the year; the series' row lock keeps the numbers without holes."""
    year = clock.now().astimezone(rules.BEIJING).year
    NumberSeries.objects.bulk_create([NumberSeries(year=year)], ignore_conflicts=True)
    series = NumberSeries.objects.select_for_update().get(year=year)
    series.last += 1
    series.save(update_fields=["last"])
    return rules.inspection_number(year, series.last)
