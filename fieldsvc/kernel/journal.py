"""The append-only journal: one hash-chained row per fact, numbered without gaps per stream.

History, evidence chain, timeline and outbox are four readings of these rows.
"""

import json
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import ClassVar, TypedDict, cast

from django.core.exceptions import ImproperlyConfigured
from django.db import models, transaction

from fieldsvc.kernel import clock, hashing, personal
from fieldsvc.kernel.errors import StaleVersion
from fieldsvc.kernel.hashing import JSONValue

logger = logging.getLogger(__name__)

VERSION = 1
GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something. `scope` is the tenant's id; `roles` are the slices' own words."""

    kind: str
    id: str
    scope: str = ""
    roles: frozenset[str] = field(default_factory=frozenset)


SYSTEM = Actor("system", "system")


class Payload(TypedDict):
    """The canonical body of an entry, as stored and hashed."""

    v: int
    stream: str
    number: int
    prev: str
    kind: str
    at: str
    actor: dict[str, str]
    data: dict[str, JSONValue]
    private: dict[str, str]


@dataclass(frozen=True, slots=True)
class Head:
    stream: str
    length: int
    digest: str


@dataclass(frozen=True, slots=True)
class Committed:
    """What a listener learns after commit: that a stream moved, not what it says."""

    stream: str
    number: int
    kind: str
    at: datetime
    scope: str


class JournalStream(models.Model):
    """The head of one chain; the row that concurrent appends queue on."""

    stream = models.CharField(max_length=120, primary_key=True)
    length = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        app_label = "kernel"


class JournalEntry(models.Model):
    """One fact. `body` is the truth; the other columns repeat it for queries."""

    id = models.BigAutoField(primary_key=True)
    stream = models.CharField(max_length=120)
    number = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=80)
    at = models.DateTimeField()
    scope = models.CharField(max_length=64, blank=True, default="")
    body = models.BinaryField()
    prev = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        app_label = "kernel"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "number"], name="kernel_entry_place"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["kind", "id"], name="kernel_entry_kind"),
            models.Index(fields=["scope", "id"], name="kernel_entry_scope"),
        ]

    @cached_property
    def payload(self) -> Payload:
        return cast("Payload", json.loads(bytes(self.body)))

    @property
    def data(self) -> dict[str, JSONValue]:
        return self.payload["data"]

    @property
    def actor(self) -> Actor:
        """Who did it, as far as the chain says: kind and id."""
        who = self.payload["actor"]
        return Actor(who["kind"], who["id"], self.scope)


class JournalSecret(models.Model):
    """A personal value behind a salted digest of the chain, encrypted under its stream's key."""

    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="secrets")
    name = models.CharField(max_length=80)
    sealed = models.BinaryField()

    class Meta:
        app_label = "kernel"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry", "name"], name="kernel_secret_name"),
        ]


@dataclass(frozen=True, slots=True)
class Disclosed:
    """A personal value with the salt that proves it against the chain (hashing.salted)."""

    salt: str
    value: str


Listener = Callable[[list[Committed]], None]
Feeder = Callable[[JournalEntry], None]

_listeners: list[Listener] = []
_feeders: list[Feeder] = []


def append(
    stream: str,
    kind: str,
    *,
    actor: Actor,
    data: Mapping[str, JSONValue],
    private: Mapping[str, str] | None = None,
) -> JournalEntry:
    """Write one fact to the end of `stream`, in the caller's transaction.

    `private` values enter the chain as salted digests; value and salt go to JournalSecret,
    encrypted (kernel.personal); refuses with `personal_erased` once the stream's key is gone.
    Refuses to run outside a transaction (RuntimeError), because a fact without the change it
    tells of would be a lie. Appends to one stream queue behind each other until commit, so a
    transaction that writes to several streams should do so in a fixed order.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("journal.append needs an open transaction.atomic block")
    head = _lock_head(stream)
    salts = {name: secrets.token_hex(16) for name in private or {}}
    entry = JournalEntry(
        stream=stream,
        number=head.length + 1,
        kind=kind,
        at=clock.now(),
        scope=actor.scope,
        prev=head.digest,
    )
    hidden = {name: hashing.salted(salts[name], value) for name, value in (private or {}).items()}
    entry.body = _body(entry, actor, data, hidden)
    entry.digest = hashing.sha256_hex(entry.body)
    entry.save(force_insert=True)
    _advance(head, entry)
    _keep_secrets(entry, private or {}, salts)
    for feed in _feeders:
        feed(entry)
    if _listeners:
        transaction.on_commit(partial(_tell, entry))
    return entry


def entries(stream: str, after: int = 0) -> models.QuerySet[JournalEntry]:
    """The facts of `stream` in order, from number `after` + 1."""
    return JournalEntry.objects.filter(stream=stream, number__gt=after).order_by("number")


def head(stream: str) -> Head:
    """Length and last digest of `stream`; a stream never written to has length 0."""
    row = JournalStream.objects.filter(stream=stream).first()
    return Head(stream, row.length, row.head) if row else Head(stream, 0, GENESIS)


def reveal(entry: JournalEntry, name: str) -> str | None:
    """The personal value behind a digest, or None once it was forgotten."""
    found = disclose(entry).get(name)
    return found.value if found else None


def disclose(entry: JournalEntry) -> dict[str, Disclosed]:
    """All personal values of an entry by name; empty once they were forgotten. The only door."""
    key = personal.known_key(entry.stream)
    if key is None:
        return {}
    return {
        secret.name: Disclosed(*personal.opened(key, _label(entry, secret.name), secret.sealed))
        for secret in JournalSecret.objects.filter(entry=entry)
    }


def forget(stream: str) -> int:
    """Destroy the key of a stream's personal values and the values; says how many there were.

    The chain still verifies; the stream takes no personal values any more.
    """
    with transaction.atomic():
        personal.destroy(stream)
        return JournalSecret.objects.filter(entry__stream=stream).delete()[0]


def listen(callback: Listener) -> None:
    """Call `callback` in this process after each commit that appended; for hints, not effects."""
    if callback not in _listeners:
        _listeners.append(callback)


def unlisten(callback: Listener) -> None:
    if callback in _listeners:
        _listeners.remove(callback)


def feed_to(feeder: Feeder) -> None:
    """Call `feeder` inside each append's transaction (the outbox hangs here)."""
    if feeder in _feeders:
        raise ImproperlyConfigured("this feeder is already registered")
    _feeders.append(feeder)


def _lock_head(stream: str) -> Head:
    # The row lock orders appends on PostgreSQL; on SQLite the IMMEDIATE transaction already did.
    row = JournalStream.objects.select_for_update().filter(stream=stream).first()
    if row is None:
        JournalStream.objects.bulk_create([JournalStream(stream=stream)], ignore_conflicts=True)
        row = JournalStream.objects.select_for_update().get(stream=stream)
    return Head(stream, row.length, row.head)


def _body(
    entry: JournalEntry, actor: Actor, data: Mapping[str, JSONValue], hidden: dict[str, str]
) -> bytes:
    return hashing.canonical(
        {
            "v": VERSION,
            "stream": entry.stream,
            "number": entry.number,
            "prev": entry.prev,
            "kind": entry.kind,
            "at": clock.iso(entry.at),
            "actor": {"kind": actor.kind, "id": actor.id},
            "data": data,
            "private": hidden,
        }
    )


def _advance(head: Head, entry: JournalEntry) -> None:
    moved = JournalStream.objects.filter(
        stream=head.stream, length=head.length, head=head.digest
    ).update(length=entry.number, head=entry.digest)
    if moved != 1:
        # Only reachable without the lock (a database run outside the supported settings).
        raise StaleVersion


def _keep_secrets(entry: JournalEntry, private: Mapping[str, str], salts: dict[str, str]) -> None:
    if not private:
        return
    key = personal.key_for(entry.stream)
    JournalSecret.objects.bulk_create(
        JournalSecret(
            entry=entry,
            name=name,
            sealed=personal.sealed(key, _label(entry, name), salts[name], value),
        )
        for name, value in private.items()
    )


def _label(entry: JournalEntry, name: str) -> str:
    return f"{entry.stream} {entry.number} {name}"


def _tell(entry: JournalEntry) -> None:
    news = [Committed(entry.stream, entry.number, entry.kind, entry.at, entry.scope)]
    for callback in list(_listeners):
        try:
            callback(news)
        except Exception as error:  # noqa: BLE001  one deaf listener must not silence the others
            logger.error(
                "journal listener failed",
                extra={"listener": callback.__qualname__, "error": type(error).__name__},
            )
