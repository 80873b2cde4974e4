"""E1: the files that the journal admitted, and what was made of them."""

import re
from typing import Any

from inspections.evidence.verifier.chain import Entry
from inspections.evidence.verifier.custody import note_absent
from inspections.evidence.verifier.files import Package
from inspections.evidence.verifier.report import Report, place, sha256
from inspections.evidence.verifier.words import FOLDERS, SUFFIXES

FROZEN = "data/record-frozen.pdf"


def item_path(number: int, data: dict[str, Any]) -> str:
    """Where the file that entry `number` admitted lies in the package."""
    label = re.sub(r"[^0-9A-Za-z_-]", "_", str(data.get("item") or ""))
    folder = FOLDERS.get(str(data.get("kind")), "others")
    suffix = SUFFIXES.get(str(data.get("media_type")), "bin")
    return f"data/items/{folder}/{number:06d}{'-' + label if label else ''}.{suffix}"


def check_items(package: Package, report: Report, admitted: list[Entry]) -> set[str]:
    """Every admitted file is there, byte for byte; returns their paths."""
    paths: set[str] = set()
    for entry in admitted:
        path = item_path(entry.number, entry.data)
        paths.add(path)
        if path not in package:
            note_absent(package, report, path, (entry, "sha256"))
            continue
        first, second, size = package.digests[path]
        same = first == entry.data.get("sha256") and size == entry.data.get("size")
        if not same or (second and second != entry.data.get("sm3")):
            report.fail("item_altered", path, place(entry.number))
    return paths


def newest_record(admitted: list[Entry], media_type: str) -> Entry | None:
    papers = [
        one
        for one in admitted
        if one.data.get("purpose") == "RECORD" and one.data.get("media_type") == media_type
    ]
    return papers[-1] if papers else None


def check_record(package: Package, report: Report, admitted: list[Entry]) -> set[str]:
    paths: set[str] = set()
    for path, media_type in (
        ("data/record.pdf", "application/pdf"),
        ("data/record.json", "application/json"),
    ):
        entry = newest_record(admitted, media_type)
        if entry is None:
            continue
        paths.add(path)
        if path not in package:
            note_absent(package, report, path, (entry, "sha256"), signed=True)
        elif package.digests[path][0] != entry.data.get("sha256"):
            report.fail("record_altered", path)
    return paths


def check_frozen(package: Package, report: Report, entries: list[Entry]) -> set[str]:
    """What people signed lies once more under a name that is found."""
    frozen = [one for one in entries if one.kind == "record.frozen"]
    if not frozen:
        return set()
    return {check_copy(package, report, FROZEN, (frozen[-1], "sha256"))}


def check_messages(package: Package, report: Report, entries: list[Entry]) -> set[str]:
    """Each signer's CMS message once more under the number of the signature."""
    return {
        check_copy(package, report, message_path(one), (one, "cms_sha256"))
        for one in entries
        if one.kind == "signature.completed" and one.text("cms_sha256")
    }


def message_path(answer: Entry) -> str:
    return f"data/signatures/{re.sub('[^0-9A-Za-z-]', '_', answer.text('signature'))}.p7s"


def check_copy(package: Package, report: Report, path: str, source: tuple[Entry, str]) -> str:
    entry, key = source
    if path not in package:
        note_absent(package, report, path, source, signed=True)
    elif package.digests[path][0] != entry.text(key):
        report.fail("item_altered", path, place(entry.number))
    return path


def salted(salt: str, value: str) -> str:
    return sha256((f"{salt}\x00{value}").encode())


def check_private(package: Package, report: Report, entries: list[Entry]) -> None:
    """Revealed personal values are those whose salted digests the entries carry."""
    path = "data/private.json"
    if path not in package:
        report.not_proved.append("persons")
        return
    by_number = {str(entry.number): entry for entry in entries}
    try:
        for number, values in package.json(path).items():
            for name, shown in values.items():
                digest = salted(shown["salt"], shown["value"])
                entry = by_number.get(number)
                if entry is None or entry.private.get(name) != digest:
                    report.fail("private_differs", f"{path}#{number}", name)
    except (ValueError, KeyError, TypeError, AttributeError):
        report.fail("anchors_unreadable", path)


def check_derived(package: Package, report: Report, admitted: list[Entry]) -> set[str]:
    """Derived copies name the segments they were made of; they prove nothing themselves."""
    path = "data/derived.json"
    if path not in package:
        return set()
    report.not_proved.append("derived")
    segments = [entry for entry in admitted if entry.data.get("kind") == "SEGMENT"]
    segments.sort(
        key=lambda one: (one.text("taken_at"), int(one.text("segment").rpartition(":")[2] or 0))
    )
    parents = sha256("\n".join(one.text("sha256") for one in segments).encode())
    paths = {path}
    try:
        for copy in package.json(path):
            name = "data/" + copy["file"]
            paths.add(name)
            if name not in package:
                report.fail("file_missing", name, path)
            elif package.digests[name][0] != copy["sha256"] or copy["parents_sha256"] != parents:
                report.fail("derived_differs", name)
    except (ValueError, KeyError, TypeError):
        report.fail("anchors_unreadable", path)
    return paths
