from django.db import models

from fieldsvc.kernel import ids
from inspections.people.models import Bureau, Staff


class SupervisorSample(models.Model):
    """One draw of a 特邀监督员; seed and digest of what was drawn from let anybody repeat it."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    supervisor = models.CharField(max_length=40)
    seed = models.CharField(max_length=40)
    from_day = models.DateField()
    until_day = models.DateField()
    population = models.PositiveIntegerField()
    population_sha256 = models.CharField(max_length=64)
    remark = models.CharField(max_length=500, blank=True, default="")
    drawn_at = models.DateTimeField()
    drawn_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["bureau", "drawn_at"], name="aftercare_sample_bureau")]


class SampledCase(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    sample = models.ForeignKey(SupervisorSample, on_delete=models.PROTECT, related_name="cases")
    position = models.PositiveSmallIntegerField()
    delegation = models.UUIDField()
    number = models.CharField(max_length=40)
    checks = models.JSONField(default=dict)
    remark = models.CharField(max_length=500, blank=True, default="")
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "delegation"], name="aftercare_sampled_once")
        ]
