from datetime import datetime

from django.db import models
from django.db.models import Q
from django_fsm import transition

from fieldsvc.kernel import ids
from fieldsvc.kernel.workflow import StateField, Workflow
from inspections.bookings.rules import Slot
from inspections.dispatch.states import (
    LIVE,
    OrderState,
    PlanSource,
    PlanState,
    VisitState,
)
from inspections.people.models import Bureau, Staff

WAITING, OFFERED, ACCEPTED, EN_ROUTE, ARRIVED, DONE, CANCELLED = (s.value for s in VisitState)
PENDING = OrderState.OFFERED.value
DECLINED, WITHDRAWN, ABORTED = (
    OrderState.DECLINED.value,
    OrderState.WITHDRAWN.value,
    OrderState.ABORTED.value,
)


class Visit(Workflow):
    """上门: one stay at one door, wanted within a window; who goes is the orders' business."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    # Opaque: whoever opened the visit, in a slice above, and the chain it is told in.
    stream = models.CharField(max_length=120)
    subject = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=16)
    title = models.CharField(max_length=200)
    case_label = models.CharField(max_length=64, blank=True, default="")
    contact_name = models.CharField(max_length=80, blank=True, default="")
    contact_phone = models.CharField(max_length=20, blank=True, default="")
    address = models.CharField(max_length=300, blank=True, default="")
    # What is to be done there, and how to get in.
    note = models.CharField(max_length=500, blank=True, default="")
    door_note = models.CharField(max_length=200, blank=True, default="")
    longitude = models.FloatField()
    latitude = models.FloatField()
    skills = models.JSONField(default=list)
    minutes = models.PositiveSmallIntegerField()
    window_from = models.DateTimeField()
    window_until = models.DateTimeField()
    priority = models.PositiveSmallIntegerField(default=20)
    protected = models.BooleanField(default=False)
    may_be_video = models.BooleanField(default=False)
    wanted_staff = models.ForeignKey(
        Staff, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    promised_from = models.DateTimeField(null=True, blank=True)
    promised_until = models.DateTimeField(null=True, blank=True)
    state = StateField(default=WAITING)
    bounces = models.PositiveSmallIntegerField(default=0)
    requested_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(window_until__gte=models.F("window_from")),
                name="dispatch_window_in_order",
            ),
            models.CheckConstraint(
                condition=Q(promised_from__isnull=True, promised_until__isnull=True)
                | Q(promised_until__gte=models.F("promised_from")),
                name="dispatch_promise_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["bureau", "state", "window_from"], name="dispatch_visit_board"),
        ]

    @property
    def place(self) -> tuple[float, float]:
        return self.longitude, self.latitude

    @property
    def is_over(self) -> bool:
        return self.state in {DONE, CANCELLED}

    @transition(field=state, source=WAITING, target=OFFERED)
    def offer(self) -> None: ...

    @transition(field=state, source=OFFERED, target=ACCEPTED)
    def accept(self) -> None: ...

    @transition(field=state, source=[OFFERED, ACCEPTED, EN_ROUTE, ARRIVED], target=WAITING)
    def give_back(self, *, bounced: int) -> None:
        """Back to those that wait; the clock never stopped."""
        self.bounces += bounced

    @transition(field=state, source=ACCEPTED, target=EN_ROUTE)
    def depart(self) -> None: ...

    @transition(field=state, source=EN_ROUTE, target=ARRIVED)
    def arrive(self) -> None: ...

    @transition(field=state, source=ARRIVED, target=DONE)
    def finish(self, *, at: datetime) -> None:
        self.done_at = at

    @transition(field=state, source=[WAITING, OFFERED, ACCEPTED, EN_ROUTE], target=CANCELLED)
    def cancel(self) -> None: ...


class Plan(Workflow):
    """排班方案: who goes where on one day of one bureau; a proposal until it is published."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    state = StateField(default=PlanState.WORKING.value)
    source = models.CharField(max_length=8, default=PlanSource.SOLVED.value)
    body = models.JSONField(default=dict)
    board_version = models.PositiveIntegerField(default=0)
    made_by = models.CharField(max_length=64, blank=True, default="")
    seconds = models.FloatField(default=0)
    failure = models.CharField(max_length=80, blank=True, default="")
    requested_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["bureau", "day"], name="dispatch_plan_day")]

    @transition(field=state, source=PlanState.WORKING.value, target=PlanState.DRAFT.value)
    def finish(
        self, *, body: dict[str, object], board_version: int, seconds: float, at: datetime
    ) -> None:
        self.body, self.board_version, self.seconds = body, board_version, seconds
        self.made_at = at

    @transition(field=state, source=PlanState.WORKING.value, target=PlanState.FAILED.value)
    def fail(self, *, failure: str) -> None:
        self.failure = failure

    @transition(field=state, source=PlanState.DRAFT.value, target=PlanState.PUBLISHED.value)
    def publish(self) -> None: ...

    @transition(field=state, source=PlanState.DRAFT.value, target=PlanState.DISCARDED.value)
    def discard(self) -> None: ...


class DispatchOrder(Workflow):
    """派单: one delegate sent to one visit at one time."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="orders")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, null=True, blank=True, related_name="orders"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    travel_seconds = models.PositiveIntegerField(default=0)
    state = StateField(default=PENDING)
    reason_code = models.CharField(max_length=24, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")
    summary = models.CharField(max_length=2000, blank=True, default="")
    code = models.CharField(max_length=6, blank=True, default="")
    arrival = models.JSONField(default=dict)
    # When the device says it happened; what counts is the server's time beside it.
    device_times = models.JSONField(default=dict)
    offered_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    departed_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["visit"], condition=Q(state__in=LIVE), name="dispatch_one_live_order"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")), name="dispatch_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["staff", "starts_at"], name="dispatch_order_day")]

    @property
    def slot(self) -> Slot:
        return Slot(self.starts_at, self.ends_at)

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @transition(field=state, source=PENDING, target=ACCEPTED)
    def accept(self, *, at: datetime) -> None:
        self.answered_at = at

    @transition(field=state, source=[PENDING, ACCEPTED], target=DECLINED)
    def decline(self, *, at: datetime, reason_code: str, reason: str) -> None:
        self.answered_at, self.reason_code, self.reason = at, reason_code, reason

    @transition(field=state, source=[PENDING, ACCEPTED, EN_ROUTE], target=WITHDRAWN)
    def withdraw(self, *, at: datetime, reason_code: str) -> None:
        self.finished_at, self.reason_code = at, reason_code

    @transition(field=state, source=ACCEPTED, target=EN_ROUTE)
    def depart(self, *, at: datetime, code: str) -> None:
        self.departed_at, self.code = at, code

    @transition(field=state, source=EN_ROUTE, target=ARRIVED)
    def arrive(self, *, at: datetime, arrival: dict[str, object]) -> None:
        self.arrived_at, self.arrival = at, arrival

    @transition(field=state, source=ARRIVED, target=DONE)
    def finish(self, *, at: datetime, summary: str) -> None:
        self.finished_at, self.summary = at, summary

    @transition(field=state, source=[ACCEPTED, EN_ROUTE, ARRIVED], target=ABORTED)
    def abort(self, *, at: datetime, reason_code: str, reason: str) -> None:
        self.finished_at, self.reason_code, self.reason = at, reason_code, reason


class Hold(models.Model):
    """A place kept for a promise until an order takes it or the promise is given up."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="hold")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    made_at = models.DateTimeField()

    @property
    def slot(self) -> Slot:
        return Slot(self.starts_at, self.ends_at)


class BoardDay(models.Model):
    """One day of a bureau's board: what moves are counted against, and the lunches as planned."""

    id = models.BigAutoField(primary_key=True)
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    version = models.PositiveIntegerField(default=0)
    breaks = models.JSONField(default=dict)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, null=True, related_name="+")
    # What was done before cannot be undone one by one.
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bureau", "day"], name="dispatch_board_day_once"),
        ]


class BoardRevision(models.Model):
    """One act of a dispatcher on a day's board, so that it can be taken back.

    `before` and `after` are `{staff, starts_at, state}` of the visit's order, or None.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    board = models.ForeignKey(BoardDay, on_delete=models.PROTECT, related_name="revisions")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="+")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["board", "at"], name="dispatch_revision_order")]


class TravelSample(models.Model):
    """How long one way really took: from 「出发」 to 「到达」 of two orders in a row."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+")
    order = models.OneToOneField(DispatchOrder, on_delete=models.PROTECT, related_name="+")
    from_longitude = models.FloatField()
    from_latitude = models.FloatField()
    to_longitude = models.FloatField()
    to_latitude = models.FloatField()
    departed_at = models.DateTimeField()
    seconds = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["bureau", "departed_at"], name="dispatch_sample_recent")]


class CalendarToken(models.Model):
    """A delegate's own calendar address; only the digest is kept, one at a time is good."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    token_digest = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
