from datetime import datetime

from django.db import models
from django_fsm import transition

from fieldsvc.kernel import ids
from fieldsvc.kernel.workflow import StateField, Workflow
from inspections.evidence.states import (
    CopyState,
    DisposalState,
    DossierState,
    EvidenceKind,
    TokenState,
)


class Dossier(Workflow):
    """案卷: everything that proves one inspection, along one stream of the journal."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    stream = models.CharField(max_length=80, unique=True)
    scope = models.CharField(max_length=64)
    label = models.CharField(max_length=80)
    # Code of the service item, for the retention class; empty where there is none.
    service_item = models.CharField(max_length=16, blank=True, default="")
    previous_head = models.CharField(max_length=64, blank=True, default="")
    state = StateField(default=DossierState.OPEN.value)
    opened_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True, blank=True)
    manifest_key = models.CharField(max_length=100, blank=True, default="")
    manifest_sha256 = models.CharField(max_length=64, blank=True, default="")

    @transition(field=state, source=DossierState.OPEN.value, target=DossierState.SEALED.value)
    def seal(self, *, at: datetime, manifest_key: str, manifest_sha256: str) -> None:
        self.sealed_at = at
        self.manifest_key = manifest_key
        self.manifest_sha256 = manifest_sha256

    @property
    def is_sealed(self) -> bool:
        return bool(self.state == DossierState.SEALED.value)


class EvidenceItem(models.Model):
    """证据: one file as it arrived. Rows are never changed (the database refuses)."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="items")
    number = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=10, choices=[(k, k.label) for k in EvidenceKind])
    grade = models.CharField(max_length=16, blank=True, default="")
    purpose = models.CharField(max_length=16)
    item = models.CharField(max_length=40, blank=True, default="")
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=60)
    blob_key = models.CharField(max_length=100)
    thumbnail_key = models.CharField(max_length=100, blank=True, default="")
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    still_request = models.CharField(max_length=64, blank=True, default="")
    segment = models.CharField(max_length=80, blank=True, default="")
    taken_at = models.DateTimeField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    admitted_by_kind = models.CharField(max_length=12)
    admitted_by_id = models.CharField(max_length=64)
    admitted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "sha256", "purpose", "item", "segment"],
                name="evidence_item_once",
            ),
        ]
        indexes = [models.Index(fields=["dossier", "number"], name="evidence_item_order")]


class RecordingCopy(models.Model):
    """A DERIVED playable file of one source of a dossier's recording; may be made anew any time."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="copy")
    state = models.CharField(max_length=8, default=CopyState.NONE.value)
    percent = models.PositiveSmallIntegerField(default=0)
    # Digest over the digests of the segments it was made of: says when a copy is out of date.
    parents_sha256 = models.CharField(max_length=64, blank=True, default="")
    blob_key = models.CharField(max_length=100, blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    size = models.PositiveBigIntegerField(default=0)
    # Small pictures of it in rows of ten, one of each equal part of its time.
    sheet_key = models.CharField(max_length=100, blank=True, default="")
    sheet_size = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=80, blank=True, default="")
    updated_at = models.DateTimeField()


class TreeHead(models.Model):
    """How far the tree has grown; the one row that concurrent anchors queue on.

    `frontier` are the roots of its complete subtrees (hex, largest first): all that is needed to
    let it grow. It can be made anew from the leaves any time.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.PositiveBigIntegerField(default=0)
    frontier = models.JSONField(default=list)


class TreeLeaf(models.Model):
    """One head of one journal stream in the tree over all. Rows are never changed."""

    index = models.PositiveBigIntegerField(primary_key=True)
    stream = models.CharField(max_length=120)
    length = models.PositiveBigIntegerField()
    head = models.CharField(max_length=64)
    body = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "length"], name="evidence_leaf_once"),
        ]


class Checkpoint(models.Model):
    """检查点: size and root of the tree at an instant, signed. Rows are never changed.

    `body` is the canonical JSON that is signed (ECDSA P-256, SHA-256, DER) and that timestamps
    cover; `previous` is the SHA-256 of the body before.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    size = models.PositiveBigIntegerField(db_index=True)
    root = models.CharField(max_length=64)
    at = models.DateTimeField()
    previous = models.CharField(max_length=64)
    reason = models.CharField(max_length=16)
    body = models.BinaryField()
    signature = models.BinaryField()
    certificate = models.TextField()


class TimestampToken(models.Model):
    """时间戳: one authority's answer (RFC 3161 TimeStampResp, DER) over one checkpoint's body."""

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="tokens")
    authority = models.CharField(max_length=40)
    state = models.CharField(
        max_length=8,
        choices=[(one.value, one.label) for one in TokenState],
        default=TokenState.PENDING.value,
    )
    token = models.BinaryField(null=True)
    requested_at = models.DateTimeField()
    # The authority's own word for when, not ours.
    stamped_at = models.DateTimeField(null=True, blank=True)
    # Until when its certificate and those above are good; not known of what was stamped before.
    good_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    error = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["checkpoint", "authority"], name="evidence_token_once"),
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="evidence_token_due"),
            models.Index(fields=["state", "good_until"], name="evidence_token_end"),
        ]


class LegalHold(models.Model):
    """冻结保全: while one stands, nothing of the dossier is disposed of."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=200)
    placed_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=models.Q(lifted_at__isnull=True),
                name="evidence_one_hold",
            ),
        ]


class Disposal(Workflow):
    """销毁: proposed by the head, confirmed by an administrator."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="disposals")
    state = StateField(default=DisposalState.PROPOSED.value)
    reason = models.CharField(max_length=200)
    proposed_by = models.CharField(max_length=64)
    proposed_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=~models.Q(state=DisposalState.WITHDRAWN.value),
                name="evidence_one_disposal",
            ),
        ]

    @transition(
        field=state, source=DisposalState.PROPOSED.value, target=DisposalState.WITHDRAWN.value
    )
    def withdraw(self) -> None: ...

    @transition(field=state, source=DisposalState.PROPOSED.value, target=DisposalState.DONE.value)
    def complete(self, *, at: datetime) -> None:
        self.done_at = at


class PicturePrint(models.Model):
    """What a picture looks like, in hashes of its cuts (kernel.pictures), to find it again."""

    item = models.OneToOneField(
        EvidenceItem, on_delete=models.PROTECT, primary_key=True, related_name="print"
    )
    scope = models.CharField(max_length=64, db_index=True)
    # Big-endian 64-bit words.
    windows = models.BinaryField()
    variants = models.BinaryField()


class Sighting(models.Model):
    """A picture that looks like one of another dossier handed in before."""

    item = models.ForeignKey(EvidenceItem, on_delete=models.PROTECT, related_name="sightings")
    earlier = models.ForeignKey(EvidenceItem, on_delete=models.PROTECT, related_name="+")
    # Bits of 64 that differ in the nearest cuts.
    distance = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "earlier"], name="evidence_sighting_once"),
        ]


class PartialUpload(models.Model):
    """A file on its way: bytes that are nobody's evidence before the last one is here.

    `owner` is the kind and id of the actor who sends it; nobody else learns that it exists.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    owner = models.CharField(max_length=80, db_index=True)
    length = models.PositiveBigIntegerField()
    offset = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    @property
    def is_complete(self) -> bool:
        return self.offset == self.length


class UploadPiece(models.Model):
    """One accepted request of it. The blob begins with random bytes: it is like no other, so
    that taking it away again can take nothing else along."""

    upload = models.ForeignKey(PartialUpload, on_delete=models.CASCADE, related_name="pieces")
    start = models.PositiveBigIntegerField()
    size = models.PositiveIntegerField()
    blob_key = models.CharField(max_length=100)

    class Meta:
        ordering = ["start"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "start"], name="evidence_piece_once"),
        ]
