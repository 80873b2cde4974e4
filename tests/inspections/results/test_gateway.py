import time

import pytest

from inspections.results.gateways import HttpGateway
from inspections.results.rules import MAX_ANSWER, Reach
from inspections.results.services import Post
from tests.inspections.results.servers import closed_port, raw_server
from tests.support.receiver import Receiver

HERE = Reach(private=False, loopback=True)
NOWHERE = Reach(private=False, loopback=False)


def post(url: str, reach: Reach = HERE) -> Post:
    return Post(
        url, {"content-type": "application/json", "webhook-id": "1"}, b'{"version": 1}', reach
    )


class TestARealExchange:
    def test_status_and_body_come_back(self) -> None:
        receiver = Receiver(answer=lambda _: (201, b'{"receipt_id": "R"}'))
        try:
            answer = HttpGateway().post(post(receiver.url))
        finally:
            receiver.close()
        assert (answer.status, answer.body) == (201, b'{"receipt_id": "R"}')
        assert receiver.received[0].headers["host"] in receiver.url

    def test_a_redirect_is_not_followed(self) -> None:
        followed = Receiver()
        redirect = (
            f"HTTP/1.1 302 Found\r\nLocation: {followed.url}\r\nContent-Length: 0\r\n\r\n".encode()
        )
        try:
            with raw_server(redirect) as url:
                assert HttpGateway().post(post(url)).status == 302
        finally:
            followed.close()
        assert followed.received == []

    def test_nobody_there(self) -> None:
        assert HttpGateway().post(post(closed_port())).failure == "connect_failed"

    def test_a_receiver_that_hangs_up(self) -> None:
        with raw_server() as url:
            assert HttpGateway().post(post(url)).failure == "broken_answer"

    def test_garbage_for_an_answer(self) -> None:
        with raw_server(b"\x00\xffnot http at all\r\n\r\n") as url:
            assert HttpGateway().post(post(url)).failure == "broken_answer"

    def test_an_endless_answer_is_cut(self) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"
        with raw_server(head, *[b"x" * 65536] * 40) as url:
            answer = HttpGateway().post(post(url))
        assert answer.status == 200
        assert len(answer.body) == MAX_ANSWER

    def test_a_receiver_that_drips_is_left_at_the_deadline(self) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
        began = time.monotonic()
        with raw_server(head, *[b"x"] * 1000, pause=0.05) as url:
            answer = HttpGateway(deadline=0.5).post(post(url))
        assert answer.failure == "timeout"
        # The whole of it would have taken 50 s.
        assert time.monotonic() - began < 40


class TestAddressesThatAreRefused:
    @pytest.fixture
    def sentinel(self):  # type: ignore[no-untyped-def]
        receiver = Receiver()
        yield receiver
        receiver.close()

    def test_this_machine_outside_the_embedded_default(self, sentinel: Receiver) -> None:
        assert HttpGateway().post(post(sentinel.url, NOWHERE)).failure == "address_refused"
        assert sentinel.received == []

    def test_a_name_that_leads_here(self, sentinel: Receiver) -> None:
        port = sentinel.url.split(":")[2]
        gateway = HttpGateway(lambda host, port: ["127.0.0.1"])
        url = f"http://receiver.example:{port}"
        assert gateway.post(post(url, NOWHERE)).failure == "address_refused"
        assert sentinel.received == []

    def test_one_bad_address_among_good_ones(self) -> None:
        gateway = HttpGateway(lambda host, port: ["8.8.8.8", "127.0.0.1"])
        assert gateway.post(post("http://receiver.example/", NOWHERE)).failure == "address_refused"

    def test_the_connection_goes_to_the_address_that_was_checked(self, sentinel: Receiver) -> None:
        answers = iter([["127.0.0.1"], ["203.0.113.1"]])
        gateway = HttpGateway(lambda host, port: next(answers))
        port = sentinel.url.split(":")[2].split("/")[0]
        answer = gateway.post(post(f"http://receiver.example:{port}/results"))
        assert answer.status == 200
        assert sentinel.received[0].headers["host"] == f"receiver.example:{port}"

    @pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1"])
    def test_numbers_that_the_resolver_reads_as_this_machine(
        self, sentinel: Receiver, host: str
    ) -> None:
        port = sentinel.url.split(":")[2].split("/")[0]
        answer = HttpGateway().post(post(f"http://{host}:{port}/", NOWHERE))
        assert answer.failure in {"address_refused", "dns_failed"}
        assert sentinel.received == []

    def test_a_name_nobody_knows(self) -> None:
        def unknown(host: str, port: int) -> list[str]:
            raise OSError

        assert HttpGateway(unknown).post(post("http://x.example/")).failure == "dns_failed"
