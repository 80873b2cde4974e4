"""Files that come in pieces (tus 1.0.0): kept, counted, joined, thrown away.

Nothing is journalled here: what is on its way is no evidence, and becomes it by `admit` alone.
"""

import hashlib
import secrets
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from io import RawIOBase
from typing import BinaryIO, cast

from django.db import transaction

from fieldsvc.kernel import blobs, clock
from fieldsvc.kernel.journal import Actor
from inspections.evidence import media
from inspections.evidence.errors import (
    ImageTooLarge,
    UploadDamaged,
    UploadIncomplete,
    UploadMalformed,
    UploadOffset,
    UploadsOpen,
)
from inspections.evidence.models import PartialUpload, UploadPiece
from inspections.evidence.selectors.uploads import owner_of

MAX_BYTES = media.CLIP_MAX_BYTES
PIECE_MAX_BYTES = 2 * 1024 * 1024
OPEN_AT_ONCE = 20
KEPT_FOR = timedelta(hours=24)
ALGORITHMS = ("sha1", "sha256")
_SALT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the sender computed of one piece (tus `Upload-Checksum`)."""

    algorithm: str
    digest: bytes

    @classmethod
    def read(cls, header: str) -> "Checksum":
        """From `<algorithm> <base64>`; refuses with `upload_malformed`."""
        algorithm, _, encoded = header.strip().partition(" ")
        try:
            digest = b64decode(encoded, validate=True)
        except ValueError:
            raise UploadMalformed from None
        if algorithm not in ALGORITHMS or not digest:
            raise UploadMalformed
        return cls(algorithm, digest)

    def fits(self, data: bytes) -> bool:
        found = hashlib.new(self.algorithm, data, usedforsecurity=False).digest()
        return secrets.compare_digest(found, self.digest)


def begin_upload(length: int, *, actor: Actor) -> PartialUpload:
    """Make room for a file of `length` bytes, for a day.

    Refuses with `image_too_large`, `uploads_open` (too many of this actor unfinished).
    """
    if length > MAX_BYTES:
        raise ImageTooLarge({"limit_bytes": MAX_BYTES})
    now = clock.now()
    mine = PartialUpload.objects.filter(owner=owner_of(actor), expires_at__gt=now)
    if mine.count() >= OPEN_AT_ONCE:
        raise UploadsOpen
    return PartialUpload.objects.create(
        owner=owner_of(actor), length=length, created_at=now, expires_at=now + KEPT_FOR
    )


def append_piece(
    upload: PartialUpload, offset: int, data: bytes, checksum: Checksum | None
) -> PartialUpload:
    """Take the bytes that follow `offset`; of two senders at one place exactly one is taken.

    Refuses with `upload_offset`, `upload_damaged` (nothing of the piece is kept) and
    `image_too_large` (more than was announced, or than one request may hold).
    """
    if offset != upload.offset:
        raise UploadOffset({"offset": upload.offset})
    if len(data) > PIECE_MAX_BYTES or offset + len(data) > upload.length:
        limit = min(PIECE_MAX_BYTES, upload.length - offset)
        raise ImageTooLarge({"limit_bytes": limit})
    if checksum is not None and not checksum.fits(data):
        raise UploadDamaged
    if data:
        _keep(upload, offset, data)
        upload.refresh_from_db()
    return upload


def drop_upload(upload: PartialUpload) -> None:
    """Forget an upload with all its bytes, once this transaction stands."""
    keys = list(upload.pieces.values_list("blob_key", flat=True))
    upload.delete()
    transaction.on_commit(partial(_delete, keys))


def drop_expired() -> int:
    """Forget what nobody finished in time; says how many."""
    found = PartialUpload.objects.filter(expires_at__lte=clock.now())
    for upload in found:
        with transaction.atomic():
            drop_upload(upload)
    return len(found)


@contextmanager
def joined(upload: PartialUpload) -> Iterator[BinaryIO]:
    """The finished file, to be read once from its beginning; when the block ends without an
    error the upload is forgotten. Refuses with `upload_incomplete`."""
    if not upload.is_complete:
        raise UploadIncomplete({"offset": upload.offset, "length": upload.length})
    with transaction.atomic():
        yield cast("BinaryIO", _Joined(list(upload.pieces.all())))
        drop_upload(upload)


def _keep(upload: PartialUpload, offset: int, data: bytes) -> None:
    salted = secrets.token_bytes(_SALT_BYTES) + data
    blob = blobs.store().put(salted, media_type="application/octet-stream")
    with transaction.atomic():
        at_its_place = PartialUpload.objects.filter(pk=upload.pk, offset=offset)
        taken = at_its_place.update(offset=offset + len(data))
        if taken:
            UploadPiece.objects.create(
                upload=upload, start=offset, size=len(data), blob_key=blob.key
            )
    if not taken:
        blobs.store().delete(blob.key)
        upload.refresh_from_db()
        raise UploadOffset({"offset": upload.offset})


def _delete(keys: list[str]) -> None:
    for key in keys:
        blobs.store().delete(key)


class _Joined(RawIOBase):
    """The pieces one after the other, without their random beginnings."""

    def __init__(self, pieces: list[UploadPiece]) -> None:
        super().__init__()
        self._waiting = iter(pieces)
        self._open: BinaryIO | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        found = b""
        while not found:
            if self._open is None and not self._next():
                return b""
            if self._open is not None:
                found = self._open.read(size)
                if not found:
                    self._open.close()
                    self._open = None
        return found

    def _next(self) -> bool:
        piece = next(self._waiting, None)
        if piece is None:
            return False
        self._open = blobs.store().open(piece.blob_key)
        self._open.read(_SALT_BYTES)
        return True
