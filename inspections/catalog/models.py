from django.db import models

from fieldsvc.kernel import ids
from inspections.people.models import Bureau


class ServiceItem(models.Model):
    """事项: a kind of licence that can be applied for; `code` also names its checklist."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    code = models.CharField(max_length=16, unique=True)
    title = models.CharField(max_length=120)
    basis = models.TextField(blank=True, default="")
    is_active = models.BooleanField(default=True)


class ChecklistTemplate(models.Model):
    """One published version of a checklist; the database refuses to change or delete it."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    code = models.CharField(max_length=16)
    version = models.CharField(max_length=16)
    effective_from = models.DateField()
    # The template file as published, whole; the other columns are read out of it.
    body = models.JSONField()
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="catalog_template_once")
        ]


class ConsentText(models.Model):
    """One published version of what an applicant is asked to agree to; never changed either."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    version = models.CharField(max_length=16, unique=True)
    body = models.JSONField()
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()


class ItemGuide(models.Model):
    """办事指南: one published version of all that is to be known of an item; never changed."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    code = models.CharField(max_length=24)
    version = models.CharField(max_length=16)
    effective_from = models.DateField()
    body = models.JSONField()
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="catalog_guide_once")
        ]


class Bundle(models.Model):
    """一件事: one published version of a set of items handled as one; never changed."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    code = models.CharField(max_length=24)
    version = models.CharField(max_length=16)
    effective_from = models.DateField()
    body = models.JSONField()
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="catalog_bundle_once")
        ]


class CalendarVersion(models.Model):
    """One edit of the working-day calendar; of a bureau, or national when there is none."""

    number = models.BigAutoField(primary_key=True)
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()


class CalendarDay(models.Model):
    """What one day is since a version. Rows are only added: old versions can be read again."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, null=True, related_name="+")
    day = models.DateField()
    is_working = models.BooleanField()
    note = models.CharField(max_length=60, blank=True, default="")
    calendar_version = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "calendar_version"], name="catalog_day_once")
        ]
        indexes = [models.Index(fields=["bureau", "day"], name="catalog_day_bureau")]


class CalendarYear(models.Model):
    """That all holidays of a year are known, and from which notice."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, null=True, related_name="+")
    year = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    calendar_version = models.PositiveBigIntegerField()
