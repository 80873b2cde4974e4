"""E4: the mark of the official seal system beside the record (SM2 with SM3, GB/T 32918.2)."""

import hashlib

from inspections.evidence.verifier.chain import Entry
from inspections.evidence.verifier.files import Package, unbase64
from inspections.evidence.verifier.items import item_path
from inspections.evidence.verifier.openssl import Openssl
from inspections.evidence.verifier.papers import RECORD
from inspections.evidence.verifier.report import Report, sha256

# The curve of GB/T 32918.5: y² = x³ + ax + b over p, base point G of order n.
SM2_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
SM2_A = SM2_P - 3
SM2_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
SM2_N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
SM2_G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
# GB/T 35276: the signer's identity where none was agreed upon.
SM2_IDENTITY = b"1234567812345678"
# In a certificate: the curve's name, then the public key as an uncompressed point.
SM2_KEY = bytes.fromhex("06082a811ccf5501822d03420004")


def check_mark(
    package: Package, entries: list[Entry], report: Report, openssl: Openssl | None
) -> None:
    """The mark is by the certificate that the journal names, over the record as it was sealed.

    Files that are not those of the journal were named already: then they say nothing here.
    """
    sealed = [one for one in entries if one.kind == "record.sealed"]
    named = sealed[-1].text("official_sha256") if sealed else ""
    path = mark_path(entries, named)
    if not path or not is_there(package, path, named):
        return
    if not is_there(package, RECORD, sealed[-1].text("sha256")):
        return
    told = sealed[-1].text("official_certificate")
    fingerprint = sealed[-1].text("official_certificate_sha256")
    if not told:
        report.note("mark_certificate_absent", path)
    elif not package.sm3_known:
        report.note("mark_unchecked", path)
    elif not is_marked(told, fingerprint, package.read(RECORD), package.read(path)):
        report.fail("mark_forged", path)
    elif openssl and fingerprint not in [root.get("fingerprint") for _, root in openssl.roots]:
        report.note("mark_untrusted", path)


def is_marked(told: str, fingerprint: str, paper: bytes, mark: bytes) -> bool:
    """Whether the certificate (Base64) is the one of that fingerprint, and its key made the mark
    over the paper."""
    try:
        certificate = unbase64(told)
    except ValueError:
        return False
    return sha256(certificate) == fingerprint and sm2_signed(certificate, paper, mark)


def mark_path(entries: list[Entry], named: str) -> str:
    """Where the mark of that digest lies; empty when there is none."""
    admitted = [one for one in entries if one.kind == "evidence.admitted"]
    found = [one for one in admitted if named and one.text("sha256") == named]
    return item_path(found[0].number, found[0].data) if found else ""


def is_there(package: Package, path: str, digest: str) -> bool:
    return path in package and package.digests[path][0] == digest


def sm2_signed(certificate: bytes, content: bytes, signature: bytes) -> bool:
    """Whether the key in the certificate (DER) made the signature (DER) over the content."""
    key, numbers = sm2_key(certificate), sm2_numbers(signature)
    if key is None or numbers is None:
        return False
    r, s = numbers
    t = (r + s) % SM2_N
    if not (0 < r < SM2_N and 0 < s < SM2_N and t):
        return False
    point = sm2_add(sm2_times(s, SM2_G), sm2_times(t, key))
    told = sm3(sm3(sm2_about(key)) + content)
    return point is not None and (int.from_bytes(told, "big") + point[0]) % SM2_N == r


def sm2_about(key: tuple[int, int]) -> bytes:
    """What stands before the content: who signs, the curve, the key."""
    numbers = (SM2_A, SM2_B, *SM2_G, *key)
    length = (8 * len(SM2_IDENTITY)).to_bytes(2, "big")
    return length + SM2_IDENTITY + b"".join(one.to_bytes(32, "big") for one in numbers)


def sm2_key(certificate: bytes) -> tuple[int, int] | None:
    """The one key of this curve in the certificate, a point on it; None when there is none."""
    before, _, after = certificate.partition(SM2_KEY)
    if certificate.count(SM2_KEY) != 1 or len(after) < 64 or not before:
        return None
    x, y = int.from_bytes(after[:32], "big"), int.from_bytes(after[32:64], "big")
    on_curve = (y * y - x * x * x - SM2_A * x - SM2_B) % SM2_P == 0
    return (x, y) if on_curve and x < SM2_P and y < SM2_P else None


def sm2_numbers(der: bytes) -> tuple[int, int] | None:
    """r and s of the sequence of two positive integers that the signature is, in its one form."""
    if len(der) < 8 or der[0] != 0x30 or der[1] != len(der) - 2 or der[1] > 0x7F:
        return None
    at = 2
    found: list[int] = []
    while at + 2 <= len(der) and len(found) < 3:
        length = der[at + 1]
        digits = der[at + 2 : at + 2 + length]
        short = length > 1 and digits[0] == 0 and digits[1] < 0x80
        if der[at] != 2 or length == 0 or len(digits) != length or digits[0] > 0x7F or short:
            return None
        found.append(int.from_bytes(digits, "big"))
        at += 2 + length
    return (found[0], found[1]) if len(found) == 2 and at == len(der) else None


def sm2_add(one: tuple[int, int] | None, other: tuple[int, int] | None) -> tuple[int, int] | None:
    if one is None or other is None:
        return other if one is None else one
    if one[0] == other[0] and (one[1] + other[1]) % SM2_P == 0:
        return None
    if one == other:
        slope = (3 * one[0] * one[0] + SM2_A) * pow(2 * one[1], -1, SM2_P)
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, SM2_P)
    x = (slope * slope - one[0] - other[0]) % SM2_P
    return x, (slope * (one[0] - x) - one[1]) % SM2_P


def sm2_times(count: int, point: tuple[int, int] | None) -> tuple[int, int] | None:
    found: tuple[int, int] | None = None
    while count:
        if count & 1:
            found = sm2_add(found, point)
        point, count = sm2_add(point, point), count >> 1
    return found


def sm3(data: bytes) -> bytes:
    return hashlib.new("sm3", data).digest()
