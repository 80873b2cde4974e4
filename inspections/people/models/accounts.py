from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from fieldsvc.kernel import ids
from inspections.people.states import LinkPurpose, Role


class Bureau(models.Model):
    """行政审批局: the edge of what its staff may see."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=80)
    phone = models.CharField(max_length=20)
    address = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField()


class StaffManager(BaseUserManager["Staff"]):
    def get_by_natural_key(self, username: str | None) -> "Staff":
        return self.get(username=username)


class Staff(AbstractBaseUser):
    """A person who works for one bureau and signs in with a password."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="staff")
    username = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=40)
    badge_number = models.CharField(max_length=40, blank=True, default="")
    unit = models.CharField(max_length=80, blank=True, default="")
    roles = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    # Counts the saves of skills, shifts, areas and profile, so that two editors cannot cross.
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    objects: ClassVar[StaffManager] = StaffManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bureau", "badge_number"],
                condition=~models.Q(badge_number=""),
                name="people_staff_badge_once_per_bureau",
            )
        ]

    def has_role(self, role: Role) -> bool:
        return role.value in self.roles


class SignInAttempt(models.Model):
    """One try at signing in, name and address as digests; the throttle counts these rows."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    name_digest = models.CharField(max_length=64)
    address_digest = models.CharField(max_length=64)
    succeeded = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["name_digest", "at"], name="people_attempt_name"),
            models.Index(fields=["address_digest", "at"], name="people_attempt_address"),
        ]


class Client(models.Model):
    """An approval system that hands in cases with an API key; only the key's digest is kept."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="clients")
    name = models.CharField(max_length=80)
    key_digest = models.CharField(max_length=64, unique=True)
    # host:port the results of this client's cases may be sent to, beside those of the deployment.
    callback_hosts = models.JSONField(default=list, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()


class Link(models.Model):
    """A one-time way in for an applicant. `subject` and `stream` are opaque: the case above."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    token_digest = models.CharField(max_length=64, unique=True)
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="links")
    subject = models.UUIDField(db_index=True)
    stream = models.CharField(max_length=80)
    label = models.CharField(max_length=64)
    sent_to = models.CharField(max_length=20)
    purpose = models.CharField(max_length=12, default=LinkPurpose.INSPECTION.value)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    redeemed_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class LinkResend(models.Model):
    """One wish for a new link; at most three an hour are heard."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    subject = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["subject", "at"], name="people_resend_subject")]


class ApplicantSession(models.Model):
    """One browser of an applicant; the cookie holds the secret, this row its digest."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    secret_digest = models.CharField(max_length=64, unique=True)
    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="sessions")
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    subject = models.UUIDField(db_index=True)
    stream = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
