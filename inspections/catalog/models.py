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


class Published(models.Model):
    """What was published once, whole, and is never changed: the database refuses to."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    version = models.CharField(max_length=16)
    # The file as published; the other columns are read out of it.
    body = models.JSONField()
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    class Meta:
        abstract = True


class PublishedVersion(Published):
    """One version of several things of a kind, told apart by `code`, each from its own day on."""

    code = models.CharField(max_length=24)
    effective_from = models.DateField()

    class Meta:
        abstract = True


class ChecklistTemplate(PublishedVersion):
    """One published version of a checklist."""

    code = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="catalog_template_once")
        ]


class ConsentText(Published):
    """One published version of what an applicant is asked to agree to."""

    version = models.CharField(max_length=16, unique=True)


class ItemGuide(PublishedVersion):
    """办事指南: one published version of all that is to be known of an item."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="catalog_guide_once")
        ]


class Bundle(PublishedVersion):
    """一件事: one published version of a set of items handled as one."""

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
