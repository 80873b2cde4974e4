from datetime import datetime

from django.db import models
from django_fsm import transition

from fieldsvc.kernel import ids
from fieldsvc.kernel.workflow import StateField, Workflow
from inspections.aftercare.models.ratings import stream_of
from inspections.aftercare.states import Cause, FollowUpState
from inspections.people.models import Bureau, Staff

OPEN, DONE, UNREACHABLE = (state.value for state in FollowUpState)


class FollowUp(Workflow):
    """回访: one person to be called back; `script` is frozen when the call is queued."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    subject_kind = models.CharField(max_length=12)
    subject = models.UUIDField()
    number = models.CharField(max_length=40)
    rated = models.ManyToManyField(Staff, related_name="+")
    # The gravest; all of them stand in `causes`.
    cause = models.CharField(max_length=12, choices=[(one.value, one.label) for one in Cause])
    causes = models.JSONField(default=list)
    state = StateField(default=OPEN)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    calendar_version = models.CharField(max_length=40)
    provisional = models.BooleanField(default=False)
    script = models.JSONField(default=list)
    tries = models.PositiveSmallIntegerField(default=0)
    last_try_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True, default="")
    said = models.CharField(max_length=1000, blank=True, default="")
    blocked_point = models.CharField(max_length=16, blank=True, default="")
    blocked_text = models.CharField(max_length=200, blank=True, default="")
    done_by = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject"],
                condition=models.Q(state=OPEN),
                name="aftercare_one_open_follow_up",
            ),
        ]
        indexes = [
            models.Index(fields=["bureau", "state", "due_at"], name="aftercare_follow_up_due"),
            models.Index(fields=["subject"], name="aftercare_follow_up_subject"),
        ]

    @property
    def stream(self) -> str:
        return stream_of(self.subject)

    @transition(field=state, source=OPEN, target=DONE)
    def finish(
        self, *, at: datetime, by: Staff, outcome: str, said: str, blocked: tuple[str, str]
    ) -> None:
        self.done_at = at
        self.done_by = by
        self.outcome = outcome
        self.said = said
        self.blocked_point, self.blocked_text = blocked

    @transition(field=state, source=OPEN, target=UNREACHABLE)
    def give_up(self, *, at: datetime, by: Staff) -> None:
        self.tries += 1
        self.last_try_at = at
        self.done_at = at
        self.done_by = by
