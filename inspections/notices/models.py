from django.db import models
from django.db.models import Q

from fieldsvc.kernel import ids
from inspections.cases.models import Case
from inspections.delegation.models import Delegation
from inspections.notices.states import NoticeKind, NoticeState


class Notice(models.Model):
    """One message owed for one journal entry. Neither the text nor the number is kept here."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="notices"
    )
    delegation = models.ForeignKey(
        Delegation, on_delete=models.PROTECT, null=True, blank=True, related_name="notices"
    )
    entry = models.PositiveBigIntegerField(unique=True)
    kind = models.CharField(max_length=16, choices=[(one.value, one.label) for one in NoticeKind])
    state = models.CharField(
        max_length=8,
        choices=[(one.value, one.label) for one in NoticeState],
        default=NoticeState.PENDING.value,
    )
    sent_to = models.CharField(max_length=20)
    reference = models.CharField(max_length=120, blank=True, default="")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(case__isnull=False, delegation__isnull=True)
                | Q(case__isnull=True, delegation__isnull=False),
                name="notices_case_or_delegation",
            ),
        ]
