"""Taking evidence into a dossier."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.db import transaction

from fieldsvc.kernel import blobs, clock, hashing, journal
from fieldsvc.kernel.blobs import Blob
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import SYSTEM, Actor
from inspections.evidence import media
from inspections.evidence.errors import DigestMismatch, EvidenceClosed, ImageTooLarge
from inspections.evidence.models import Dossier, EvidenceItem
from inspections.evidence.services.dossiers import locked, refuse_closed
from inspections.evidence.services.radar import keep_print
from inspections.evidence.states import EvidenceKind, Grade, Purpose
from signaling.models import Segment

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is said about a piece beside its bytes; place in WGS-84 degrees."""

    purpose: Purpose
    item: str = ""
    grade: Grade = Grade.NONE
    still_request: str = ""
    segment: str = ""
    taken_at: datetime | None = None
    longitude: float | None = None
    latitude: float | None = None


def admit(
    dossier: Dossier, file: BinaryIO, sha256: str, how: Circumstances, *, actor: Actor
) -> EvidenceItem:
    """Take an uploaded photo or clip, byte for byte; journals `evidence.admitted`.

    `sha256` is what the sender computed (hex). The same bytes for the same purpose and item are
    taken once: a repetition returns the first item. Refuses with `digest_mismatch`,
    `media_unsupported`, `image_too_large`, `evidence_closed`.
    """
    refuse_closed(dossier)
    with _received(file, sha256) as (path, digests):
        known = _known(dossier, digests.sha256, how)
        if known is not None:
            return known
        look = media.look_at(path, digests.size)
        store = blobs.store()
        thumbnail = store.put(look.picture.small, media_type="image/jpeg")
        with path.open("rb") as source:
            blob = store.put(source, media_type=look.picture.media_type)
    if look.is_clip:
        kind = EvidenceKind.CLIP
    else:
        kind = EvidenceKind.STILL if how.purpose == Purpose.STILL else EvidenceKind.PHOTO
    shape: dict[str, str | int] = {
        "thumbnail_key": thumbnail.key,
        "width": look.picture.width,
        "height": look.picture.height,
    }
    with transaction.atomic():
        item = _keep(dossier, blob, kind, how, actor=actor, shape=shape)
        keep_print(item, look.picture)
        return item


def admit_voice(
    dossier: Dossier, file: BinaryIO, sha256: str, how: Circumstances, *, actor: Actor
) -> EvidenceItem:
    """Take somebody's recorded voice (WebM or MP4 without a picture, three minutes at most), byte
    for byte; journals `evidence.admitted`. Idempotent like `admit`. Refuses with
    `digest_mismatch`, `voice_unusable`, `evidence_closed`."""
    refuse_closed(dossier)
    with _received(file, sha256) as (path, digests):
        sound = media.listen_to(path, digests.size)
        with path.open("rb") as source:
            blob = blobs.store().put(source, media_type=sound.media_type)
    return admit_own(dossier, blob, EvidenceKind.VOICE, how, actor=actor)


def admit_own(
    dossier: Dossier, blob: Blob, kind: EvidenceKind, how: Circumstances, *, actor: Actor = SYSTEM
) -> EvidenceItem:
    """Take bytes this system made itself (segment, signature, record); journals
    `evidence.admitted`. Idempotent by digest, purpose and item; refuses with `evidence_closed`."""
    known = _known(dossier, blob.sha256, how)
    if known is not None:
        return known
    return _keep(dossier, blob, kind, how, actor=actor, shape={})


def admit_segment(dossier: Dossier, segment: Segment) -> EvidenceItem:
    """Take a stored segment of the recording, as it lies in the blob store; journals
    `evidence.admitted`. Idempotent by source, number and digest."""
    blob = Blob(segment.blob_key, segment.sha256, segment.sm3, segment.size, segment.media_type)
    how = Circumstances(
        Purpose.RECORDING,
        segment=f"{segment.source_id}:{segment.number}",
        taken_at=segment.started_at,
    )
    return admit_own(dossier, blob, EvidenceKind.SEGMENT, how)


@contextmanager
def _received(file: BinaryIO, sha256: str) -> Iterator[tuple[Path, hashing.Digests]]:
    """What was sent, on disk as long as it is looked at; refuses with `digest_mismatch`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        digests = _receive(file, path)
        if digests.sha256 != sha256.lower():
            raise DigestMismatch({"received_sha256": digests.sha256})
        yield path, digests


def _receive(file: BinaryIO, path: Path) -> hashing.Digests:
    meter, size = hashing.Meter(), 0
    with path.open("wb") as target:
        while chunk := file.read(_CHUNK):
            size += len(chunk)
            if size > media.CLIP_MAX_BYTES:
                raise ImageTooLarge({"limit_bytes": media.CLIP_MAX_BYTES})
            meter.update(chunk)
            target.write(chunk)
    return meter.digests()


def _known(dossier: Dossier, sha256: str, how: Circumstances) -> EvidenceItem | None:
    return dossier.items.filter(
        sha256=sha256, purpose=how.purpose.value, item=how.item, segment=how.segment
    ).first()


def _keep(
    dossier: Dossier,
    blob: Blob,
    kind: EvidenceKind,
    how: Circumstances,
    *,
    actor: Actor,
    shape: Mapping[str, str | int],
) -> EvidenceItem:
    with transaction.atomic():
        owner = locked(dossier.pk)
        known = _known(owner, blob.sha256, how)
        if known is not None:
            return known
        if owner.is_sealed:
            raise EvidenceClosed
        item = EvidenceItem(
            dossier=owner,
            kind=kind.value,
            grade=how.grade.value,
            purpose=how.purpose.value,
            item=how.item,
            sha256=blob.sha256,
            sm3=blob.sm3,
            size=blob.size,
            media_type=blob.media_type,
            blob_key=blob.key,
            still_request=how.still_request,
            segment=how.segment,
            taken_at=how.taken_at,
            longitude=how.longitude,
            latitude=how.latitude,
            admitted_by_kind=actor.kind,
            admitted_by_id=actor.id,
            **shape,
        )
        item.number = _tell(owner, item, how, actor)
        item.admitted_at = clock.now()
        item.save(force_insert=True)
        return item


def _tell(dossier: Dossier, item: EvidenceItem, how: Circumstances, actor: Actor) -> int:
    data: dict[str, JSONValue] = {
        "evidence": str(item.id),
        "kind": item.kind,
        "grade": item.grade,
        "purpose": item.purpose,
        "item": item.item,
        "sha256": item.sha256,
        "sm3": item.sm3,
        "size": item.size,
        "media_type": item.media_type,
        "width": item.width,
        "height": item.height,
        "segment": item.segment,
        "request": item.still_request,
        "taken_at": clock.iso(how.taken_at) if how.taken_at else None,
    }
    place = {}
    if how.longitude is not None and how.latitude is not None:
        place["place"] = f"{how.longitude:.6f},{how.latitude:.6f}"
    entry = journal.append(
        dossier.stream, "evidence.admitted", actor=actor, data=data, private=place
    )
    return entry.number
