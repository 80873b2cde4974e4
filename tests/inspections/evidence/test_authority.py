"""The built-in authority: one root, keys that stay, certificates that say their use."""

import subprocess
import threading
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from fieldsvc.kernel import clock
from inspections.evidence import authority, certificates
from inspections.evidence.authority import Usage


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings) -> Path:  # type: ignore[no-untyped-def]
    settings.AUTHORITY_FOLDER = tmp_path / "authority"
    return tmp_path / "authority"


def test_the_root_is_made_once_and_its_key_is_the_owners_alone(folder: Path) -> None:
    first = authority.root()
    assert authority.root() == first
    assert (folder / "root.key.pem").stat().st_mode & 0o777 == 0o600
    assert b"PRIVATE" not in authority.root_file().read_bytes()
    assert first.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "内置测试根"


def test_processes_that_start_at_once_agree_on_one_root() -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(authority.fingerprint())) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 8
    assert len(set(found)) == 1


@pytest.mark.parametrize("usage", list(Usage))
def test_openssl_finds_the_way_to_the_root(folder: Path, usage: Usage) -> None:
    _, certificate = authority.key_for(usage)
    path = folder / "one.pem"
    path.write_text(certificates.pem_of(certificate), encoding="ascii")
    said = subprocess.run(
        ["openssl", "verify", "-CAfile", str(authority.root_file()), str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    unit = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
    assert [one.value for one in unit] == [usage.value]


def test_a_certificate_lasts_as_long_as_was_said_and_issues_none_itself() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    until = clock.now() + timedelta(hours=1)
    found = authority.issue(
        key.public_key(), subject="李申请", usage=Usage.SIGNER, until=until, serial=77
    )
    assert found.serial_number == 77
    assert found.not_valid_after_utc == until.replace(microsecond=0)
    found.verify_directly_issued_by(authority.root())


def test_a_key_that_ends_soon_is_made_anew_under_the_same_root() -> None:
    before = authority.key_for(Usage.CHECKPOINT)[1]
    assert authority.key_for(Usage.CHECKPOINT)[1] == before
    late = clock.FixedClock(before.not_valid_after_utc - timedelta(days=3))
    with clock.using(late):
        after = authority.key_for(Usage.CHECKPOINT)[1]
    assert after != before
    after.verify_directly_issued_by(authority.root())


def test_a_clock_that_was_set_back_gets_a_key_that_is_good_by_it(folder: Path) -> None:
    later = authority.key_for(Usage.SEAL)[1]
    back = clock.now() - timedelta(days=9)
    with clock.using(clock.FixedClock(back)):
        certificate = authority.key_for(Usage.SEAL)[1]
    assert certificate != later
    path = folder / "one.pem"
    path.write_text(certificates.pem_of(certificate), encoding="ascii")
    words = ["openssl", "verify", "-attime", str(int(back.timestamp())), "-CAfile"]
    root = str(authority.root_file())
    assert (
        subprocess.run([*words, root, str(path)], capture_output=True, check=False).returncode == 0
    )


def test_a_file_that_is_no_key_stops_with_its_name(folder: Path) -> None:
    folder.mkdir()
    (folder / "root.key.pem").write_text("not a key", encoding="ascii")
    with pytest.raises(ImproperlyConfigured, match=r"root\.key\.pem"):
        authority.root()


def test_the_command_names_the_file_to_hand_out_and_its_fingerprint() -> None:
    said = StringIO()
    call_command("authority", stdout=said)
    assert str(authority.root_file()) in said.getvalue()
    assert authority.fingerprint() in said.getvalue()


def test_a_revoked_certificate_is_refused_by_openssl_and_its_key_is_replaced(folder: Path) -> None:
    _, certificate = authority.key_for(Usage.SEAL)
    path = folder / "seal.pem"
    path.write_text(certificates.pem_of(certificate), encoding="ascii")
    call_command("authority", "crl", stdout=StringIO())
    words = ["openssl", "verify", "-crl_check", "-CRLfile", str(folder / "crl.pem")]
    check = [*words, "-CAfile", str(authority.root_file()), str(path)]
    assert subprocess.run(check, capture_output=True, check=False).returncode == 0
    said = StringIO()
    call_command("authority", "revoke", f"{certificate.serial_number:x}", stdout=said)
    assert "1 张" in said.getvalue()
    refused = subprocess.run(check, capture_output=True, text=True, check=False)
    assert "certificate revoked" in refused.stderr
    assert authority.key_for(Usage.SEAL)[1].serial_number != certificate.serial_number


def test_a_serial_that_is_no_number_is_refused() -> None:
    with pytest.raises(CommandError, match="不是证书序列号"):
        call_command("authority", "revoke", "seal", stdout=StringIO())
