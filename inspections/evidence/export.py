"""A dossier as a folder that can be checked without this system."""

import shutil
from pathlib import Path

from fieldsvc.kernel import blobs, journal
from inspections.evidence.models import Dossier, EvidenceItem, RecordingCopy
from inspections.evidence.states import CopyState, EvidenceKind, Purpose

_SUFFIXES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "image/svg+xml": "svg",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "application/pdf": "pdf",
    "application/json": "json",
}
_FOLDERS = {
    EvidenceKind.STILL.value: "stills",
    EvidenceKind.PHOTO.value: "photos",
    EvidenceKind.CLIP.value: "clips",
    EvidenceKind.SEGMENT.value: "segments",
    EvidenceKind.SIGNATURE.value: "signatures",
    EvidenceKind.DOCUMENT.value: "documents",
}
HOW = """按清单核对（任何装有 sha256sum 的电脑）:
  sha256sum -c SHA256SUMS
journal.jsonl 每行是一条记录的原始字节：一行（不含换行）的 SHA-256 就是下一行的 prev。
最后一行 dossier.sealed 写明 manifest.json 的 SHA-256。
"""


def export(dossier: Dossier, folder: Path) -> list[Path]:
    """Write journal, manifest, every piece as stored, and SHA256SUMS into `folder`.

    The record appears as record.pdf (the issued copy, else the frozen one). Returns the files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = [_journal(dossier, folder)]
    sums = []
    for item in dossier.items.order_by("number"):
        path = folder / _name(item)
        _copy(item.blob_key, path)
        written.append(path)
        sums.append(f"{item.sha256}  {path.relative_to(folder)}")
    if dossier.manifest_key:
        path = folder / "manifest.json"
        _copy(dossier.manifest_key, path)
        written.append(path)
        sums.append(f"{dossier.manifest_sha256}  manifest.json")
    written.extend(_record(dossier, folder))
    written.extend(_copy_for_watching(dossier, folder))
    for name, text in (("SHA256SUMS", "\n".join(sums) + "\n"), ("VERIFY.txt", HOW)):
        (folder / name).write_text(text, encoding="utf-8")
        written.append(folder / name)
    return written


def _journal(dossier: Dossier, folder: Path) -> Path:
    path = folder / "journal.jsonl"
    with path.open("wb") as file:
        for entry in journal.entries(dossier.stream).iterator(chunk_size=500):
            file.write(bytes(entry.body) + b"\n")
    return path


def _record(dossier: Dossier, folder: Path) -> list[Path]:
    papers = dossier.items.filter(purpose=Purpose.RECORD.value, media_type="application/pdf")
    newest = papers.order_by("-number").first()
    if newest is None:
        return []
    path = folder / "record.pdf"
    _copy(newest.blob_key, path)
    return [path]


def _copy_for_watching(dossier: Dossier, folder: Path) -> list[Path]:
    """The derived MP4 when there is one; it can be made anew and is no evidence, so not listed."""
    copy = RecordingCopy.objects.filter(dossier=dossier, state=CopyState.READY.value).first()
    if copy is None:
        return []
    path = folder / "recording.mp4"
    _copy(copy.blob_key, path)
    return [path]


def _name(item: EvidenceItem) -> Path:
    suffix = _SUFFIXES.get(item.media_type, "bin")
    label = f"-{item.item}" if item.item else ""
    return Path(_FOLDERS[item.kind]) / f"{item.number:06d}{label}.{suffix}"


def _copy(key: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with blobs.store().open(key) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target)
