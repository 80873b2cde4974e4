from django.db import models

from inspections.delegation.models import Delegation
from inspections.inspection.models import Inspection
from inspections.ledger.states import LineKind, Phase
from inspections.people.models import Bureau, Staff


class LedgerLine(models.Model):
    """台账: one service as the ledger counts it, computed from the slices below.

    Holds no personal value of its own (those are joined in) and nothing that could not be
    computed again: `manage.py rebuild_ledger` may empty and fill this table at any time.
    """

    # The delegation's or the inspection's own id.
    subject = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=12, choices=[(one.value, one.label) for one in LineKind])
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    delegation = models.OneToOneField(
        Delegation, on_delete=models.CASCADE, null=True, related_name="+"
    )
    inspection = models.OneToOneField(
        Inspection, on_delete=models.CASCADE, null=True, related_name="+"
    )
    stream = models.CharField(max_length=120)
    number = models.CharField(max_length=40)
    # The leading item: each line counts under exactly one. `items_key` is |A|B| for searching.
    item = models.CharField(max_length=40)
    item_title = models.CharField(max_length=160)
    items_key = models.CharField(max_length=600)
    items_text = models.CharField(max_length=1000)
    area = models.UUIDField(null=True)
    area_title = models.CharField(max_length=60, blank=True, default="")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=12)
    state = models.CharField(max_length=16)
    state_label = models.CharField(max_length=20)
    phase = models.CharField(max_length=8, choices=[(one.value, one.label) for one in Phase])
    registered_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    trips = models.PositiveSmallIntegerField(default=0)
    bounces = models.PositiveSmallIntegerField(default=0)
    minutes_to_door = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["bureau", "-registered_at"], name="ledger_line_newest"),
            models.Index(fields=["bureau", "finished_at"], name="ledger_line_finished"),
            models.Index(fields=["bureau", "phase", "due_at"], name="ledger_line_due"),
        ]
