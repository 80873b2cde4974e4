from datetime import date, datetime

from django.db import models
from django_fsm import transition

from fieldsvc.kernel import ids
from fieldsvc.kernel.workflow import StateField, Workflow
from inspections.ledger.states import DecisionState, ObstacleState, Origin
from inspections.people.models import Bureau, Staff

OPEN, CLAIMED, CLOSED = (state.value for state in ObstacleState)
TO_DO, DONE = (state.value for state in DecisionState)


class WeeklyReport(models.Model):
    """周报: what one week was, frozen; `monday` is the first day of that week.

    `content_key` holds the canonical JSON from which the same PDF can be set again, byte for
    byte; `heads_key` the heads of all chains of the bureau that `head` is the digest of.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    monday = models.DateField()
    content_key = models.CharField(max_length=100)
    content_sha256 = models.CharField(max_length=64)
    heads_key = models.CharField(max_length=100)
    head = models.CharField(max_length=64)
    pdf_key = models.CharField(max_length=100)
    pdf_sha256 = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bureau", "monday"], name="ledger_report_once_a_week")
        ]


class Obstacle(Workflow):
    """堵点: what stood in the way in one week, and who takes it over (认领包干)."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    monday = models.DateField()
    origin = models.CharField(max_length=16, choices=[(one.value, one.label) for one in Origin])
    key = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    detail = models.CharField(max_length=500, blank=True, default="")
    count = models.PositiveIntegerField(default=1)
    # The ids of the services it was met in: the filter `obstacle=<id>` opens them.
    subjects = models.JSONField(default=list)
    state = StateField(default=OPEN)
    claimed_by = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    due = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    result = models.CharField(max_length=500, blank=True, default="")
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bureau", "monday", "origin", "key"], name="ledger_obstacle_once_a_week"
            )
        ]
        indexes = [models.Index(fields=["bureau", "state"], name="ledger_obstacle_open")]

    @transition(field=state, source=[OPEN, CLAIMED], target=CLAIMED)
    def claim(self, *, at: datetime, by: Staff, due: date) -> None:
        self.claimed_by = by
        self.claimed_at = at
        self.due = due

    @transition(field=state, source=CLAIMED, target=CLOSED)
    def close(self, *, at: datetime, by: Staff, result: str) -> None:
        self.closed_at = at
        self.closed_by = by
        self.result = result


class Decision(Workflow):
    """会议决定: what the meeting about one week decided, looked at again a week later."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    monday = models.DateField()
    text = models.CharField(max_length=500)
    owner = models.CharField(max_length=60)
    due = models.DateField()
    state = StateField(default=TO_DO)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["bureau", "monday"], name="ledger_decision_week")]

    @transition(field=state, source=TO_DO, target=DONE)
    def finish(self, *, at: datetime, by: Staff, note: str) -> None:
        self.done_at = at
        self.done_by = by
        self.note = note
