"""Ed25519 keys of the bureaus: made, kept encrypted, used to sign."""

import base64
from uuid import UUID

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.journal import Actor
from inspections.people.models import Bureau
from inspections.results.models import WebhookKey


@transaction.atomic
def ensure_key(bureau_id: UUID | str) -> None:
    """Give the bureau its first key if it has none. Journal: `webhook_key.created`."""
    if _living(bureau_id).exists():
        return
    Bureau.objects.select_for_update(no_key=True).get(pk=bureau_id)
    if not _living(bureau_id).exists():
        add_key(bureau_id)


@transaction.atomic
def add_key(bureau_id: UUID | str) -> WebhookKey:
    """A further key; until the old one is retired every result carries both signatures.

    Journal: `webhook_key.created`.
    """
    private = Ed25519PrivateKey.generate()
    key = WebhookKey.objects.create(
        bureau_id=bureau_id,
        public_key=base64.b64encode(private.public_key().public_bytes_raw()).decode(),
        sealed_private_key=_box().encrypt(private.private_bytes_raw()).decode(),
        created_at=clock.now(),
    )
    _journal(key, "webhook_key.created")
    return key


@transaction.atomic
def retire_key(key: WebhookKey) -> None:
    """The key signs nothing any more. Journal: `webhook_key.retired`."""
    living = WebhookKey.objects.filter(pk=key.pk, retired_at__isnull=True)
    if living.update(retired_at=clock.now()):
        _journal(key, "webhook_key.retired")


def sign(bureau_id: UUID | str, message: bytes) -> str:
    """The `webhook-signature` header: one `v1a,<base64>` per living key (Standard Webhooks)."""
    rows = _living(bureau_id)
    signatures = []
    for row in rows.order_by("created_at", "pk"):
        raw = _box().decrypt(row.sealed_private_key.encode())
        signature = Ed25519PrivateKey.from_private_bytes(raw).sign(message)
        signatures.append(f"v1a,{base64.b64encode(signature).decode()}")
    return " ".join(signatures)


def _living(bureau_id: UUID | str) -> QuerySet[WebhookKey]:
    return WebhookKey.objects.filter(bureau_id=bureau_id, retired_at__isnull=True)


def _journal(key: WebhookKey, kind: str) -> None:
    actor = Actor("system", "system", str(key.bureau_id))
    data = {"key": str(key.pk), "public_key": key.public_key}
    journal.append(f"bureau:{key.bureau_id}", kind, actor=actor, data=data)


@transaction.atomic
def reseal_all() -> int:
    """Encrypt every private key anew under the present SECRET_KEY; how many there are.

    After it SECRET_KEY_BEFORE is no longer needed. Refuses nothing half-way: a key that neither
    opens raises InvalidToken, and none is changed.
    """
    rows = list(WebhookKey.objects.select_for_update())
    for row in rows:
        row.sealed_private_key = _box().rotate(row.sealed_private_key.encode()).decode()
        row.save(update_fields=["sealed_private_key"])
    return len(rows)


def _box() -> MultiFernet:
    return MultiFernet(
        [_fernet(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _fernet(secret: str) -> Fernet:
    # A key of its own, so that what signs sessions never encrypts and the other way round.
    derived = HKDF(SHA256(), 32, salt=b"fieldsvc.results", info=b"webhook signing key, v1")
    return Fernet(base64.urlsafe_b64encode(derived.derive(secret.encode())))
