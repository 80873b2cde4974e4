"""Playable copies of a recording: derived, never evidence, made anew whenever asked."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import blobs, clock, hashing, journal
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.evidence.deriving import Job, MarkJob, SourceJob
from inspections.evidence.errors import RecordingMissing
from inspections.evidence.models import Dossier, RecordingCopy
from inspections.evidence.states import CopyState
from signaling.models import Segment
from signaling.states import Role

AFTER_THE_ITEMS = "核查项之后"


def request_copy(dossier: Dossier, *, actor: Actor) -> RecordingCopy:
    """Ask for a fresh MP4; journals `recording.copy_requested` on the stream of the copies.

    Not on the dossier's stream: that may be sealed, and a copy is no part of it. Refuses with
    `recording_not_found` when there is no segment. A copy that is being made, or is up to date,
    is returned as it is.
    """
    found = _segments(dossier)
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


def parents_of(segments: list[Segment]) -> str:
    return hashing.sha256_hex("\n".join(item.sha256 for item in segments).encode())


@contextmanager
def copy_job(dossier_id: UUID) -> Iterator[Job]:
    """What a deriver needs: every segment as a local file, the applicant's picture as main.

    Files are valid inside the block only.
    """
    dossier = Dossier.objects.get(pk=dossier_id)
    stored = Segment.objects.select_related("source").filter(room__stream=dossier.stream)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        sources: dict[str, SourceJob] = {}
        for segment in stored.order_by("started_at", "number"):
            path = stack.enter_context(blobs.store().local_path(segment.blob_key))
            one = sources.setdefault(
                str(segment.source_id),
                {
                    "source": str(segment.source_id),
                    "main": segment.source.role == Role.GUEST.value,
                    "segments": [],
                },
            )
            one["segments"].append(
                {
                    "path": str(path),
                    "started_at": segment.started_at.isoformat(),
                    "media_ms": segment.media_ms,
                }
            )
        yield {
            "out": str(folder / "copy.mp4"),
            "sources": list(sources.values()),
            "marks": _marks(dossier),
            "comment": _comment(dossier),
        }


def _marks(dossier: Dossier) -> list[MarkJob]:
    """An item's chapter ends when it is judged; it began when the one before was."""
    judged = list(journal.entries(dossier.stream).filter(kind="finding.recorded"))
    begins = [dossier.opened_at, *(entry.at for entry in judged)]
    titles = [*(str(entry.data["item"]) for entry in judged), AFTER_THE_ITEMS]
    return [
        {"title": title, "at": at.isoformat()} for title, at in zip(titles, begins, strict=True)
    ]


def _comment(dossier: Dossier) -> str:
    parents = parents_of(_segments(dossier))
    return f"由录像分段合成的播放件，不是原始证据；分段摘要的 SHA-256：{parents}"


def store_progress(dossier_id: UUID, percent: int) -> None:
    RecordingCopy.objects.filter(dossier_id=dossier_id).update(
        percent=min(percent, 99), updated_at=clock.now()
    )


def store_copy(dossier_id: UUID, path: Path, parents_sha256: str) -> RecordingCopy:
    """Keep a finished copy and its sheet of pictures; the files at and beside `path` are taken."""
    sheet = blobs.store().adopt(path.with_suffix(".jpg"), media_type="image/jpeg")
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
        sheet_key=sheet.key,
        sheet_size=sheet.size,
        error="",
    )
    return copy


def store_failure(dossier_id: UUID, code: str) -> None:
    RecordingCopy.objects.filter(dossier_id=dossier_id).update(
        state=CopyState.FAILED.value, error=code[:80], updated_at=clock.now()
    )


def _segments(dossier: Dossier) -> list[Segment]:
    # Not the evidence rows: whoever admits them may still be behind.
    stored = Segment.objects.filter(room__stream=dossier.stream)
    return list(stored.order_by("started_at", "number"))


def _write(copy: RecordingCopy, **values: str | int) -> None:
    for name, value in values.items():
        setattr(copy, name, value)
    copy.updated_at = clock.now()
    copy.save(update_fields=[*values, "updated_at"])
