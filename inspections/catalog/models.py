from django.db import models

from fieldsvc.kernel import ids


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
