from datetime import datetime

from django.db import models
from django_fsm import transition

from fieldsvc.kernel import ids
from fieldsvc.kernel.workflow import StateField, Workflow
from inspections.aftercare.states import Complexity, Source, UnresolvedState
from inspections.people.models import Bureau, Staff

REGISTERED, PROPOSED, ASSIGNED, REPLIED, CLOSED = (state.value for state in UnresolvedState)


class UnresolvedSeries(models.Model):
    """The last number given out in a year; the row that concurrent registrations queue on."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)


class Unresolved(Workflow):
    """办不成事: something a person could not get done, and who has to answer for it by when.

    Each form of the procedure is a pair of columns: who signed it and when.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=20, unique=True)
    state = StateField(default=REGISTERED)
    source = models.CharField(max_length=12, choices=[(one.value, one.label) for one in Source])
    # The delegation it is about, if any; the report at the door also names its kind.
    delegation = models.UUIDField(null=True, blank=True, db_index=True)
    report_kind = models.CharField(max_length=16, blank=True, default="")
    # The journal entry it was opened by: an entry that is told twice opens one only.
    entry = models.PositiveBigIntegerField(null=True, blank=True, unique=True)
    applicant_name = models.CharField(max_length=40, blank=True, default="")
    phone = models.CharField(max_length=20, blank=True, default="")
    text = models.CharField(max_length=1000)
    complexity = models.CharField(
        max_length=8, choices=[(one.value, one.label) for one in Complexity]
    )
    department = models.CharField(max_length=80, blank=True, default="")
    instruction = models.CharField(max_length=500, blank=True, default="")
    opinion = models.CharField(max_length=500, blank=True, default="")
    reply = models.CharField(max_length=1000, blank=True, default="")
    resolved = models.BooleanField(null=True, blank=True)
    due_at = models.DateTimeField()
    # No extension may go beyond this.
    last_due_at = models.DateTimeField()
    calendar_version = models.CharField(max_length=40)
    provisional = models.BooleanField(default=False)
    extended_at = models.DateTimeField(null=True, blank=True)
    extended_by = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    extension_reason = models.CharField(max_length=300, blank=True, default="")
    told_way = models.CharField(max_length=12, blank=True, default="")
    warned_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_at = models.DateTimeField(null=True, blank=True)
    proposed_by = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    assigned_at = models.DateTimeField(null=True, blank=True)
    assigned_by = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    replied_at = models.DateTimeField(null=True, blank=True)
    replied_by = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(fields=["bureau", "state", "due_at"], name="aftercare_unresolved_due")
        ]

    @property
    def stream(self) -> str:
        return f"unresolved:{self.pk}"

    @transition(field=state, source=REGISTERED, target=PROPOSED)
    def propose(self, *, at: datetime, by: Staff, department: str, opinion: str) -> None:
        self.proposed_at = at
        self.proposed_by = by
        self.department = department
        self.opinion = opinion

    @transition(field=state, source=[REGISTERED, PROPOSED], target=ASSIGNED)
    def assign(self, *, at: datetime, by: Staff, department: str, instruction: str) -> None:
        self.assigned_at = at
        self.assigned_by = by
        self.department = department
        self.instruction = instruction

    @transition(field=state, source=ASSIGNED, target=REPLIED)
    def answer(self, *, at: datetime, by: Staff, text: str) -> None:
        self.replied_at = at
        self.replied_by = by
        self.reply = text

    @transition(field=state, source=REPLIED, target=CLOSED)
    def close(self, *, at: datetime, by: Staff, resolved: bool) -> None:
        self.closed_at = at
        self.closed_by = by
        self.resolved = resolved

    @transition(field=state, source=REPLIED, target=ASSIGNED)
    def send_back(self) -> None:
        """The answer does not settle it: the department answers again, on the same clock."""
