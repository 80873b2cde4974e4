"""Reading a dossier: its pieces, its check, its copies."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Min

from fieldsvc.kernel import blobs, chain, hashing, journal
from inspections.evidence.errors import EvidenceUnknown
from inspections.evidence.models import Dossier, EvidenceItem, RecordingCopy
from inspections.evidence.selectors.custody import condemned
from inspections.evidence.states import CopyState, EvidenceKind, Purpose
from signaling.models import Segment

CLOCKS_AGREE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Problem:
    """`code` says what is wrong, `subject` with which piece (evidence id, entry number, …)."""

    code: str
    subject: str


@dataclass(frozen=True, slots=True)
class VerificationReport:
    dossier: UUID
    ok: bool
    sealed: bool
    entries: int
    head: str
    evidence: int
    bytes_checked: int
    problems: tuple[Problem, ...]


def dossier_of_stream(stream: str) -> Dossier | None:
    return Dossier.objects.filter(stream=stream).first()


def item_of(dossier: Dossier, evidence_id: UUID) -> EvidenceItem:
    """One piece of this dossier; refuses with `evidence_unknown`."""
    found = dossier.items.filter(pk=evidence_id).first()
    if found is None:
        raise EvidenceUnknown
    return found


def pictures(dossier: Dossier, purpose: Purpose | None = None) -> list[EvidenceItem]:
    """Photos, stills and clips in the order they were admitted."""
    kinds = [EvidenceKind.STILL.value, EvidenceKind.PHOTO.value, EvidenceKind.CLIP.value]
    found = dossier.items.filter(kind__in=kinds)
    if purpose is not None:
        found = found.filter(purpose=purpose.value)
    return list(found.prefetch_related("sightings__earlier__dossier").order_by("number"))


def segments(dossier: Dossier) -> list[EvidenceItem]:
    return list(dossier.items.filter(kind=EvidenceKind.SEGMENT.value).order_by("number"))


def recording_copy(dossier: Dossier) -> RecordingCopy | None:
    return RecordingCopy.objects.filter(dossier=dossier).exclude(state=CopyState.NONE).first()


def copy_starts_at(dossier: Dossier) -> datetime | None:
    """The instant at time 0 of the playable copy: a moment lies that many seconds after it, over
    gaps and legs alike, since the copy keeps their true length."""
    found = Segment.objects.filter(room__stream=dossier.stream)
    first: datetime | None = found.aggregate(first=Min("started_at"))["first"]
    return first


def seen_at(item: EvidenceItem) -> datetime:
    """When a picture was before the camera: the phone's word where it agrees with ours within a
    minute, else when it arrived."""
    taken = item.taken_at
    if taken is not None and abs(item.admitted_at - taken) <= CLOCKS_AGREE:
        return min(taken, item.admitted_at)
    return item.admitted_at


def blob_size(key: str) -> int:
    """Length in bytes of a stored file whose row does not say it (thumbnails, pages)."""
    with blobs.store().open(key) as file:
        return file.seek(0, os.SEEK_END)


def entry_digests(stream: str) -> list[str]:
    """The digests of all entries of a stream, in order."""
    return list(journal.entries(stream).values_list("digest", flat=True))


def dossiers_named(name: str) -> list[Dossier]:
    """The dossier with that id, or all whose label ends with that inspection number, in order."""
    try:
        found = Dossier.objects.filter(pk=UUID(name))
    except ValueError:
        found = Dossier.objects.filter(label__endswith=f" {name}")
    return list(found.order_by("pk"))


def verify(dossier: Dossier) -> VerificationReport:
    """Re-hash every blob and every journal entry of a dossier and compare all with each other."""
    report = chain.verify(dossier.stream)
    problems = [Problem(f"journal_{code}", str(number)) for number, code in report.problems]
    items = list(dossier.items.order_by("number"))
    size = 0
    gone = {item.pk for item in condemned(dossier)}
    for item in items:
        # What a disposal removed is missing by right: its certificate names it.
        if item.pk in gone:
            continue
        problems.extend(_check_blob(item.blob_key, item.sha256, item.sm3, str(item.id)))
        size += item.size
    problems.extend(_check_rows(dossier, items))
    if dossier.is_sealed:
        problems.extend(_check_seal(dossier, items))
    return VerificationReport(
        dossier.id,
        not problems,
        dossier.is_sealed,
        report.length,
        report.head,
        len(items),
        size,
        tuple(problems),
    )


def _check_blob(key: str, sha256: str, sm3: str, subject: str) -> Iterator[Problem]:
    try:
        with blobs.store().open(key) as file:
            found = hashing.digest_stream(file)
    except blobs.BlobMissing:
        yield Problem("blob_missing", subject)
        return
    if found.sha256 != sha256 or (sm3 and found.sm3 != sm3):
        yield Problem("blob_altered", subject)


def _check_rows(dossier: Dossier, items: list[EvidenceItem]) -> Iterator[Problem]:
    """Every row has its journal entry and every entry its row, with the same digest."""
    told = {
        str(entry.data["evidence"]): (entry.number, str(entry.data["sha256"]))
        for entry in journal.entries(dossier.stream).filter(kind="evidence.admitted")
    }
    for item in items:
        if told.pop(str(item.id), None) != (item.number, item.sha256):
            yield Problem("row_differs_from_journal", str(item.id))
    for missing in told:
        yield Problem("evidence_removed", missing)


def _check_seal(dossier: Dossier, items: list[EvidenceItem]) -> Iterator[Problem]:
    yield from _check_blob(dossier.manifest_key, dossier.manifest_sha256, "", "manifest")
    last = journal.entries(dossier.stream).last()
    if last is None or last.kind != "dossier.sealed":
        yield Problem("entries_after_seal", str(last.number if last else 0))
        return
    if last.data["manifest_sha256"] != dossier.manifest_sha256:
        yield Problem("manifest_differs_from_journal", "manifest")
    if not blobs.store().exists(dossier.manifest_key):
        return
    with blobs.store().open(dossier.manifest_key) as file:
        manifest = json.load(file)
    if manifest["journal"]["head"] != last.prev:
        yield Problem("manifest_head_differs", "manifest")
    listed = {line["id"]: line["sha256"] for line in manifest["evidence"]}
    if listed != {str(item.id): item.sha256 for item in items}:
        yield Problem("manifest_list_differs", "manifest")
