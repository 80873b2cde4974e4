"""One small dossier as packages on disk, and who would forge them."""

import io
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from django.test import override_settings

from fieldsvc.kernel import clock, hashing
from inspections.evidence import authority, certificates, services
from inspections.evidence.authority import Usage
from inspections.evidence.export import export_dossier, export_finding
from inspections.evidence.gateways import AtOnce, LocalAuthority, stamp_due
from inspections.evidence.verifier.items import FROZEN
from inspections.reports import sealing
from inspections.reports.gateways import LocalSm2Seal
from inspections.signing import cms
from tests.inspections.evidence import bags, mutations, small_dossier
from tests.inspections.evidence.bags import Files, Forger

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

ITEM = "CY02"


@dataclass(frozen=True)
class Packages:
    """`plain` and `zipped` hold the same dossier, `personal` with the values shown."""

    plain: Path
    zipped: Path
    personal: Path
    finding: Path
    roots: list[Path]
    files: Files
    forger: Forger


def make(folder: Path, number: str = "YKY-2026-000001") -> Packages:
    """Play the dossier and export it in every form; in the caller's transaction."""
    dossier = small_dossier.play(number)
    small_dossier.stamps_end_soon()
    # What is stamped from here on is good for longer.
    small_dossier.dispose_of_a_segment(dossier)
    services.renew()
    stamp_due()
    plain, zipped = folder / "plain", folder / "zipped.zip"
    personal, finding = folder / "personal", folder / "finding.zip"
    export_dossier(dossier, plain)
    export_dossier(dossier, zipped)
    export_dossier(dossier, personal, personal=True)
    export_finding(dossier, ITEM, finding)
    given = small_dossier.roots()
    roots = [folder / "bureau.pem", folder / "time.pem"]
    shutil.copy(given.bureau, roots[0])
    shutil.copy(given.time, roots[1])
    files = bags.read(plain)
    return Packages(plain, zipped, personal, finding, roots, files, forger_of(files, folder))


def forger_of(files: Files, folder: Path) -> Forger:
    """Somebody with an authority, a seal and a time service of his own."""
    other = LocalAuthority(folder / "forger" / "tsa")
    stamps = {number: other.stamp(body).answer for number, body in bags.bodies_of(files).items()}
    checkpoint = authority.key_for(Usage.CHECKPOINT)
    _, pair = mutations.impostor()
    document = hashing.sha256_hex(files[FROZEN])
    with override_settings(AUTHORITY_FOLDER=folder / "forger"):
        paper = sealing.seal(
            small_dossier.paper_bytes("forged"), at=clock.now(), asked=AtOnce({"own": other})
        ).pdf
    messages = (
        message_by(pair, document),
        message_by(checkpoint, document),
        message_by(checkpoint, "0" * 64),
    )
    marks = (
        LocalSm2Seal(folder / "forger" / "official").seal(files["data/record.pdf"]).signature,
        LocalSm2Seal().seal(b"another paper").signature,
    )
    return Forger(pair, stamps, paper, messages, marks)


def message_by(pair: certificates.Pair, document: str) -> bytes:
    key, certificate = pair
    signed = cms.attributes(document, certificate, clock.now())
    return cms.message([certificate], signed, cms.signed_by(key, signed), stamp=None)


def zip_of(files: Files, path: Path, *, top: str = "", packed: bool = False) -> Path:
    """A zip as another program might make it: under one folder, or compressed."""
    method = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(top + name, content)
    return path


def flipped(archive: Path, place: int, path: Path) -> Path:
    """The archive with one bit of byte `place` (from the end when negative) turned over."""
    content = bytearray(archive.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    return path


class Forward(io.RawIOBase):
    """A file that is only ever written on, like a pipe."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def writable(self) -> bool:
        return True

    def write(self, data: "ReadableBuffer", /) -> int:
        return self._file.write(data)
