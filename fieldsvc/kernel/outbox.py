"""Effects after commit: one row per (entry, subscriber), delivered at least once, in order.

Rows are the truth. A poke after commit makes delivery fast, the sweep makes it certain.
"""

import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import ClassVar
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q

from fieldsvc.kernel import clock, ids
from fieldsvc.kernel.errors import Refusal
from fieldsvc.kernel.journal import JournalEntry

logger = logging.getLogger(__name__)

DEFAULT_SCHEDULE: tuple[float, ...] = (1, 5, 30, 120, 600, 1800, 3600)
# A poke that got lost is repeated after this long; shorter would double the queue under load.
POKE_GRACE = timedelta(seconds=3)
REPOKE = timedelta(seconds=15)

Handler = Callable[[JournalEntry], None]


class RetryLater(Exception):
    """Raised by a subscriber that knows when to come back (for example Retry-After)."""

    def __init__(self, seconds: float, code: str = "retry_later") -> None:
        super().__init__(code)
        self.seconds = seconds
        self.code = code


@dataclass(frozen=True, slots=True)
class Subscriber:
    name: str
    kinds: frozenset[str]
    handler: Handler
    schedule: tuple[float, ...]
    lease: float
    ordered: bool
    heavy: bool


class OutboxRow(models.Model):
    """One effect that is due, done, dead (schedule used up) or dropped (given up by a person)."""

    class State(models.TextChoices):
        PENDING = "PENDING"
        DONE = "DONE"
        DEAD = "DEAD"
        DROPPED = "DROPPED"

    subscriber = models.CharField(max_length=160)
    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="+")
    stream = models.CharField(max_length=120)
    number = models.PositiveBigIntegerField()
    ordered = models.BooleanField(default=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    poke_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    last_error = models.CharField(max_length=80, blank=True, default="")
    done_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "kernel"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry", "subscriber"], name="kernel_outbox_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "poke_at"], name="kernel_outbox_due"),
            models.Index(fields=["subscriber", "stream", "number"], name="kernel_outbox_order"),
        ]


Poke = Callable[[int, bool], None]

_subscribers: dict[str, Subscriber] = {}
_poke: Poke | None = None


def on(
    *kinds: str,
    name: str | None = None,
    schedule: Sequence[float] = DEFAULT_SCHEDULE,
    lease: float = 60,
    ordered: bool = True,
    heavy: bool = False,
) -> Callable[[Handler], Handler]:
    """Subscribe an idempotent function to journal kinds.

    `schedule` are the seconds before each further attempt; after the last the row is DEAD.
    `lease` is how long one attempt may take before another worker may start it again.
    An `ordered` subscriber gets the entries of one stream strictly one after the other; a dead
    row then holds the rest of its stream back until it is replayed or dropped.
    `heavy` is work for minutes of a core that nobody waits for: its queue has workers of its own.
    """

    def register(handler: Handler) -> Handler:
        full = name or f"{handler.__module__}.{handler.__qualname__}"
        known = _subscribers.get(full)
        if known is not None and known.handler is not handler:
            raise ImproperlyConfigured(f"two subscribers are called {full!r}")
        _subscribers[full] = Subscriber(
            full, frozenset(kinds), handler, tuple(schedule), lease, ordered, heavy
        )
        return handler

    return register


def subscribers() -> list[Subscriber]:
    return [_subscribers[name] for name in sorted(_subscribers)]


def remove(name: str) -> None:
    """Take a subscriber away again (tests register their own)."""
    _subscribers.pop(name, None)


def poke_with(poke: Poke | None) -> None:
    """Say how a worker is told of a row: called with (row id, heavy) after commit."""
    global _poke
    _poke = poke


def feed(entry: JournalEntry) -> None:
    """Write the rows of `entry`'s subscribers; runs inside the append's transaction."""
    now = clock.now()
    for subscriber in subscribers():
        if entry.kind not in subscriber.kinds:
            continue
        row = OutboxRow.objects.create(
            subscriber=subscriber.name,
            entry=entry,
            stream=entry.stream,
            number=entry.number,
            ordered=subscriber.ordered,
            due_at=now,
            poke_at=now + POKE_GRACE,
        )
        transaction.on_commit(partial(_tell_worker, row.pk, heavy=subscriber.heavy))


def claimable() -> models.QuerySet[OutboxRow]:
    """Rows that may be run now: due, not leased, and first of their subscriber and stream."""
    now = clock.now()
    earlier = (
        OutboxRow.objects.filter(
            subscriber=OuterRef("subscriber"),
            stream=OuterRef("stream"),
            number__lt=OuterRef("number"),
        )
        .exclude(state__in=[OutboxRow.State.DONE, OutboxRow.State.DROPPED])
        .values("pk")
    )
    return OutboxRow.objects.filter(
        Q(lease_until__isnull=True) | Q(lease_until__lte=now),
        Q(ordered=False) | ~Exists(earlier),
        state=OutboxRow.State.PENDING,
        due_at__lte=now,
    )


def deliver(row_id: int) -> bool:
    """Claim one row and run its subscriber; False when it was not ours to run.

    The subscriber runs outside the claim's transaction: a kill in the middle leaves a lease that
    ends by itself, and the sweep starts the row again.
    """
    row = OutboxRow.objects.filter(pk=row_id).first()
    if row is None:
        return False
    subscriber = _subscribers.get(row.subscriber)
    token = _claim(row_id, subscriber.lease if subscriber else 60)
    if token is None:
        return False
    row.refresh_from_db()
    if subscriber is None:
        _settle(row, token, state=OutboxRow.State.DEAD, last_error="unknown_subscriber")
        logger.critical("outbox row has no subscriber", extra=_fields(row))
        return True
    try:
        subscriber.handler(row.entry)
    except Exception as error:  # noqa: BLE001  every failure becomes a stored retry or a dead row
        _fail(row, token, subscriber, error)
    else:
        if _settle(row, token, state=OutboxRow.State.DONE, done_at=clock.now(), last_error=""):
            _poke_next(row, subscriber)
    return True


def sweep(limit: int = 500) -> int:
    """Poke rows whose poke got lost, whose back-off or lease ended; returns how many."""
    now = clock.now()
    found = list(claimable().filter(poke_at__lte=now).order_by("due_at")[:limit])
    OutboxRow.objects.filter(pk__in=[row.pk for row in found]).update(poke_at=now + REPOKE)
    for row in found:
        subscriber = _subscribers.get(row.subscriber)
        _tell_worker(row.pk, heavy=subscriber.heavy if subscriber else False)
    return len(found)


def drain(limit: int = 1000) -> int:
    """Run everything that is due, here and now, until nothing is; for tests and `manage.py`."""
    done = 0
    while done < limit:
        row = claimable().order_by("entry_id", "pk").first()
        if row is None:
            return done
        done += deliver(row.pk)
    raise RuntimeError(f"the outbox did not run empty within {limit} deliveries")


def dead_rows() -> models.QuerySet[OutboxRow]:
    return OutboxRow.objects.filter(state=OutboxRow.State.DEAD).order_by("pk")


def replay(row: OutboxRow) -> None:
    """Give a dead row its whole schedule again, from now."""
    now = clock.now()
    moved = OutboxRow.objects.filter(pk=row.pk, state=OutboxRow.State.DEAD).update(
        state=OutboxRow.State.PENDING, attempts=0, due_at=now, poke_at=now
    )
    if moved:
        subscriber = _subscribers.get(row.subscriber)
        _tell_worker(row.pk, heavy=subscriber.heavy if subscriber else False)


def drop(row: OutboxRow) -> None:
    """Give a dead row up for good, so that its stream may go on."""
    OutboxRow.objects.filter(pk=row.pk, state=OutboxRow.State.DEAD).update(
        state=OutboxRow.State.DROPPED, done_at=clock.now()
    )


def _claim(row_id: int, lease: float) -> UUID | None:
    token = ids.new()
    claimed = (
        claimable()
        .filter(pk=row_id)
        .update(
            lease_until=clock.now() + timedelta(seconds=lease),
            lease_token=token,
            attempts=F("attempts") + 1,
        )
    )
    return token if claimed == 1 else None


def _settle(row: OutboxRow, token: UUID, **values: object) -> bool:
    """Write the outcome, unless the lease ended meanwhile and another worker holds the row."""
    settled = OutboxRow.objects.filter(pk=row.pk, lease_token=token).update(
        lease_until=None, lease_token=None, **values
    )
    if settled != 1:
        logger.warning("outbox lease was lost while running", extra=_fields(row))
    return settled == 1


def _fail(row: OutboxRow, token: UUID, subscriber: Subscriber, error: Exception) -> None:
    code = error.code if isinstance(error, Refusal | RetryLater) else type(error).__qualname__
    fields = {**_fields(row), "code": code}
    if row.attempts > len(subscriber.schedule):
        _settle(row, token, state=OutboxRow.State.DEAD, last_error=code)
        logger.critical("outbox row is dead", extra=fields, exc_info=error)
        return
    if isinstance(error, RetryLater):
        wait = error.seconds
    else:
        # ±10 % so that what failed together does not come back together.
        wait = subscriber.schedule[row.attempts - 1] * random.uniform(0.9, 1.1)  # noqa: S311
    due = clock.now() + timedelta(seconds=wait)
    _settle(row, token, due_at=due, poke_at=due, last_error=code)
    logger.warning("outbox row failed, will be tried again", extra=fields, exc_info=error)


def _poke_next(row: OutboxRow, subscriber: Subscriber) -> None:
    following = (
        OutboxRow.objects.filter(
            subscriber=row.subscriber,
            stream=row.stream,
            number__gt=row.number,
            state=OutboxRow.State.PENDING,
        )
        .order_by("number")
        .first()
    )
    if subscriber.ordered and following is not None:
        _tell_worker(following.pk, heavy=subscriber.heavy)


def _tell_worker(row_id: int, *, heavy: bool) -> None:
    """Poke, or leave it to the sweep: what is committed must not fail for want of a broker."""
    if _poke is None:
        return
    try:
        _poke(row_id, heavy)
    except Exception as error:  # noqa: BLE001  any broker, any error: the sweep comes back
        logger.warning("outbox poke failed", extra={"row": row_id, "error": type(error).__name__})


def _fields(row: OutboxRow) -> dict[str, str | int]:
    return {"row": row.pk, "subscriber": row.subscriber, "attempts": row.attempts}
