"""代办专员 and 包联专员: what they can do, where, when, and who answers for what."""

from django.db import models

from fieldsvc.kernel import ids
from inspections.people.models.accounts import Bureau, Staff

_DAY = 24 * 60


class SkillHolding(models.Model):
    """A skill somebody holds from one day to another; both days count, None means for good."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="skills")
    skill = models.CharField(max_length=24)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "skill"], name="people_skill_once"),
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gte=models.F("valid_from")),
                name="people_skill_ends_after_start",
            ),
        ]


class Area(models.Model):
    """片区: a ring of [longitude, latitude] in WGS-84 degrees, not closed by hand."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="areas")
    code = models.CharField(max_length=24)
    title = models.CharField(max_length=60)
    polygon = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bureau", "code"], name="people_area_once_per_bureau")
        ]


class AreaAssignment(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="assignments")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="areas")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "staff"], name="people_area_assigned_once")
        ]


class Shift(models.Model):
    """One weekday's duty in minutes of the local day; a break starts within its range."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="shifts")
    weekday = models.PositiveSmallIntegerField()  # ISO: 1 is Monday
    starts = models.PositiveSmallIntegerField()
    ends = models.PositiveSmallIntegerField()
    break_earliest = models.PositiveSmallIntegerField(null=True, blank=True)
    break_latest = models.PositiveSmallIntegerField(null=True, blank=True)
    break_minutes = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "weekday"], name="people_shift_once_a_day"),
            models.CheckConstraint(
                condition=models.Q(weekday__gte=1, weekday__lte=7), name="people_shift_weekday"
            ),
            models.CheckConstraint(
                condition=models.Q(ends__gt=models.F("starts"), ends__lte=_DAY),
                name="people_shift_ends_after_start",
            ),
        ]


class ShiftException(models.Model):
    """What holds on one day instead of the weekday's shift; without times: off duty."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="shift_exceptions")
    day = models.DateField()
    starts = models.PositiveSmallIntegerField(null=True, blank=True)
    ends = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "day"], name="people_exception_once_a_day"),
            models.CheckConstraint(
                condition=models.Q(starts__isnull=True, ends__isnull=True)
                | models.Q(ends__gt=models.F("starts"), ends__lte=_DAY),
                name="people_exception_whole_or_off",
            ),
        ]


class Absence(models.Model):
    """Away from one instant to another; absences may overlap, a revoked one never was."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="absences")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=12)
    reported_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="people_absence_ends_after_start",
            )
        ]
        indexes = [models.Index(fields=["staff", "starts_at"], name="people_absence_staff")]


class DelegateProfile(models.Model):
    """What a delegate shows of themselves, and where the day's way begins (WGS-84)."""

    staff = models.OneToOneField(
        Staff, on_delete=models.PROTECT, primary_key=True, related_name="profile"
    )
    phone = models.CharField(max_length=20, blank=True, default="")
    photo_key = models.CharField(max_length=80, blank=True, default="")
    home_longitude = models.FloatField(null=True, blank=True)
    home_latitude = models.FloatField(null=True, blank=True)
    introduction = models.CharField(max_length=200, blank=True, default="")
    is_public = models.BooleanField(default=False)


class Responsibility(models.Model):
    """包联责任制: who answers at which of the four levels."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="responsibilities")
    level = models.CharField(max_length=16)
    title = models.CharField(max_length=80)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="responsibilities")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bureau", "level", "title"], name="people_responsibility_once"
            )
        ]


class ExpertTeam(models.Model):
    """专家团队: those a delegate may ask when a question goes beyond the guide."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="expert_teams")
    title = models.CharField(max_length=60)
    scope = models.CharField(max_length=200, blank=True, default="")
    members = models.ManyToManyField(Staff, related_name="expert_teams")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bureau", "title"], name="people_team_once")]
