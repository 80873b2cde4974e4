from datetime import datetime

from django.db import models
from django.db.models import Q
from django_fsm import transition

from fieldsvc.kernel import ids
from fieldsvc.kernel.workflow import StateField, Workflow
from inspections.cases.models import Case
from inspections.delegation.states import (
    AT_HAND,
    OPEN_STATES,
    DelegationState,
    Direction,
    FilePurpose,
    MandateState,
    StepState,
)
from inspections.evidence.models import Dossier, EvidenceItem
from inspections.inspection.models import Inspection
from inspections.people.models import Bureau, Staff

(
    REGISTERED,
    ACCEPTED,
    HANDLING,
    DELIVERED,
    ARCHIVED,
    REPORTED,
    FOLLOWED_UP,
    SUSPENDED,
    TERMINATED,
) = (state.value for state in DelegationState)
DRAFT, SIGNED, REVOKED, EXPIRED = (state.value for state in MandateState)


class DelegationSeries(models.Model):
    """The last number given out in a year; the row that concurrent registrations queue on."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)


class Delegation(Workflow):
    """全代办: one wish of one applicant that a delegate takes care of, from the call to the file.

    Its clocks start at `registered_at`: neither acceptance nor a bounced order moves that.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="delegation")
    number = models.CharField(max_length=20, unique=True)
    channel = models.CharField(max_length=12)
    person_type = models.CharField(max_length=8)
    applicant_name = models.CharField(max_length=120)
    contact_name = models.CharField(max_length=40)
    phone = models.CharField(max_length=20)
    # Keyed, so that equal phones can be found without one being readable from the column.
    phone_digest = models.CharField(max_length=64)
    items = models.JSONField(default=list)
    # Guide code → version as it stood at registration.
    guides = models.JSONField(default=dict)
    bundle = models.CharField(max_length=40, blank=True, default="")
    address = models.CharField(max_length=200)
    # WGS-84 degrees; None until somebody has found the place on the map.
    longitude = models.FloatField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    needs = models.JSONField(default=list)
    wish = models.CharField(max_length=1000, blank=True, default="")
    # 门口提示: which door, which bell, a gate, a dog.
    door_note = models.CharField(max_length=200, blank=True, default="")
    window_from = models.DateTimeField(null=True, blank=True)
    window_until = models.DateTimeField(null=True, blank=True)
    # When the applicant would like it best: the board's wish, nobody's promise.
    preferred_from = models.DateTimeField(null=True, blank=True)
    preferred_until = models.DateTimeField(null=True, blank=True)
    wanted_staff = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = StateField(default=REGISTERED)
    # Where a suspended one goes on.
    resumes_to = models.CharField(max_length=12, blank=True, default="")
    registered_at = models.DateTimeField()
    callback_due_at = models.DateTimeField(null=True, blank=True)
    called_back_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField()
    calendar_version = models.CharField(max_length=40)
    provisional = models.BooleanField(default=False)
    suspended_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    followed_up_at = models.DateTimeField(null=True, blank=True)
    # The highest percentage of each clock that was escalated already: 0, 70, 90, 100.
    response_level = models.PositiveSmallIntegerField(default=0)
    completion_level = models.PositiveSmallIntegerField(default=0)
    staff = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The dispatch visit that is under way or was the last one.
    visit = models.UUIDField(null=True, blank=True, db_index=True)
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="delegations"
    )
    inspection = models.ForeignKey(
        Inspection, on_delete=models.PROTECT, null=True, blank=True, related_name="delegations"
    )

    class Meta:
        indexes = [
            models.Index(fields=["bureau", "-registered_at"], name="delegation_bureau_newest"),
            models.Index(fields=["bureau", "phone_digest"], name="delegation_phone"),
            models.Index(fields=["state", "due_at"], name="delegation_open_by_due"),
        ]

    @property
    def stream(self) -> str:
        return f"delegation:{self.pk}"

    @property
    def is_place_missing(self) -> bool:
        """Whether somebody would have to go and nobody knows where."""
        comes = self.channel not in AT_HAND and self.state in OPEN_STATES
        return comes and self.longitude is None

    @transition(field=state, source=REGISTERED, target=ACCEPTED)
    def accept(self) -> None: ...

    @transition(field=state, source=ACCEPTED, target=HANDLING)
    def handle(self) -> None: ...

    @transition(field=state, source=[ACCEPTED, HANDLING], target=SUSPENDED)
    def suspend(self, *, at: datetime, resumes_to: str) -> None:
        self.suspended_at = at
        self.resumes_to = resumes_to

    @transition(field=state, source=SUSPENDED, target=ACCEPTED)
    def resume_accepted(self, *, due_at: datetime) -> None:
        self._go_on(due_at)

    @transition(field=state, source=SUSPENDED, target=HANDLING)
    def resume_handling(self, *, due_at: datetime) -> None:
        self._go_on(due_at)

    @transition(field=state, source=HANDLING, target=DELIVERED)
    def deliver(self, *, at: datetime) -> None:
        self.delivered_at = at

    @transition(field=state, source=DELIVERED, target=ARCHIVED)
    def put_on_file(self) -> None: ...

    @transition(field=state, source=ARCHIVED, target=REPORTED)
    def report_up(self) -> None: ...

    @transition(field=state, source=REPORTED, target=FOLLOWED_UP)
    def follow_up(self) -> None: ...

    @transition(field=state, source=[REGISTERED, ACCEPTED, HANDLING, SUSPENDED], target=TERMINATED)
    def terminate(self, *, at: datetime) -> None:
        self.ended_at = at

    def _go_on(self, due_at: datetime) -> None:
        self.due_at = due_at
        self.suspended_at = None
        self.resumes_to = ""


class Mandate(Workflow):
    """委托书: what the delegate may do for the applicant, and until when."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, related_name="mandates")
    number = models.CharField(max_length=28, unique=True)
    scope = models.JSONField(default=list)
    items = models.JSONField(default=list)
    # Good through the whole of this day, Beijing time.
    valid_until = models.DateField()
    state = StateField(default=DRAFT)
    signed_way = models.CharField(max_length=12, blank=True, default="")
    drafted_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    revoked_reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["delegation"],
                condition=Q(state__in=[DRAFT, SIGNED]),
                name="delegation_one_living_mandate",
            ),
        ]
        indexes = [models.Index(fields=["state", "valid_until"], name="delegation_mandate_expiry")]

    @transition(field=state, source=DRAFT, target=SIGNED)
    def sign(self, *, at: datetime, way: str) -> None:
        self.signed_at = at
        self.signed_way = way

    @transition(field=state, source=[DRAFT, SIGNED], target=REVOKED)
    def revoke(self, *, at: datetime, reason: str) -> None:
        self.ended_at = at
        self.revoked_reason = reason

    @transition(field=state, source=[DRAFT, SIGNED], target=EXPIRED)
    def expire(self, *, at: datetime) -> None:
        self.ended_at = at


class Step(Workflow):
    """One step of a service item's guide, for this delegation."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    item = models.CharField(max_length=40)
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    # The mandate action it needs; blank for a step that is no act in the applicant's name.
    action = models.CharField(max_length=40, blank=True, default="")
    minutes = models.PositiveIntegerField(default=0)
    after = models.JSONField(default=list)
    state = StateField(default=StepState.OPEN.value)
    # Server time; what the delegate's phone said stands beside it.
    done_at = models.DateTimeField(null=True, blank=True)
    occurred_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["delegation", "item", "code"], name="delegation_step_once"
            ),
        ]

    @transition(field=state, source=StepState.OPEN.value, target=StepState.DONE.value)
    def finish(self, *, at: datetime, occurred_at: datetime, by: Staff | None) -> None:
        self.done_at = at
        self.occurred_at = occurred_at
        self.done_by = by

    @transition(field=state, source=StepState.OPEN.value, target=StepState.SKIPPED.value)
    def skip(self, *, at: datetime, by: Staff | None) -> None:
        self.done_at = at
        self.done_by = by


class HandOver(models.Model):
    """交接: one paper that changed hands; the receipt is per document."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, related_name="hand_overs")
    direction = models.CharField(max_length=8, choices=[(d, d.label) for d in Direction])
    item = models.CharField(max_length=40, blank=True, default="")
    material = models.CharField(max_length=40, blank=True, default="")
    title = models.CharField(max_length=120)
    copies = models.PositiveSmallIntegerField(default=1)
    original = models.BooleanField(default=False)
    at = models.DateTimeField()
    occurred_at = models.DateTimeField()
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    # The journal entry that tells of it, and when the applicant signed for it.
    entry = models.PositiveBigIntegerField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ["at", "id"]


class VisitFile(models.Model):
    """One file of a visit beside its piece of evidence: what it shows, of which material."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, related_name="files")
    evidence = models.OneToOneField(EvidenceItem, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=12, choices=[(p, p.label) for p in FilePurpose])
    item = models.CharField(max_length=40, blank=True, default="")
    material = models.CharField(max_length=40, blank=True, default="")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["received_at", "id"]


class IntakeAttempt(models.Model):
    """One try at the public form, the address as a digest; the throttle counts these rows."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    address_digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["address_digest", "at"], name="delegation_intake_attempt")]
