from datetime import datetime

from django.db import models
from django_fsm import FSMField, transition

from fieldsvc.kernel import ids
from fieldsvc.kernel.workflow import Workflow
from inspections.evidence.models import Dossier, EvidenceItem
from inspections.signing.states import SignatureState, SignedWay, SignerKind

PENDING, COMPLETED, DECLINED = (state.value for state in SignatureState)


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
    state = FSMField(default=PENDING, protected=True)
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

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "document_sha256", "signer", "signer_id"],
                name="signing_request_once",
            ),
        ]

    @transition(field=state, source=PENDING, target=COMPLETED)
    def complete(
        self,
        *,
        at: datetime,
        strokes: EvidenceItem,
        picture: EvidenceItem,
        trace: str,
        device: str,
        device_of: str = "",
    ) -> None:
        self.answered_at = at
        self.strokes = strokes
        self.picture = picture
        self.trace_digest = trace
        self.device_digest = device
        self.way = SignedWay.SCREEN.value
        self.device_of = device_of

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
