"""Production: https only, certificates that hold, addresses from the list."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldsvc.tls import own_certificate
from inspections.results.gateways import HttpGateway
from inspections.results.rules import Reach
from inspections.results.services import Post
from tests.inspections.cast import Cast
from tests.inspections.results.scene import hand_over_to
from tests.support.receiver import Receiver

LOOPBACK = Reach(private=False, loopback=True)


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    one = Receiver(tls=own_certificate(tmp_path, "127.0.0.1"))
    yield one
    one.close()


@pytest.fixture
def _trusted(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    assert receiver.tls is not None
    monkeypatch.setenv("SSL_CERT_FILE", str(receiver.tls.certificate))


def post(url: str) -> Post:
    return Post(url, {"content-type": "application/json"}, b'{"version": 1}', LOOPBACK)


@pytest.mark.usefixtures("_trusted")
def test_in_production_a_listed_receiver_gets_its_result_by_https(
    cast: Cast, receiver: Receiver, settings
) -> None:  # type: ignore[no-untyped-def]
    place = f"localhost:{receiver.port}"
    settings.EMBEDDED = False
    settings.CALLBACK_HOSTS = settings.CALLBACK_PRIVATE_HOSTS = [place]
    handover = hand_over_to(cast, receiver.url)
    assert handover.send().state == "DELIVERED"
    (item,) = receiver.received
    assert item.headers["host"] == place
    assert item.signed_by(handover.public_key)


@pytest.mark.usefixtures("_trusted")
def test_in_production_this_machine_must_be_listed_as_private(
    cast: Cast, receiver: Receiver, settings
) -> None:  # type: ignore[no-untyped-def]
    settings.EMBEDDED = False
    settings.CALLBACK_HOSTS = [f"localhost:{receiver.port}"]
    assert hand_over_to(cast, receiver.url).send().last_code == "address_refused"
    assert receiver.received == []


def test_an_unknown_certificate_is_a_failure(receiver: Receiver) -> None:
    assert HttpGateway().post(post(receiver.url)).failure == "tls_failed"
    assert receiver.received == []


@pytest.mark.usefixtures("_trusted")
def test_a_certificate_of_another_name_is_a_failure(receiver: Receiver) -> None:
    gateway = HttpGateway(lambda host, port: ["127.0.0.1"])
    answer = gateway.post(post(f"https://receiver.example:{receiver.port}/results"))
    assert answer.failure == "tls_failed"
    assert receiver.received == []


@pytest.mark.usefixtures("_trusted")
def test_the_name_is_checked_although_the_address_is_pinned(receiver: Receiver) -> None:
    gateway = HttpGateway(lambda host, port: ["127.0.0.1"])
    assert gateway.post(post(receiver.url)).status == 200
