from datetime import datetime

from django.db import models
from django.db.models import Q
from django_fsm import transition

from fieldsvc.kernel import ids
from fieldsvc.kernel.workflow import StateField, Workflow
from inspections.bookings.models import Appointment
from inspections.cases.models import Case
from inspections.catalog.states import Outcome
from inspections.evidence.models import Dossier, EvidenceItem
from inspections.inspection.states import InspectionState, Mode, RectificationState, TransferReason
from inspections.people.models import Bureau, Staff

SCHEDULED, IN_PROGRESS, CONCLUDED, SEALED, TRANSFERRED = (s.value for s in InspectionState)
ORDERED, SUBMITTED, RETURNED, ACCEPTED = (s.value for s in RectificationState)


class NumberSeries(models.Model):
    """The last number given out in a year; the row that concurrent schedulings queue on."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)


class Inspection(Workflow):
    """勘验: one look at the premises of one case, remote or on site."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    number = models.CharField(max_length=20, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="inspections")
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="inspection")
    room = models.UUIDField(unique=True)
    round = models.PositiveSmallIntegerField(default=1)
    mode = models.CharField(max_length=8, default=Mode.REMOTE.value)
    state = StateField(default=SCHEDULED)
    template_code = models.CharField(max_length=16)
    template_version = models.CharField(max_length=16)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True, blank=True)
    concluded_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True, default="")
    reason_code = models.CharField(max_length=40, blank=True, default="")
    counts = models.JSONField(default=dict)
    opinion = models.CharField(max_length=1000, blank=True, default="")
    transfer_reason = models.CharField(max_length=20, blank=True, default="")
    transfer_note = models.CharField(max_length=500, blank=True, default="")
    record_sha256 = models.CharField(max_length=64, blank=True, default="")
    record_issued_at = models.DateTimeField(null=True, blank=True)
    room_closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "round"],
                condition=~Q(state=TRANSFERRED),
                name="inspection_once_per_round",
            ),
        ]
        indexes = [models.Index(fields=["bureau", "starts_at"], name="inspection_of_the_day")]

    @transition(field=state, source=SCHEDULED, target=IN_PROGRESS)
    def begin(self, *, at: datetime) -> None:
        self.begun_at = at

    @transition(field=state, source=IN_PROGRESS, target=CONCLUDED)
    def conclude(
        self, *, at: datetime, outcome: str, reason_code: str, counts: dict[str, int], opinion: str
    ) -> None:
        self.concluded_at = at
        self.outcome = outcome
        self.reason_code = reason_code
        self.counts = counts
        self.opinion = opinion

    @transition(field=state, source=CONCLUDED, target=SEALED)
    def close(self) -> None:
        pass

    @transition(field=state, source=[SCHEDULED, IN_PROGRESS], target=TRANSFERRED)
    def transfer(self, *, reason: str, note: str) -> None:
        self.mode = Mode.ON_SITE.value
        self.transfer_reason = reason
        self.transfer_note = note

    @property
    def stream(self) -> str:
        return self.dossier.stream

    @property
    def goes_on_site(self) -> bool:
        """Whether it was moved there, or its verdict leaves items that only a visit can settle."""
        return self.state == TRANSFERRED or self.outcome == Outcome.ON_SITE_REQUIRED.value

    @property
    def may_return_to_video(self) -> bool:
        """Whether a call may take the visit's place: never over a refused consent or a verdict."""
        refused = self.transfer_reason == TransferReason.CONSENT_REFUSED.value
        return self.state == TRANSFERRED and not refused


class Assignment(models.Model):
    """One of the inspectors of an inspection; position 1 leads."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="assignments")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "staff"], name="inspection_staff_once"),
        ]


class PreSurvey(models.Model):
    """预勘: what the applicant says and shows of each item beforehand."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    inspection = models.OneToOneField(
        Inspection, on_delete=models.PROTECT, related_name="pre_survey"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)


class PreSurveyItem(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    pre_survey = models.ForeignKey(PreSurvey, on_delete=models.PROTECT, related_name="items")
    item = models.CharField(max_length=16)
    self_result = models.CharField(max_length=8, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pre_survey", "item"], name="inspection_pre_item_once"),
        ]


class Consent(models.Model):
    """The applicant's one answer to the recording, bound to the text that was shown."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    inspection = models.OneToOneField(Inspection, on_delete=models.PROTECT, related_name="consent")
    text_version = models.CharField(max_length=16)
    text_sha256 = models.CharField(max_length=64)
    accepted = models.BooleanField()
    location_accepted = models.BooleanField(default=False)
    device_digest = models.CharField(max_length=64)
    answered_at = models.DateTimeField()


class PlaceReport(models.Model):
    """Where the phone says it is (WGS-84), or that it was not allowed to say."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="places")
    longitude = models.FloatField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    accuracy_m = models.FloatField(null=True, blank=True)
    denied = models.BooleanField(default=False)
    reported_at = models.DateTimeField()

    class Meta:
        ordering = ["reported_at", "id"]


class Finding(models.Model):
    """The present result of one item; earlier ones stand in the journal."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="findings")
    item = models.CharField(max_length=16)
    result = models.CharField(max_length=16)
    note = models.CharField(max_length=1000, blank=True, default="")
    measured = models.CharField(max_length=80, blank=True, default="")
    evidence = models.ManyToManyField(EvidenceItem, related_name="+")
    decided_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    # Whether the applicant's picture was being recorded at that moment.
    recorded = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inspection", "item"], name="inspection_finding_once"),
        ]


class Rectification(Workflow):
    """整改: what must be put right by when. Its proof goes into a dossier of its own."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    inspection = models.OneToOneField(
        Inspection, on_delete=models.PROTECT, related_name="rectification"
    )
    # None until the first dossier is sealed: its last digest opens this one.
    dossier = models.OneToOneField(
        Dossier, on_delete=models.PROTECT, null=True, blank=True, related_name="rectification"
    )
    state = StateField(default=ORDERED)
    deadline = models.DateTimeField()
    ordered_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)

    @transition(field=state, source=[ORDERED, RETURNED], target=SUBMITTED)
    def submit(self, *, at: datetime) -> None:
        self.submitted_at = at

    @transition(field=state, source=SUBMITTED, target=RETURNED)
    def give_back(self) -> None:
        pass

    @transition(field=state, source=SUBMITTED, target=ACCEPTED)
    def accept(self, *, at: datetime) -> None:
        self.accepted_at = at


class RectificationItem(Workflow):
    """One failed item: proved by uploads, accepted or returned on its own."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    rectification = models.ForeignKey(Rectification, on_delete=models.PROTECT, related_name="items")
    item = models.CharField(max_length=16)
    title = models.CharField(max_length=120)
    demand = models.CharField(max_length=1000)
    state = StateField(default=ORDERED)
    opinion = models.CharField(max_length=500, blank=True, default="")
    decided_by = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["item"]
        constraints = [
            models.UniqueConstraint(
                fields=["rectification", "item"], name="inspection_rectification_item_once"
            ),
        ]

    @transition(field=state, source=[ORDERED, RETURNED], target=SUBMITTED)
    def submit(self) -> None:
        pass

    @transition(field=state, source=SUBMITTED, target=ACCEPTED)
    def accept(self, *, at: datetime, by: Staff, opinion: str) -> None:
        self._decide(at, by, opinion)

    @transition(field=state, source=SUBMITTED, target=RETURNED)
    def give_back(self, *, at: datetime, by: Staff, opinion: str) -> None:
        self._decide(at, by, opinion)

    def _decide(self, at: datetime, by: Staff, opinion: str) -> None:
        self.decided_at = at
        self.decided_by = by
        self.opinion = opinion
