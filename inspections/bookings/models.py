from django.db import models
from django_fsm import transition

from fieldsvc.kernel import ids
from fieldsvc.kernel.workflow import StateField, Workflow
from inspections.bookings.rules import Hours, Slot
from inspections.bookings.states import AppointmentState
from inspections.cases.models import Case
from inspections.people.models import Bureau, Staff


class Timetable(models.Model):
    """Office hours of one bureau; without a row the rules' defaults hold."""

    bureau = models.OneToOneField(
        Bureau, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    weekdays = models.JSONField()
    windows = models.JSONField()
    slot_minutes = models.PositiveSmallIntegerField()
    lead_minutes = models.PositiveSmallIntegerField()
    days_ahead = models.PositiveSmallIntegerField()

    def hours(self) -> Hours:
        return Hours(
            weekdays=frozenset(self.weekdays),
            windows=tuple((start, end) for start, end in self.windows),
            slot_minutes=self.slot_minutes,
            lead_minutes=self.lead_minutes,
            days_ahead=self.days_ahead,
        )


class Appointment(Workflow):
    """预约: one time at which two inspectors are there for one case."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="appointments")
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = StateField(default=AppointmentState.CONFIRMED.value)
    first_inspector = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    second_inspector = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(state=AppointmentState.CONFIRMED.value),
                name="bookings_one_confirmed_per_case",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="bookings_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~models.Q(first_inspector=models.F("second_inspector")),
                name="bookings_two_different_inspectors",
            ),
        ]
        indexes = [models.Index(fields=["bureau", "starts_at"], name="bookings_bureau_day")]

    @property
    def inspectors(self) -> list[Staff]:
        return [self.first_inspector, self.second_inspector]

    @property
    def slot(self) -> Slot:
        return Slot(self.starts_at, self.ends_at)

    @transition(
        field=state,
        source=AppointmentState.CONFIRMED.value,
        target=AppointmentState.CANCELLED.value,
    )
    def cancel(self) -> None: ...


class Occupancy(models.Model):
    """One member of staff is taken for one cell of time. The unique pair settles every race.

    What takes them is an appointment here, or something of a slice above, known by its id only.
    """

    id = models.BigAutoField(primary_key=True)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    cell = models.DateTimeField()
    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, null=True, blank=True, related_name="cells"
    )
    holder = models.UUIDField(null=True, blank=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "cell"], name="bookings_cell_once"),
            models.CheckConstraint(
                condition=models.Q(appointment__isnull=True) ^ models.Q(holder__isnull=True),
                name="bookings_cell_one_reason",
            ),
        ]
