"""E2: sealed, and nothing missing or added."""

from inspections.evidence.covers import entries_root
from inspections.evidence.verifier.chain import Entry
from inspections.evidence.verifier.files import Package, strict_json
from inspections.evidence.verifier.items import salted
from inspections.evidence.verifier.report import Report, place


def check_seal(package: Package, report: Report, entries: list[Entry]) -> None:
    sealed = [entry for entry in entries if entry.kind == "dossier.sealed"]
    if not sealed:
        report.gap(2, "not_sealed")
        return
    for entry in entries:
        if entry.number > sealed[0].number:
            report.fail("entries_after_seal", place(entry.number))
    seal, path = sealed[0], "data/manifest.json"
    admitted = [one for one in entries if one.kind == "evidence.admitted"]
    said = (
        seal.data.get("journal_head"),
        seal.data.get("journal_length"),
        seal.data.get("evidence"),
    )
    if said != (seal.prev, seal.number - 1, len(admitted)):
        report.fail("seal_differs", place(seal.number), "条数或末条摘要")
    check_covers(package, report, entries, seal)
    if path not in package:
        report.fail("item_missing", path, place(seal.number))
        return
    if package.digests[path][0] != seal.data.get("manifest_sha256"):
        report.fail("manifest_altered", path)
    check_manifest(package.read(path), report, admitted, seal)


def check_manifest(data: bytes, report: Report, admitted: list[Entry], seal: Entry) -> None:
    try:
        manifest = strict_json(data)
        journal = manifest["journal"]
        listed = {line["number"]: (line["id"], line["sha256"]) for line in manifest["evidence"]}
        if (journal["head"], journal["length"]) != (seal.prev, seal.number - 1):
            report.fail("manifest_differs", "data/manifest.json")
    except (ValueError, KeyError, TypeError):
        report.fail("anchors_unreadable", "data/manifest.json")
        return
    told = {one.number: (one.data.get("evidence"), one.data.get("sha256")) for one in admitted}
    for number in sorted(set(listed) | set(told)):
        if listed.get(number) != told.get(number):
            report.fail("manifest_differs", place(number))


def check_covers(package: Package, report: Report, entries: list[Entry], seal: Entry) -> None:
    """The root in the seal, from which single findings are proved, is that of these entries."""
    path, root = "data/anchors/covers.json", seal.data.get("entries_root")
    if root is None:
        return
    if path not in package:
        report.note("covers_unchecked")
        return
    try:
        shown = package.json(path)
        seed = shown["value"]
        right = salted(shown["salt"], seed) == seal.private.get("covers")
    except (ValueError, KeyError, TypeError):
        report.fail("anchors_unreadable", path)
        return
    if not right:
        report.fail("private_differs", path, "covers")
        return
    before = [one.digest for one in entries if one.number < seal.number]
    if entries_root(seed, before) != root:
        report.fail("seal_differs", place(seal.number), "条目根")
