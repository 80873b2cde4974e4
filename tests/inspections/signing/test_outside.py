"""A licensed authority and an identity service outside: real protocols, on a port."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509

from fieldsvc.kernel import blobs, clock, journal
from fieldsvc.kernel.errors import Invalid
from inspections.signing import gateways, services
from inspections.signing.errors import (
    CertificateRefused,
    CertificateUnavailable,
    IdentityDifferent,
    IdentityNeeded,
    IdentityTriesSpent,
    NotAskedFor,
)
from inspections.signing.gateways import EstAuthority, HttpIdentity, fakes
from inspections.signing.gateways.est import Wicket
from inspections.signing.models import Identification, SignatureRequest
from inspections.signing.services.outside import outside_is
from inspections.signing.states import IdentityResult, SignatureState
from tests.inspections.signing.hand import PDF, Phone, asked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]

NUMBER = "11010519491231002X"
OTHERS = "440524188001010014"


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[fakes.Fakes]:
    server = fakes.Fakes(tmp_path, {NUMBER: "李申请"})
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()
    outside_is(gateways.certifier(), gateways.identity())


def licensed(fake: fakes.Fakes, *, path: str = fakes.EST, login: str = fakes.LOGIN) -> EstAuthority:
    roots = tuple(x509.load_pem_x509_certificates(fake.root_file().read_bytes()))
    return EstAuthority(fakes.LABEL, Wicket(f"{fake.address}{path}", login, roots, deadline=20))


def asks(fake: fakes.Fakes, token: str = fakes.TOKEN) -> HttpIdentity:
    return HttpIdentity("实名核验", f"{fake.address}{fakes.CHECK}", token, deadline=20)


def entry(request: SignatureRequest, kind: str) -> dict[str, object]:
    return dict(journal.entries(request.dossier.stream).filter(kind=kind).get().data)


class TestALicensedAuthority:
    def test_it_certifies_the_phones_key_and_openssl_believes_its_root(
        self, fake: fakes.Fakes, tmp_path: Path
    ) -> None:
        outside_is(licensed(fake), None)
        signed = Phone(asked()[0]).play()
        assert signed.state == SignatureState.COMPLETED.value and signed.message is not None
        assert fake.certified == ["李申请"], "it is told whom it certifies"
        done = entry(signed, "signature.completed")
        assert (done["issuer"], done["key"]) == (fakes.LABEL, "device")
        with blobs.store().open(signed.message.blob_key) as file:
            message = file.read()
        assert "李申请".encode() not in message
        (tmp_path / "x.p7s").write_bytes(message)
        (tmp_path / "record.pdf").write_bytes(PDF)
        command = ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER"]
        command += ["-in", "x.p7s", "-content", "record.pdf", "-out", "out", "-purpose", "any"]
        command += ["-CAfile", str(fake.root_file())]
        command += ["-attime", str(int(clock.now().timestamp()))]
        found = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
        )
        assert found.returncode == 0, found.stderr

    def test_while_it_is_away_nothing_is_lost(self, fake: fakes.Fakes) -> None:
        phone = Phone(asked()[0])
        phone.read()
        code = phone.code()
        away = Wicket("http://127.0.0.1:9/.well-known/est", fakes.LOGIN, (), deadline=20)
        outside_is(EstAuthority("away", away), None)
        with pytest.raises(CertificateUnavailable):
            phone.identify(code)
        outside_is(licensed(fake), None)
        found = phone.identify(code)
        assert phone.complete(phone.sign(found)).state == SignatureState.COMPLETED.value

    def test_a_refusal_and_a_certificate_of_somebody_else_are_told_apart(
        self, fake: fakes.Fakes, tmp_path: Path
    ) -> None:
        phone = Phone(asked()[0])
        code = phone.code()
        outside_is(licensed(fake, login="bureau:wrong"), None)
        with pytest.raises(CertificateUnavailable):
            phone.identify(code)
        outside_is(licensed(fake, path="/nowhere"), None)
        with pytest.raises(CertificateRefused):
            phone.identify(code)
        other = fakes.Fakes(tmp_path / "other", {})
        other.server_close()
        wicket = Wicket(f"{fake.address}{fakes.EST}", fakes.LOGIN, (other.pair()[1],), deadline=20)
        outside_is(EstAuthority("stranger", wicket), None)
        with pytest.raises(CertificateRefused):
            phone.identify(code)
        assert not Identification.objects.exists()

    def test_it_does_not_vouch_for_a_key_of_the_server(self, fake: fakes.Fakes) -> None:
        outside_is(licensed(fake), None)
        signed = Phone(asked()[0], has_key=False).play()
        assert entry(signed, "signature.completed")["issuer"] == "builtin"
        assert fake.certified == []


class TestIdentity:
    def test_name_and_number_that_fit_are_journalled_without_either(
        self, fake: fakes.Fakes
    ) -> None:
        outside_is(gateways.certifier(), asks(fake))
        phone = Phone(asked()[0])
        with pytest.raises(IdentityNeeded):
            phone.identify(phone.code())
        with pytest.raises(Invalid):
            services.check_identity(phone.request, NUMBER[:-1] + "1", actor=phone.actor)
        with pytest.raises(IdentityDifferent) as refused:
            services.check_identity(phone.request, OTHERS, actor=phone.actor)
        assert refused.value.fields["tries_left"] == 4
        with pytest.raises(IdentityNeeded):
            phone.identify(phone.codes[-1])
        found = services.check_identity(phone.request, NUMBER.lower(), actor=phone.actor)
        assert found.result == IdentityResult.MATCHED.value
        phone.read()
        signed = phone.complete(phone.sign(phone.identify(phone.codes[-1])))
        assert entry(signed, "signature.completed")["identity"] == "matched"
        said = b"".join(bytes(one.body) for one in journal.entries(signed.dossier.stream))
        for personal in (NUMBER, OTHERS, "李申请"):
            assert personal.encode() not in said

    def test_five_that_differ_are_enough(self, fake: fakes.Fakes) -> None:
        outside_is(gateways.certifier(), asks(fake))
        phone = Phone(asked()[0])
        for _ in range(5):
            with pytest.raises(IdentityDifferent):
                services.check_identity(phone.request, OTHERS, actor=phone.actor)
        with pytest.raises(IdentityTriesSpent):
            services.check_identity(phone.request, NUMBER, actor=phone.actor)

    def test_a_service_that_is_away_keeps_nobody_from_signing_and_it_is_said(
        self, fake: fakes.Fakes
    ) -> None:
        outside_is(gateways.certifier(), asks(fake, token="wrong"))
        phone = Phone(asked()[0])
        services.check_identity(phone.request, NUMBER, actor=phone.actor)
        phone.read()
        signed = phone.complete(phone.sign(phone.identify(phone.code())))
        assert entry(signed, "signature.identified")["identity"] == "unavailable"

    def test_staff_and_bureaus_without_a_service_are_not_asked(self, fake: fakes.Fakes) -> None:
        requests = asked()
        for one in requests[:2]:
            outside_is(gateways.certifier(), asks(fake) if one is requests[1] else None)
            with pytest.raises(NotAskedFor):
                services.check_identity(one, NUMBER, actor=Phone(one).actor)
