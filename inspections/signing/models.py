from datetime import datetime

from django.db import models
from django_fsm import transition

from fieldsvc.kernel import ids
from fieldsvc.kernel.workflow import StateField, Workflow
from inspections.evidence.models import Dossier, EvidenceItem
from inspections.evidence.states import TokenState
from inspections.signing.states import (
    BUILT_IN,
    Assurance,
    IdentityResult,
    Means,
    SignatureState,
    SignedWay,
    SignerKind,
    SigningKey,
)

PENDING, COMPLETED, DECLINED, SUPERSEDED = (state.value for state in SignatureState)


class SignatureRequest(Workflow):
    """One person asked to sign one document of a dossier, named by its digest."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="signatures")
    document_sha256 = models.CharField(max_length=64)
    signer = models.CharField(max_length=10, choices=[(k.value, k.label) for k in SignerKind])
    # Case or delegation id for an applicant, staff id for an inspector or a delegate: the id their
    # Actor carries.
    signer_id = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    # Whether the signer may sign on the phone of the member of staff who came to the door.
    is_lendable = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField()
    state = StateField(default=PENDING)
    requested_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    strokes = models.ForeignKey(
        EvidenceItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    picture = models.ForeignKey(
        EvidenceItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # NULL until signed: the database then refuses a second signature with the same trace.
    trace_digest = models.CharField(max_length=64, unique=True, null=True, blank=True)
    device_digest = models.CharField(max_length=64, blank=True, default="")
    way = models.CharField(
        max_length=12,
        blank=True,
        default="",
        choices=[(way.value, way.label) for way in SignedWay],
    )
    # Staff id of whoever lent the phone or took the photo; empty for the signer's own device.
    device_of = models.CharField(max_length=64, blank=True, default="")
    decline_reason = models.CharField(max_length=500, blank=True, default="")
    assurance = models.CharField(
        max_length=12,
        default=Assurance.HANDWRITTEN.value,
        choices=[(one.value, one.label) for one in Assurance],
    )
    # What the document is called and how long it is; empty and 0 where nobody has to be told.
    document_number = models.CharField(max_length=40, blank=True, default="")
    pages = models.PositiveSmallIntegerField(default=0)
    pages_read = models.JSONField(default=list)
    # Masked; the number itself is its owner's slice's.
    phone_hint = models.CharField(max_length=20, blank=True, default="")
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    code_locked_until = models.DateTimeField(null=True, blank=True)
    # The message (CAdES) of a certified signature, and whose key made it.
    message = models.ForeignKey(
        EvidenceItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    key = models.CharField(
        max_length=6, blank=True, default="", choices=[(one.value, one.label) for one in SigningKey]
    )
    # A refusal without a word, as one inspector noted it; another has to have seen it.
    refusal_reason = models.CharField(max_length=500, blank=True, default="")
    refusal_noted_by = models.CharField(max_length=64, blank=True, default="")
    refusal_noted_at = models.DateTimeField(null=True, blank=True)
    refusal_witnessed_by = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "document_sha256", "signer", "signer_id"],
                name="signing_request_once",
            ),
        ]

    @transition(field=state, source=PENDING, target=COMPLETED)
    def complete(  # noqa: PLR0913  what a signature leaves, said once and by keyword
        self,
        *,
        at: datetime,
        strokes: EvidenceItem,
        picture: EvidenceItem,
        trace: str,
        device: str,
        device_of: str = "",
        message: EvidenceItem | None = None,
        key: str = "",
    ) -> None:
        self.answered_at = at
        self.strokes = strokes
        self.picture = picture
        self.trace_digest = trace
        self.device_digest = device
        self.way = SignedWay.SCREEN.value
        self.device_of = device_of
        self.message = message
        self.key = key

    @transition(field=state, source=PENDING, target=COMPLETED)
    def complete_on_paper(self, *, at: datetime, photo: EvidenceItem, device_of: str) -> None:
        self.answered_at = at
        self.picture = photo
        self.way = SignedWay.PAPER_PHOTO.value
        self.device_of = device_of

    @transition(field=state, source=PENDING, target=DECLINED)
    def decline(self, *, at: datetime, reason: str) -> None:
        self.answered_at = at
        self.decline_reason = reason

    @transition(field=state, source=PENDING, target=DECLINED)
    def witness_refusal(self, *, at: datetime, witness: str) -> None:
        self.answered_at = at
        self.decline_reason = self.refusal_reason
        self.refusal_witnessed_by = witness

    @transition(field=state, source=[PENDING, COMPLETED], target=SUPERSEDED)
    def supersede(self) -> None: ...


class SigningCode(models.Model):
    """验证码: one code sent for one request. The digits are kept nowhere: rules.code_of."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    request = models.ForeignKey(SignatureRequest, on_delete=models.PROTECT, related_name="codes")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


class Identification(models.Model):
    """Who stands behind a signature to come, and with which key; the newest one counts.

    `attributes` are the bytes to be signed (DER); both they and the certificate are empty where
    the server's own key will sign, because that key lives only while it signs.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    request = models.ForeignKey(
        SignatureRequest, on_delete=models.PROTECT, related_name="identifications"
    )
    means = models.CharField(max_length=8, choices=[(one.value, one.label) for one in Means])
    code = models.OneToOneField(SigningCode, on_delete=models.PROTECT, null=True, blank=True)
    key = models.CharField(max_length=6, choices=[(one.value, one.label) for one in SigningKey])
    public_key_sha256 = models.CharField(max_length=64, blank=True, default="")
    # PEM: the signer's, then its issuers but for the root; and who gave it out.
    certificate = models.TextField(blank=True, default="")
    issuer = models.CharField(max_length=80, default=BUILT_IN)
    attributes = models.BinaryField(default=b"")
    consent_version = models.CharField(max_length=20)
    consent_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    expires_at = models.DateTimeField()


class IdentityCheck(models.Model):
    """实名核验: what an identity service said of a signer. The number that was asked about is kept
    nowhere; `reference` is the service's own for its answer."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    request = models.ForeignKey(
        SignatureRequest, on_delete=models.PROTECT, related_name="identity_checks"
    )
    result = models.CharField(
        max_length=12, choices=[(one.value, one.label) for one in IdentityResult]
    )
    service = models.CharField(max_length=80)
    reference = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField()


class SignatureStamp(models.Model):
    """时间戳: an authority's time over a certified signature, asked for once the signature stands.

    PENDING is a gap to be shown. `token` is the whole TimeStampResp (DER); `copy` the message with
    it, where the dossier still took one in: a dossier sealed before is covered by the timestamps of
    its checkpoint, and the token is kept here alone.
    """

    request = models.OneToOneField(SignatureRequest, on_delete=models.PROTECT, related_name="stamp")
    state = models.CharField(
        max_length=8,
        default=TokenState.PENDING.value,
        choices=[(one.value, one.label) for one in TokenState],
    )
    requested_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    token = models.BinaryField(null=True)
    stamped_at = models.DateTimeField(null=True, blank=True)
    copy = models.ForeignKey(
        EvidenceItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["state", "due_at"], name="signing_stamp_due")]
