"""Personal values under a data key of their stream; without the key nobody reads them again."""

import os
from datetime import datetime
from typing import TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from fieldsvc.kernel import clock
from fieldsvc.kernel.errors import Conflict
from fieldsvc.kernel.hashing import sha256_hex

# PostgreSQL gives a memoryview.
Box: TypeAlias = "bytes | memoryview[int]"
_NONCE = 12
_SALT = 32


class PersonalErased(Conflict):
    code = "personal_erased"
    title = "这份案卷的个人信息已依法销毁"
    action = "不能再登记或查看个人信息；如需继续办理，请新建案卷。"


class StreamKey(models.Model):
    """The data key of one stream, wrapped by PERSONAL_KEY; empty once destroyed, for good."""

    stream = models.CharField(max_length=120, primary_key=True)
    wrapped = models.BinaryField()
    made_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "kernel"


def key_for(stream: str) -> bytes:
    """The stream's data key, made at its first personal value; refuses with `personal_erased`.

    Two writers of a new stream must already queue on something (the journal: on its head).
    """
    row = StreamKey.objects.filter(stream=stream).first()
    if row is None:
        row = StreamKey.objects.create(
            stream=stream, wrapped=wrapped(stream, new_key()), made_at=clock.now()
        )
    key = unwrapped(stream, row.wrapped)
    if key is None:
        raise PersonalErased
    return key


def known_key(stream: str) -> bytes | None:
    """The stream's data key, or None when there never was one or it was destroyed."""
    row = StreamKey.objects.filter(stream=stream).first()
    return unwrapped(stream, row.wrapped) if row is not None else None


def destroy(stream: str) -> datetime:
    """Destroy the stream's data key: its values are gone, and no new ones are taken.

    Says when it happened; a second time changes nothing.
    """
    row, _ = StreamKey.objects.select_for_update().get_or_create(
        stream=stream, defaults={"wrapped": b"", "made_at": clock.now()}
    )
    if row.destroyed_at is None:
        row.wrapped, row.destroyed_at = b"", clock.now()
        row.save(update_fields=["wrapped", "destroyed_at"])
    return row.destroyed_at


def is_erased(stream: str) -> bool:
    return StreamKey.objects.filter(stream=stream, destroyed_at__isnull=False).exists()


def sealed(key: bytes, label: str, salt: str, value: str) -> bytes:
    """Salt (32 hex digits) and value, encrypted; `label` is bound to them."""
    return _encrypt(key, label, f"{salt:<{_SALT}}{value}".encode())


def opened(key: bytes, label: str, box: Box) -> tuple[str, str]:
    """Salt and value of what `sealed` made."""
    kept = bytes(box)
    plain = AESGCM(key).decrypt(kept[:_NONCE], kept[_NONCE:], label.encode()).decode()
    return plain[:_SALT].rstrip(), plain[_SALT:]


def new_key() -> bytes:
    return AESGCM.generate_key(256)


def wrapped(stream: str, key: bytes) -> bytes:
    return _encrypt(_master(), f"stream {stream}", key)


def unwrapped(stream: str, box: Box) -> bytes | None:
    """The data key; None once destroyed. A wrong PERSONAL_KEY raises ImproperlyConfigured."""
    kept = bytes(box)
    if not kept:
        return None
    try:
        return AESGCM(_master()).decrypt(kept[:_NONCE], kept[_NONCE:], f"stream {stream}".encode())
    except InvalidTag:
        raise ImproperlyConfigured(
            "PERSONAL_KEY is not the one the personal values of this database were kept under."
        ) from None


def _encrypt(key: bytes, label: str, plain: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, label.encode())


def _master() -> bytes:
    # PERSONAL_KEY is long and random: one hash gives a key of the right length.
    return bytes.fromhex(sha256_hex(f"personal {settings.PERSONAL_KEY}".encode()))
