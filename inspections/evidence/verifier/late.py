"""E4: timestamps of signatures that came after the seal, told beside the dossier."""

import re

from inspections.evidence.verifier.chain import Entry
from inspections.evidence.verifier.custody import note_absent, place_of
from inspections.evidence.verifier.files import Package
from inspections.evidence.verifier.openssl import Openssl
from inspections.evidence.verifier.report import Report, sha256


def late_stamps(papers: list[Entry]) -> list[Entry]:
    return [one for one in papers if one.kind == "signature.stamped"]


def stamp_path(stamp: Entry) -> str:
    return f"data/signatures/{re.sub('[^0-9A-Za-z-]', '_', stamp.text('signature'))}.tsr"


def check_late_files(package: Package, report: Report, papers: list[Entry]) -> set[str]:
    """Each of these timestamps is there as registered; returns their paths."""
    for one in late_stamps(papers):
        path = stamp_path(one)
        if path not in package:
            note_absent(package, report, path, (one, "sha256"))
        elif package.digests[path][0] != one.text("sha256"):
            report.fail("item_altered", path, place_of(one))
    return {stamp_path(one) for one in late_stamps(papers)}


def check_late_stamps(
    package: Package, papers: list[Entry], report: Report, openssl: "Openssl | None"
) -> None:
    """Each is over the signature in the message of that digest.

    Files that are not those of the journal were named already: then they say nothing here.
    """
    for one in late_stamps(papers):
        path = stamp_path(one)
        message = path[: -len("tsr")] + "p7s"
        named = {path: one.text("sha256"), message: one.text("cms_sha256")}
        whole = all(each in package and package.digests[each][0] == named[each] for each in named)
        if openssl is None or not whole:
            continue
        value = signature_value(package.read(message))
        if value is None or openssl.token(package.read(path), sha256(value)) is None:
            report.gap(4, "signature_stamp_untrusted", path)


def signature_value(message: bytes) -> "bytes | None":
    """What the one signer's key made, out of a CMS message (RFC 5652 §5.3); None if unreadable."""
    try:
        outer = der_parts(der_parts(message)[0][1])[1][1]
        data = der_parts(der_parts(outer)[0][1])
        signer = der_parts(data[-1][1])[0][1]
        found = [content for tag, content in der_parts(signer) if tag == 4]
        return found[0] if len(found) == 1 else None
    except (ValueError, IndexError):
        return None


def der_parts(data: bytes) -> "list[tuple[int, bytes]]":
    """Tag and content of the DER elements one after the other; ValueError when it is none."""
    found, at = [], 0
    while at < len(data):
        tag, length, start = data[at], data[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7F
            length = int.from_bytes(data[start : start + count], "big")
            start += count
        if start + length > len(data):
            raise ValueError("der")
        found.append((tag, data[start : start + length]))
        at = start + length
    return found
