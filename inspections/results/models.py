from django.db import models

from fieldsvc.kernel import ids
from inspections.cases.models import Case
from inspections.people.models import Bureau
from inspections.results.states import DeliveryState


class WebhookKey(models.Model):
    """An Ed25519 key that signs a bureau's results; the private half is stored encrypted."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    public_key = models.CharField(max_length=44)
    sealed_private_key = models.TextField()
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)


class ResultDelivery(models.Model):
    """One version of a case's result on its way to the approval system; `id` is the webhook-id."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="results")
    inspection = models.UUIDField()
    dossier = models.UUIDField(unique=True)
    version = models.PositiveIntegerField()
    outcome = models.CharField(max_length=20)
    rectifying = models.BooleanField()
    callback_url = models.CharField(max_length=500)
    # The bytes that are signed and sent, the same at every try.
    body = models.BinaryField()
    body_sha256 = models.CharField(max_length=64)
    state = models.CharField(
        max_length=10,
        choices=[(one.value, one.label) for one in DeliveryState],
        default=DeliveryState.PENDING.value,
    )
    # Since it was queued, or replayed: earlier ones stand in the journal.
    attempts = models.PositiveIntegerField(default=0)
    last_status = models.PositiveSmallIntegerField(null=True, blank=True)
    last_code = models.CharField(max_length=40, blank=True, default="")
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    receipt_id = models.CharField(max_length=200, blank=True, default="")
    queued_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "version"], name="results_version_once")
        ]
