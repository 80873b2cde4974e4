"""No form of address leads a result to where it may not go: a sentinel counts connections."""

import socket
import threading
from collections.abc import Iterator

import pytest

from inspections.cases.rules import CallbackPolicy, callback_problem
from inspections.results.gateways import HttpGateway
from inspections.results.rules import Reach
from inspections.results.services import Post

PUBLIC = Reach(private=False, loopback=False)
POLICY = CallbackPolicy(frozenset({"receiver.example:443"}), loopback=True)

FORMS = [
    "127.0.0.1", "127.1", "127.0.1", "127.9.9.9", "0", "0.0.0.0", "2130706433", "017700000001",
    "0177.0.0.1", "0177.0.0.01", "0x7f.0.0.1", "0x7f000001", "0x7f.1", "localhost",
    "LOCALHOST", "localhost.", "[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
    "①②⑦.⓪.⓪.①", "127。0。0。1",
    "user@127.0.0.1", "receiver.example@127.0.0.1", "receiver.example:443@127.0.0.1",
]  # fmt: skip


class Sentinel:
    """Listens on every address of this machine and counts who connects."""

    def __init__(self) -> None:
        self.connections = 0
        self._listener = socket.create_server(
            ("::", 0), family=socket.AF_INET6, dualstack_ipv6=True
        )
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            connection.close()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(60)


@pytest.fixture(scope="module")
def sentinel() -> Iterator[Sentinel]:
    one = Sentinel()
    yield one
    one.close()


def post(url: str, reach: Reach = PUBLIC) -> Post:
    return Post(url, {"content-type": "application/json"}, b"{}", reach)


def test_the_sentinel_sees_a_connection(sentinel: Sentinel) -> None:
    url = f"http://127.0.0.1:{sentinel.port}/"
    HttpGateway().post(post(url, Reach(private=False, loopback=True)))
    assert sentinel.connections == 1
    sentinel.connections = 0


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("form", FORMS)
def test_no_form_of_this_machine_is_connected_to(
    sentinel: Sentinel, form: str, scheme: str
) -> None:
    answer = HttpGateway().post(post(f"{scheme}://{form}:{sentinel.port}/results"))
    assert answer.status is None
    assert answer.failure in {"address_refused", "dns_failed", "url_refused"}
    assert sentinel.connections == 0


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["93.184.215.14", "127.0.0.1"],
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["0177.0.0.1"],
        [],
    ],
)
def test_a_name_that_leads_to_a_forbidden_address_is_not_connected_to(
    sentinel: Sentinel, answers: list[str]
) -> None:
    gateway = HttpGateway(lambda host, port: answers)
    answer = gateway.post(post(f"https://receiver.example:{sentinel.port}/"))
    assert answer.failure == "address_refused"
    assert sentinel.connections == 0


def test_a_name_is_asked_for_once_so_that_a_second_answer_changes_nothing(
    sentinel: Sentinel,
) -> None:
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        # Good when it is checked, this machine when it would be asked again. Port 1 is closed.
        return ["::ffff:192.88.99.1"] if len(asked) == 1 else ["127.0.0.1"]

    gateway = HttpGateway(rebinding, deadline=0.2)
    answer = gateway.post(post(f"http://receiver.example:{sentinel.port}/"))
    assert answer.status is None
    assert (asked, sentinel.connections) == (["receiver.example"], 0)


@pytest.mark.parametrize(
    "url",
    [
        "http://receiver.example/", "https://receiver.example:444/", "https://other.example/",
        "https://user@receiver.example/", "https://receiver.example/#x", "ftp://receiver.example/",
        "https://receiver.example\\@127.0.0.1/", "https://receiver.example:443 /", "file:///etc/x",
        "https://receiver.example.evil.example/", "http://0177.0.0.1/", "http://2130706433/",
        "http://[::ffff:127.0.0.1]:1/", "https://receiver.example:port/", "https://[::1/",
    ],
)  # fmt: skip
def test_an_address_outside_the_list_is_refused_before_any_name_is_resolved(url: str) -> None:
    assert callback_problem(url, POLICY) is not None
