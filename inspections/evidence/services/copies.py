"""Playable copies of a recording: derived, never evidence, made anew whenever asked."""

from pathlib import Path
from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import blobs, clock, hashing, journal
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.evidence import selectors
from inspections.evidence.errors import RecordingMissing
from inspections.evidence.models import Dossier, EvidenceItem, RecordingCopy
from inspections.evidence.states import CopyState


def request_copy(dossier: Dossier, *, actor: Actor) -> RecordingCopy:
    """Ask for a fresh MP4; journals `recording.copy_requested` on the stream of the copies.

    Not on the dossier's stream: that may be sealed, and a copy is no part of it. Refuses with
    `recording_not_found` when there is no segment. A copy that is being made, or is up to date,
    is returned as it is.
    """
    found = selectors.segments(dossier)
    if not found:
        raise RecordingMissing
    with transaction.atomic():
        copy, _ = RecordingCopy.objects.select_for_update().get_or_create(
            dossier=dossier, defaults={"updated_at": clock.now()}
        )
        if copy.parents_sha256 == parents_of(found) and copy.state in {
            CopyState.READY.value,
            CopyState.WORKING.value,
        }:
            return copy
        _write(copy, state=CopyState.WORKING.value, percent=0, parents_sha256=parents_of(found))
        data: dict[str, JSONValue] = {
            "dossier": str(dossier.id),
            "parents_sha256": copy.parents_sha256,
        }
        journal.append(f"copies:{dossier.id}", "recording.copy_requested", actor=actor, data=data)
        return copy


def parents_of(segments: list[EvidenceItem]) -> str:
    return hashing.sha256_hex("\n".join(item.sha256 for item in segments).encode())


def store_progress(dossier_id: UUID, percent: int) -> None:
    RecordingCopy.objects.filter(dossier_id=dossier_id).update(
        percent=min(percent, 99), updated_at=clock.now()
    )


def store_copy(dossier_id: UUID, path: Path, parents_sha256: str) -> RecordingCopy:
    """Keep a finished copy; the file at `path` is taken over."""
    blob = blobs.store().adopt(path, media_type="video/mp4")
    copy = RecordingCopy.objects.get(dossier_id=dossier_id)
    _write(
        copy,
        state=CopyState.READY.value,
        percent=100,
        parents_sha256=parents_sha256,
        blob_key=blob.key,
        sha256=blob.sha256,
        size=blob.size,
        error="",
    )
    return copy


def store_failure(dossier_id: UUID, code: str) -> None:
    RecordingCopy.objects.filter(dossier_id=dossier_id).update(
        state=CopyState.FAILED.value, error=code[:80], updated_at=clock.now()
    )


def _write(copy: RecordingCopy, **values: str | int) -> None:
    for name, value in values.items():
        setattr(copy, name, value)
    copy.updated_at = clock.now()
    copy.save(update_fields=[*values, "updated_at"])
