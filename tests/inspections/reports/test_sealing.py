"""The bureau's seal: good for years, and every way of tampering with a sealed paper is named."""

import hashlib
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import typst
from cryptography import x509
from django.core.management import call_command

from fieldsvc.kernel import clock
from inspections.evidence import authority, certificates
from inspections.evidence.authority import Usage
from inspections.evidence.gateways import AtOnce, LocalAuthority
from inspections.evidence.services import Stamp
from inspections.evidence.verifier.mark import sm2_signed
from inspections.reports import gateways, sealing
from inspections.reports.sealing import Sealed, Verdict
from inspections.reports.states import SealLevel
from tests.inspections.evidence.paper_attacks import (
    drawn_over,
    revision_added,
    seal_cut,
    stamp_cut,
)

PAPER = b"#set document(title: [paper])\n= Paper\n\n#lorem(80)\n"


class NobodyAnswers:
    """Stampers of which none is there."""

    def stamp(self, digest: bytes) -> Stamp | None:
        assert len(digest) == 32
        return None

    def roots(self) -> list[x509.Certificate]:
        return []


@dataclass(frozen=True)
class Made:
    """A paper, sealed; the roots a third party has; a way to seal in this bureau's name."""

    plain: bytes
    sealed: Sealed
    roots: list[x509.Certificate]
    folder: Path

    def judge(self, pdf: bytes, *, days: int = 0) -> Verdict:
        digest = hashlib.sha256(pdf).hexdigest()
        at = clock.now() + timedelta(days=days)
        return sealing.verdict(pdf, self.roots, at=at, known=[digest])


@pytest.fixture
def bureau(tmp_path: Path, settings) -> Iterator[Callable[[str], AtOnce]]:  # type: ignore[no-untyped-def]
    """Step into the shoes of a bureau by its name: its keys, its stampers."""

    def become(name: str) -> AtOnce:
        settings.AUTHORITY_FOLDER = tmp_path / name
        return AtOnce({"local": LocalAuthority(tmp_path / name / "tsa")})

    become("ours")
    yield become


@pytest.fixture
def made(bureau: Callable[[str], AtOnce], tmp_path: Path) -> Made:
    (tmp_path / "paper.typ").write_bytes(PAPER)
    plain = typst.compile(tmp_path / "paper.typ", format="pdf", pdf_standards=["a-3b"], timestamp=0)
    asked = bureau("ours")
    sealed = sealing.seal(plain, at=clock.now(), asked=asked)
    return Made(plain, sealed, [authority.root(), *asked.roots()], tmp_path)


def test_a_sealed_paper_is_good_today_and_in_nine_hundred_days(made: Made) -> None:
    assert made.sealed.level is SealLevel.B_LTA
    assert made.sealed.pdf.startswith(made.plain), "what was set in type stays the beginning"
    for days in (0, 900):
        found = made.judge(made.sealed.pdf, days=days)
        assert found.problems == ()
        assert found.sealed_at is not None


def test_openssl_agrees_on_the_seal_and_on_the_timestamp(made: Made) -> None:
    pdf, folder = made.sealed.pdf, made.folder
    seal, stamp = signatures(pdf)
    (folder / "seal.p7s").write_bytes(seal[0])
    (folder / "content").write_bytes(seal[1])
    (folder / "stamp").write_bytes(stamp[0])
    (folder / "whole").write_bytes(stamp[1])
    cms = ["cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "seal.p7s"]
    trust = ["-CAfile", str(authority.root_file()), "-purpose", "any"]
    assert openssl(folder, *cms, "-content", "content", *trust, "-out", "said")
    tsa = ["-CAfile", str(LocalAuthority(folder / "ours" / "tsa").root_file())]
    assert openssl(folder, "ts", "-verify", "-data", "whole", "-in", "stamp", "-token_in", *tsa)
    (folder / "content").write_bytes(seal[1][:-1] + b"x")
    assert not openssl(folder, *cms, "-content", "content", *trust, "-out", "said")


def signatures(pdf: bytes) -> list[tuple[bytes, bytes]]:
    """Each signature value (DER) and the bytes it stands for."""
    found = []
    for match in re.finditer(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+) *\]", pdf):
        start, long, after, rest = (int(one) for one in match.groups())
        value = bytes.fromhex(pdf[start + long + 1 : after - 1].decode())
        length = 4 + int.from_bytes(value[2:4], "big")
        found.append((value[:length], pdf[start : start + long] + pdf[after : after + rest]))
    return found


def openssl(folder: Path, *words: str) -> bool:
    done = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, check=False)
    return done.returncode == 0


def test_the_readers_of_poppler_call_it_valid(made: Made) -> None:
    (made.folder / "sealed.pdf").write_bytes(made.sealed.pdf)
    words = ["pdfsig", "-nocert", str(made.folder / "sealed.pdf")]
    said = subprocess.run(words, capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in said
    assert "OU=SEAL" in said
    assert "Total document signed" in said


def test_the_command_says_what_holds_and_asks_our_own_ledger(made: Made, db: None) -> None:
    (made.folder / "sealed.pdf").write_bytes(made.sealed.pdf)
    tsa = LocalAuthority(made.folder / "ours" / "tsa").root_file()
    told = StringIO()
    with pytest.raises(SystemExit):
        roots = ["--root", str(authority.root_file()), "--root", str(tsa)]
        call_command("verify_paper", str(made.folder / "sealed.pdf"), *roots, stdout=told)
    said = told.getvalue()
    assert "盖章不晚于" in said and said.count("不成立") == 1
    assert "not_in_ledger" in said


ATTACKS: dict[str, tuple[Callable[[Made], bytes], str]] = {
    "flip": (lambda made: flipped(made.sealed.pdf), "seal_invalid"),
    "seal cut off": (lambda made: seal_cut(made.sealed.pdf, b""), "seal_missing"),
    "stamp cut off": (lambda made: stamp_cut(made.sealed.pdf, b""), "timestamp_missing"),
    "drawn over": (lambda made: drawn_over(made.sealed.pdf, b""), "modified"),
    "revision appended": (lambda made: revision_added(made.sealed.pdf, b""), "unreadable"),
}


def flipped(pdf: bytes) -> bytes:
    """One bit of the name of the tool, in the metadata: every reader still opens it."""
    place = pdf.index(b"Typst")
    return pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]


@pytest.mark.parametrize("name", list(ATTACKS))
def test_an_attack_on_a_sealed_paper_is_named(made: Made, name: str) -> None:
    attack, problem = ATTACKS[name]
    assert problem in made.judge(attack(made)).problems


def test_the_seal_of_another_authority_is_not_ours(
    made: Made, bureau: Callable[[str], AtOnce]
) -> None:
    theirs = bureau("theirs")
    swapped = sealing.seal(drawn_over(made.plain, b""), at=clock.now(), asked=theirs)
    assert "seal_invalid" in made.judge(swapped.pdf).problems


def test_a_signers_certificate_cannot_seal(made: Made, bureau: Callable[[str], AtOnce]) -> None:
    asked = bureau("ours")
    key = certificates.new_key()
    until = clock.now() + timedelta(days=90)
    signer = authority.issue(key.public_key(), subject="x", usage=Usage.SIGNER, until=until)
    path = made.folder / "ours" / "seal.key.pem"
    path.write_bytes(certificates.pem_of_pair((key, signer)))
    forged = sealing.seal(made.plain, at=clock.now(), asked=asked)
    assert "seal_foreign" in made.judge(forged.pdf).problems


def test_a_paper_the_ledger_does_not_know_is_named(made: Made) -> None:
    found = sealing.verdict(made.sealed.pdf, made.roots, at=clock.now(), known=["0" * 64])
    assert found.problems == ("not_in_ledger",)


def test_while_no_authority_answers_the_seal_is_lower_and_says_so(made: Made) -> None:
    sealed = sealing.seal(made.plain, at=clock.now(), asked=NobodyAnswers())
    assert sealed.level is SealLevel.B_B
    assert "timestamp_missing" in made.judge(sealed.pdf).problems


def test_what_was_sealed_before_its_key_was_revoked_stays_good(made: Made) -> None:
    _, certificate = authority.key_for(Usage.SEAL)
    authority.revoke(certificate.serial_number)
    assert made.judge(made.sealed.pdf, days=1).is_good
    after = sealing.seal(made.plain, at=clock.now(), asked=AtOnce({"own": own_of(made)}))
    assert after.certificate_sha256 != made.sealed.certificate_sha256
    assert made.judge(after.pdf).is_good


def own_of(made: Made) -> LocalAuthority:
    return LocalAuthority(made.folder / "ours" / "tsa")


class TestTheOfficialSeal:
    def test_the_local_one_signs_with_sm2_and_openssl_believes_it(self, tmp_path: Path) -> None:
        official = gateways.LocalSm2Seal(tmp_path / "official")
        mark = official.seal(b"%PDF paper")
        assert "测试" in mark.system
        (tmp_path / "mark").write_bytes(mark.signature)
        key = ["x509", "-in", str(official.certificate()), "-noout", "-pubkey", "-out", "key"]
        assert openssl(tmp_path, *key)
        check = ["pkeyutl", "-verify", "-pubin", "-inkey", "key", "-rawin", "-digest", "sm3"]
        files = ["-sigfile", "mark", "-pkeyopt", gateways.IDENTITY, "-in", "paper"]
        for paper, believed in ((b"%PDF paper", True), (b"%PDF Paper", False)):
            (tmp_path / "paper").write_bytes(paper)
            assert openssl(tmp_path, *check, *files) is believed
            assert sm2_signed(mark.certificate, paper, mark.signature) is believed

    def test_it_keeps_its_key_and_stands_only_where_it_was_switched_on(
        self,
        tmp_path: Path,
        settings,  # type: ignore[no-untyped-def]
    ) -> None:
        first = gateways.LocalSm2Seal(tmp_path).seal(b"a")
        again = gateways.LocalSm2Seal(tmp_path).seal(b"a")
        assert first.certificate == again.certificate
        assert gateways.official_seal() is None
        settings.OFFICIAL_SEAL = "local"
        assert isinstance(gateways.official_seal(), gateways.LocalSm2Seal)
