from datetime import datetime

from django.db import models
from django_fsm import transition

from fieldsvc.kernel import ids
from fieldsvc.kernel.workflow import StateField, Workflow
from inspections.aftercare.states import RemedyState, SubjectKind
from inspections.people.models import Bureau, Staff

OPEN, CLOSED = (state.value for state in RemedyState)


class Rating(models.Model):
    """好差评: what one person thought of one service, said once; `rated` may never read it."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    subject_kind = models.CharField(
        max_length=12, choices=[(one.value, one.label) for one in SubjectKind]
    )
    subject = models.UUIDField()
    number = models.CharField(max_length=40)
    grade = models.PositiveSmallIntegerField()
    tags = models.JSONField(default=list)
    text = models.CharField(max_length=500, blank=True, default="")
    rated = models.ManyToManyField(Staff, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject"], name="aftercare_rating_once"
            ),
            models.CheckConstraint(
                condition=models.Q(grade__gte=1, grade__lte=5), name="aftercare_rating_five_grades"
            ),
        ]
        indexes = [models.Index(fields=["bureau", "at"], name="aftercare_rating_bureau")]

    @property
    def stream(self) -> str:
        """A stream of its own: that of the service would tell the rated that it was rated."""
        return stream_of(self.subject)


class Remedy(Workflow):
    """差评整改: what a bad rating asks of the bureau, never of those it rates."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    rating = models.OneToOneField(Rating, on_delete=models.PROTECT, related_name="remedy")
    owner = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = StateField(default=OPEN)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    calendar_version = models.CharField(max_length=40)
    provisional = models.BooleanField(default=False)
    escalated_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=16, blank=True, default="")
    found = models.CharField(max_length=1000, blank=True, default="")
    answer = models.CharField(max_length=1000, blank=True, default="")
    closed_by = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["bureau", "state", "due_at"], name="aftercare_remedy_due")]

    @transition(field=state, source=OPEN, target=CLOSED)
    def close(self, *, at: datetime, by: Staff, outcome: str, found: str, answer: str) -> None:
        self.closed_at = at
        self.closed_by = by
        self.outcome = outcome
        self.found = found
        self.answer = answer


def stream_of(subject: object) -> str:
    return f"aftercare:{subject}"
