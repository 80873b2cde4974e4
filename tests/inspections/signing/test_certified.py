"""A certified signature: read, identified, made by the signer's own key, checked by openssl."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from fieldsvc.kernel import blobs, clock, journal
from fieldsvc.kernel.clock import FixedClock
from fieldsvc.kernel.errors import Invalid
from inspections.evidence import authority
from inspections.evidence.gateways import LocalAuthority
from inspections.evidence.gateways.timestamps import Question
from inspections.signing import cms, services
from inspections.signing.errors import (
    AlreadySigned,
    CertificateExpired,
    CodeExpired,
    CodeLocked,
    CodeTooSoon,
    CodeWrong,
    ConsentChanged,
    KeyUnusable,
    NotAskedFor,
    NotIdentified,
    NotRead,
    SignatureInvalid,
)
from inspections.signing.models import Identification, SignatureRequest
from inspections.signing.services import Reading
from inspections.signing.states import SignatureState
from tests.inspections.signing.hand import PDF, Phone, asked
from tests.support.keys import DeviceKey

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]

Verify = Callable[[bytes, bytes], subprocess.CompletedProcess[str]]


@pytest.fixture
def phone() -> Phone:
    return Phone(asked()[0])


@pytest.fixture
def openssl(tmp_path: Path, settings) -> Verify:  # type: ignore[no-untyped-def]
    """`openssl cms -verify -cades` as a third party runs it, at the clock's time."""
    # A root of this test's own time: that of the session may have been made on a later day.
    settings.AUTHORITY_FOLDER = tmp_path / "authority"

    def verify(message: bytes, document: bytes) -> subprocess.CompletedProcess[str]:
        (tmp_path / "x.p7s").write_bytes(message)
        (tmp_path / "record.pdf").write_bytes(document)
        command = ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER"]
        command += ["-in", "x.p7s", "-content", "record.pdf", "-out", "out", "-purpose", "any"]
        command += ["-CAfile", str(authority.root_file())]
        command += ["-attime", str(int(clock.now().timestamp()))]
        return subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
        )

    return verify


def message_of(request: SignatureRequest) -> bytes:
    assert request.message is not None
    with blobs.store().open(request.message.blob_key) as file:
        return file.read()


def large_key(request: SignatureRequest) -> bytes:
    """A request as it should be, but for a P-384 key."""
    name = cms.subject_of(str(request.pk))
    key = ec.generate_private_key(ec.SECP384R1())
    asked = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return asked.public_bytes(serialization.Encoding.DER)


class TestTheWholeWay:
    @pytest.mark.parametrize("own_key", ["device", "server"])
    def test_openssl_believes_it_over_the_very_bytes_and_no_others(
        self, phone: Phone, openssl: Verify, own_key: str
    ) -> None:
        phone.has_key = own_key == "device"
        signed = phone.play()
        assert signed.state == SignatureState.COMPLETED.value and signed.key == own_key
        message = message_of(signed)
        good = openssl(message, PDF)
        assert good.returncode == 0, good.stderr
        assert openssl(message, PDF + b" ").returncode != 0
        answer = LocalAuthority().reply(
            Question.over(sha256(cms.signature_in(message)).digest()).der
        )
        with_time = openssl(cms.stamped(message, answer), PDF)
        assert with_time.returncode == 0, with_time.stderr
        assert openssl(message.replace(b"\x31", b"\x30", 1), PDF).returncode != 0

    def test_the_journal_says_who_how_and_with_what_and_nothing_personal(
        self, phone: Phone, caplog: pytest.LogCaptureFixture
    ) -> None:
        signed = phone.play()
        told = {one.kind: one for one in journal.entries(signed.dossier.stream)}
        done, known = told["signature.completed"].data, told["signature.identified"].data
        assert signed.message is not None and done["cms_sha256"] == signed.message.sha256
        assert signed.message.segment == f"{signed.pk}/cms"
        assert done["certificate_sha256"] == known["certificate_sha256"]
        assert (done["key"], done["means"], done["stamped"]) == ("device", "sms", False)
        assert done["consent_sha256"] == known["consent_sha256"] and done["recording_ms"] is None
        assert told["signature.read"].data["complete"] is True
        said = b"".join(bytes(one.body) for one in journal.entries(signed.dossier.stream))
        for personal in ("李申请", "138****1234", f'"{phone.codes[0]}"'):
            assert personal.encode() not in said and personal not in caplog.text

    def test_an_inspector_needs_a_key_and_no_code(self) -> None:
        signed = Phone(asked()[1]).play()
        entry = journal.entries(signed.dossier.stream).get(kind="signature.identified")
        assert entry.data["means"] == "session" and signed.key == "device"
        with pytest.raises(NotAskedFor):
            services.send_code(signed, actor=Phone(signed).actor)

    def test_a_key_of_the_server_is_kept_nowhere(self, phone: Phone) -> None:
        phone.has_key = False
        phone.play()
        kept = Identification.objects.get()
        assert kept.certificate == "" and bytes(kept.attributes) == b""


class TestReading:
    def test_each_page_once_and_only_pages_there_are(self, phone: Phone) -> None:
        phone.read(1, 2)
        phone.read(2)
        assert (
            journal.entries(phone.request.dossier.stream).filter(kind="signature.read").count() == 1
        )
        with pytest.raises(Invalid):
            services.note_read(phone.request, Reading({4: 10}), actor=phone.actor)

    def test_nobody_signs_what_he_has_not_opened(self, phone: Phone) -> None:
        phone.read(1, 2)
        found = phone.identify(phone.code())
        with pytest.raises(NotRead) as refused:
            phone.complete(phone.sign(found))
        assert refused.value.fields["pages"] == [3]


class TestTheCode:
    def test_five_wrong_ones_lock_even_the_right_one(
        self, phone: Phone, standing_clock: FixedClock
    ) -> None:
        code = phone.code()
        wrong = f"{(int(code) + 1) % 1_000_000:06d}"
        for left in (4, 3, 2, 1):
            with pytest.raises(CodeWrong) as refused:
                phone.identify(wrong)
            assert refused.value.fields["tries_left"] == left
        for given in (wrong, code):
            with pytest.raises(CodeLocked):
                phone.identify(given)
        standing_clock.advance(timedelta(minutes=14))
        with pytest.raises(CodeLocked):
            phone.code()
        standing_clock.advance(timedelta(minutes=1, seconds=1))
        with pytest.raises(CodeExpired):
            phone.identify(code)
        assert phone.identify(phone.code()).means == "sms"

    def test_it_is_for_this_document_alone(self, phone: Phone) -> None:
        other = Phone(asked(b"another record")[0])
        phone.code()
        with pytest.raises(CodeWrong):
            phone.identify(other.code())

    def test_it_works_once_for_ten_minutes_and_until_the_next(
        self, phone: Phone, standing_clock: FixedClock
    ) -> None:
        code = phone.code()
        with pytest.raises(CodeTooSoon):
            phone.code()
        standing_clock.advance(timedelta(seconds=61))
        newer = phone.code()
        with pytest.raises(CodeWrong):
            phone.identify(code)
        first = phone.identify(newer)
        assert phone.identify(newer).pk == first.pk, "a repetition has the same answer"
        with pytest.raises(CodeExpired):
            replace(phone, key=DeviceKey()).identify(newer)
        standing_clock.advance(timedelta(seconds=61))
        late = phone.code()
        standing_clock.advance(timedelta(minutes=10))
        with pytest.raises(CodeExpired):
            phone.identify(late)


class TestTheKey:
    def test_consent_and_key_must_be_what_they_should_be(self, phone: Phone) -> None:
        code = phone.code()
        with pytest.raises(ConsentChanged):
            claim = replace(phone.claim(code), consent_sha256="0" * 64)
            services.identify(phone.request, claim, actor=phone.actor)
        theirs = DeviceKey().request("another-signature")
        broken = bytearray(phone.key.request(str(phone.request.pk)))
        broken[-1] ^= 1
        for unusable in (b"no request", theirs, bytes(broken), large_key(phone.request)):
            with pytest.raises(KeyUnusable):
                claim = replace(phone.claim(code), certificate_request=unusable)
                services.identify(phone.request, claim, actor=phone.actor)

    def test_nothing_but_its_own_signature_over_these_attributes_counts(self, phone: Phone) -> None:
        phone.read()
        with pytest.raises(NotIdentified):
            phone.complete(b"\x01" * 64)
        found = phone.identify(phone.code())
        good = phone.sign(found)
        altered = Identification(
            attributes=bytes(found.attributes).replace(b"\x04\x20", b"\x04\x21")
        )
        stranger = replace(phone, key=DeviceKey())
        for bad in (None, b"\x01" * 63, b"\x00" * 64, phone.sign(altered), stranger.sign(found)):
            with pytest.raises(SignatureInvalid):
                phone.complete(bad)
        assert phone.complete(good).state == SignatureState.COMPLETED.value
        with pytest.raises(AlreadySigned):
            phone.complete(good)

    def test_its_certificate_lasts_an_hour(self, phone: Phone, standing_clock: FixedClock) -> None:
        phone.read()
        good = phone.sign(phone.identify(phone.code()))
        standing_clock.advance(timedelta(hours=1))
        with pytest.raises(CertificateExpired):
            phone.complete(good)

    def test_the_message_names_no_person(self, phone: Phone) -> None:
        found = phone.identify(phone.code())
        certificate = x509.load_pem_x509_certificate(found.certificate.encode())
        assert certificate.subject.rfc4514_string() == f"CN={phone.request.pk},OU=SIGNER,O=云勘验"

    def test_what_is_no_key_or_signature_is_called_so(self) -> None:
        for broken in (b"", b"\x30\x00"):
            with pytest.raises(cms.Unusable):
                cms.key_in(broken, "1")
            with pytest.raises(cms.Unusable):
                cms.signature_of(broken)
