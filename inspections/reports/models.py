from datetime import datetime

from django.db import models
from django_fsm import transition

from fieldsvc.kernel import ids
from fieldsvc.kernel.workflow import StateField, Workflow
from inspections.delegation.models import Delegation
from inspections.inspection.models import Inspection
from inspections.reports.states import InspectionPaperKind, PaperKind, PaperState, RecordState
from inspections.signing.states import SignedWay

FROZEN, ISSUED, SUPERSEDED = (state.value for state in RecordState)


class Record(Workflow):
    """勘验笔录: the paper of one inspection, frozen for signing, then issued with signatures.

    `sha256` is of the unsigned PDF: what people sign. `content_key` holds the canonical JSON from
    which anybody can set the same paper again, byte for byte.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="records")
    edition = models.PositiveSmallIntegerField(default=1)
    state = StateField(default=FROZEN)
    frozen_at = models.DateTimeField()
    content_key = models.CharField(max_length=100)
    content_sha256 = models.CharField(max_length=64)
    pdf_key = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    page_keys = models.JSONField(default=list)
    issued_at = models.DateTimeField(null=True, blank=True)
    signed_key = models.CharField(max_length=100, blank=True, default="")
    signed_sha256 = models.CharField(max_length=64, blank=True, default="")
    signed_size = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "edition"], name="reports_record_edition_once"
            ),
        ]

    @transition(field=state, source=FROZEN, target=ISSUED)
    def issue(
        self, *, at: datetime, key: str, sha256: str, size: int, page_keys: list[str]
    ) -> None:
        self.issued_at = at
        self.signed_key = key
        self.signed_sha256 = sha256
        self.signed_size = size
        self.page_keys = page_keys

    @transition(field=state, source=FROZEN, target=SUPERSEDED)
    def supersede(self) -> None: ...


class Paper(Workflow):
    """文书: one paper of a delegation, frozen as of the journal entry that called for it.

    `sha256` is of the unsigned PDF: what people sign. `content_key` holds the canonical JSON from
    which anybody can set the same paper again, byte for byte. `subjects` are the ids of what it
    speaks of: the mandate, or the documents handed over.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=12, choices=[(kind, kind.label) for kind in PaperKind])
    edition = models.PositiveSmallIntegerField(default=1)
    entry = models.PositiveBigIntegerField(unique=True)
    subjects = models.JSONField(default=list)
    state = StateField(default=PaperState.FROZEN.value)
    frozen_at = models.DateTimeField()
    content_key = models.CharField(max_length=100)
    content_sha256 = models.CharField(max_length=64)
    pdf_key = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    page_keys = models.JSONField(default=list)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_way = models.CharField(
        max_length=12, blank=True, default="", choices=[(way, way.label) for way in SignedWay]
    )
    issued_at = models.DateTimeField(null=True, blank=True)
    signed_key = models.CharField(max_length=100, blank=True, default="")
    signed_sha256 = models.CharField(max_length=64, blank=True, default="")
    signed_size = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["delegation", "kind", "edition"], name="reports_paper_edition_once"
            ),
        ]

    @property
    def serial(self) -> str:
        return f"{self.delegation.number}-{PaperKind(self.kind).code}{self.edition}"

    @transition(field=state, source=PaperState.FROZEN.value, target=PaperState.SIGNED.value)
    def sign(self, *, at: datetime, way: str) -> None:
        self.signed_at = at
        self.signed_way = way

    @transition(
        field=state,
        source=[PaperState.FROZEN.value, PaperState.SIGNED.value],
        target=PaperState.ISSUED.value,
    )
    def issue(
        self, *, at: datetime, key: str, sha256: str, size: int, page_keys: list[str]
    ) -> None:
        self.issued_at = at
        self.signed_key = key
        self.signed_sha256 = sha256
        self.signed_size = size
        self.page_keys = page_keys

    @transition(field=state, source=PaperState.FROZEN.value, target=PaperState.SUPERSEDED.value)
    def supersede(self) -> None: ...


class InspectionPaper(models.Model):
    """勘验文书: a paper beside the record, made of one journal entry and issued at once.

    `entry` is the journal entry that called for it; `content_key` holds the canonical JSON from
    which anybody can set the same paper again, byte for byte. Rows are never changed.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(
        max_length=20, choices=[(kind.value, kind.label) for kind in InspectionPaperKind]
    )
    edition = models.PositiveSmallIntegerField(default=1)
    entry = models.PositiveBigIntegerField()
    serial = models.CharField(max_length=32, unique=True)
    issued_at = models.DateTimeField()
    content_key = models.CharField(max_length=100)
    content_sha256 = models.CharField(max_length=64)
    pdf_key = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    page_keys = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "kind"], name="reports_one_paper_an_entry"),
        ]
