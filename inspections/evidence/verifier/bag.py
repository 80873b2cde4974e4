"""E1: the bag (BagIt 1.0, RFC 8493)."""

import re

from inspections.evidence.verifier.files import Package
from inspections.evidence.verifier.report import Report

BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
TAG_FILES = (
    *("bagit.txt", "bag-info.txt", "manifest-sha256.txt", "manifest-sm3.txt"),
    *("VERIFY.txt", "verify.py", "verify.html"),
)


def check_bag(package: Package, report: Report) -> None:
    """BagIt (RFC 8493): every file listed, every listed file there, every digest right."""
    if package.read("bagit.txt") != BAGIT:
        report.fail("bag_malformed", "bagit.txt", "版本声明")
    payload = set(package.under("data/"))
    tags = set(package.digests) - payload - {"tagmanifest-sha256.txt"}
    check_list(package, report, "tagmanifest-sha256.txt", (tags, 0))
    named = check_list(package, report, "manifest-sha256.txt", (payload, 0))
    if package.sm3_known:
        # What the one list tells of a file, the other need not say again.
        check_list(package, report, "manifest-sm3.txt", (payload - named, 1), named)
    else:
        report.note("sm3_unchecked")
    for name in sorted(tags - set(TAG_FILES)):
        report.fail("file_unexpected", name)


def check_list(
    package: Package,
    report: Report,
    name: str,
    kind: tuple[set[str], int],
    named: frozenset[str] | set[str] = frozenset(),
) -> set[str]:
    """Hold a list against the files that are there; returns the paths it complains of, `named`
    are those of which it keeps silent."""
    expected, column = kind
    if name not in package:
        report.fail("list_missing", name)
        return set()
    listed: dict[str, str] = {}
    for line in package.read(name).decode("utf-8", "replace").split("\n")[:-1]:
        found = re.match(r"^([0-9a-f]{64})  ([^ \n][^\n]*)$", line)
        if not found or found.group(2) in listed:
            report.fail("bag_malformed", name, line[:80])
            continue
        listed[found.group(2)] = found.group(1)
    if not package.read(name).endswith(b"\n"):
        report.fail("bag_malformed", name, "末行")
    wrong = {
        path: "file_altered"
        for path in expected & set(listed)
        if package.digests[path][column] != listed[path]
    }
    wrong.update(dict.fromkeys(set(listed) - expected - named, "file_missing"))
    wrong.update(dict.fromkeys(expected - set(listed), "file_unlisted"))
    for path in sorted(wrong):
        report.fail(wrong[path], path, name)
    return set(wrong)


def check_info(package: Package, report: Report, subject: tuple[str, str, str]) -> None:
    """bag-info.txt is wholly determined by the rest, so any change of it shows."""
    kind, stream, at = subject
    sizes = [package.digests[name][2] for name in package.under("data/")]
    wanted = bag_info(kind, stream, at, (sum(sizes), len(sizes)))
    if package.read("bag-info.txt") != wanted:
        report.fail("bag_info_differs", "bag-info.txt")


def bag_info(kind: str, stream: str, at: str, oxum: tuple[int, int]) -> bytes:
    lines = (
        "Bag-Software-Agent: yunkanyan 1",
        f"Internal-Sender-Description: {kind}",
        f"Internal-Sender-Identifier: {stream}",
        f"Bagging-Date: {at[:10]}",
        f"Payload-Oxum: {oxum[0]}.{oxum[1]}",
    )
    return ("\n".join(lines) + "\n").encode()
