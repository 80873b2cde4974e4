"""E4: the bureau's seal in the record (PAdES)."""

import re

from inspections.evidence.verifier.chain import Entry
from inspections.evidence.verifier.files import Package
from inspections.evidence.verifier.openssl import Openssl
from inspections.evidence.verifier.report import Report, sha256
from inspections.evidence.verifier.signers import seconds_of

RECORD = "data/record.pdf"


class Signed:
    """One signature in a PDF: its value (DER), the bytes it stands for, where those end."""

    def __init__(self, value: bytes, content: bytes, end: int) -> None:
        self.value, self.content, self.end = value, content, end


def signatures_in(pdf: bytes, start: int) -> list[Signed]:
    """What was signed after byte `start`, in order; ValueError where a range leaves more out than
    the signature's own value.

    Before `start` lies what was set in type, in which people may have written anything.
    """
    found = []
    for match in re.finditer(rb"/ByteRange *\[ *(\d+) +(\d+) +(\d+) +(\d+) *\]", pdf[start:]):
        first, long, after, rest = (int(one) for one in match.groups())
        value, end = pdf[long:after], after + rest
        if first != 0 or not start <= long < after <= end <= len(pdf):
            raise ValueError("range")
        if not re.match(rb"^<([0-9A-Fa-f]{2})+>$", value) or value[-1:] != b">":
            raise ValueError("value")
        der = bytes.fromhex(value[1:-1].decode("ascii"))
        if pdf[:end].rstrip(b"\r\n")[-5:] != b"%%EOF":
            raise ValueError("end")
        found.append(Signed(element(der), pdf[:long] + pdf[after:end], end))
    return found


def element(padded: bytes) -> bytes:
    """The DER element at the beginning; ValueError when anything but zeros follows."""
    if len(padded) < 4 or padded[:2] != b"\x30\x82":
        raise ValueError("der")
    size = 4 + int.from_bytes(padded[2:4], "big")
    if size > len(padded) or padded[size:].strip(b"\0"):
        raise ValueError("padding")
    return padded[:size]


def check_paper_seal(
    package: Package, entries: list[Entry], report: Report, openssl: Openssl | None
) -> None:
    """The record handed out carries the bureau's seal over all of it, and a timestamp over that.

    A file that is not the one in the journal was named already: then its seal says nothing.
    """
    issued = [one for one in entries if one.kind == "record.issued"]
    sealed = [one for one in entries if one.kind == "record.sealed"]
    if not issued:
        return
    if not sealed or sealed[-1].text("sha256") != issued[-1].text("signed_sha256"):
        report.gap(4, "paper_seal_absent", RECORD)
        return
    told = sealed[-1]
    stamped = check_sealed(package, (RECORD, told), report, openssl)
    if stamped:
        report.facts["sealed_not_after"] = stamped


def check_sealed(
    package: Package, paper: tuple[str, Entry], report: Report, openssl: Openssl | None
) -> str:
    """The file at a path, as the entry tells of it: the seal is over all of it, and so is the
    timestamp, whose time is returned when a given root vouches for it."""
    path, told = paper
    if path not in package or package.digests[path][0] != told.text("sha256"):
        return ""
    pdf, size = package.read(path), told.data.get("rendered_size")
    start = size if isinstance(size, int) and 0 <= size <= len(pdf) else 0
    try:
        found = signatures_in(pdf, start)
    except ValueError:
        report.fail("paper_seal_broken", path)
        return ""
    wanted = 2 if told.text("level") == "B-LTA" else 1
    drawn = sha256(pdf[:start]) == told.text("rendered_sha256")
    ends = [one.end for one in found]
    if not found:
        report.fail("paper_seal_missing", path)
    elif not drawn or len(found) != wanted or ends != sorted(set(ends)) or ends[-1] != len(pdf):
        report.fail("paper_seal_broken", path)
    elif openssl is not None:
        check_sealer(found[0], paper, report, openssl)
        return check_paper_stamp(found[1:], path, report, openssl)
    return ""


def check_sealer(seal: Signed, paper: tuple[str, Entry], report: Report, openssl: Openssl) -> None:
    path, told = paper
    pem = openssl.cms(seal.value, seal.content, seconds_of(told))
    if pem is None:
        report.fail("paper_seal_broken", path)
        return
    if not pem:
        report.gap(4, "paper_seal_untrusted", path)
        return
    about = openssl.certificate(pem)
    if (about.get("unit"), about.get("fingerprint")) != ("SEAL", told.text("certificate_sha256")):
        report.fail("paper_seal_foreign", path)


def check_paper_stamp(stamps: list[Signed], path: str, report: Report, openssl: Openssl) -> str:
    if not stamps:
        report.note("paper_stamp_absent", path)
    at = ""
    for one in stamps:
        token = openssl.token(one.value, sha256(one.content), "-token_in")
        if token is None:
            report.gap(4, "paper_stamp_untrusted", path)
        else:
            at = token[0]
    return at
