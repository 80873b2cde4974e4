"""Signed requests over HTTP, to addresses that were looked at first."""

import socket
import ssl
import time
from collections.abc import Callable, Iterable

import httpcore

from inspections.results.rules import MAX_ANSWER, Answer, Reach, address_problem
from inspections.results.services import Post

DEADLINE = 15.0  # seconds for one try, from the name to the last byte (Standard Webhooks)
CONNECT = 5.0

Resolve = Callable[[str, int], list[str]]


class _Failed(Exception):
    """No answer came; the message is the failure code."""


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a name; raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


class HttpGateway:
    """Resolve, check, connect to exactly the checked address (no rebinding), follow nothing."""

    def __init__(self, resolve: Resolve = resolve, *, deadline: float = DEADLINE) -> None:
        self._resolve = resolve
        self._deadline = deadline

    def post(self, post: Post) -> Answer:
        if not post.url.isascii():
            # Signs of other scripts become digits and dots on their way to the resolver.
            return Answer(None, failure="url_refused")
        network = _Network(self._resolve, post.reach, time.monotonic() + self._deadline)
        try:
            return _exchange(post, network)
        except _Failed as failed:
            return Answer(None, failure=str(failed))
        except ssl.SSLError:
            return Answer(None, failure="tls_failed")
        except (httpcore.ProtocolError, httpcore.NetworkError, OSError):
            return Answer(None, failure="broken_answer")


class _Network(httpcore.NetworkBackend):
    """Connects only where `reach` allows; a name that leads there in part leads nowhere."""

    def __init__(self, resolve: Resolve, reach: Reach, deadline: float) -> None:
        self._resolve = resolve
        self._reach = reach
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise _Failed("dns_failed") from error
        if not addresses or any(address_problem(one, self._reach) for one in addresses):
            raise _Failed("address_refused")
        return _Line(self._connect(addresses, port), self._deadline)

    def _connect(self, addresses: list[str], port: int) -> socket.socket:
        code = "connect_failed"
        for address in addresses:
            try:
                left = min(CONNECT, _left(self._deadline))
                return socket.create_connection((address, port), left)
            except TimeoutError:
                code = "timeout"
            except OSError:
                code = "connect_failed"
        raise _Failed(code)


class _Line(httpcore.NetworkStream):
    """A socket whose every step ends at one deadline: dripping bytes do not lengthen it."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            self._sock.settimeout(_left(self._deadline))
            return self._sock.recv(max_bytes)
        except TimeoutError as error:
            raise _Failed("timeout") from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        try:
            self._sock.settimeout(_left(self._deadline))
            self._sock.sendall(buffer)
        except TimeoutError as error:
            raise _Failed("timeout") from error
        except OSError as error:
            # Who answers before having read all hangs up on the rest; the answer still counts.
            raise httpcore.WriteError from error

    def close(self) -> None:
        self._sock.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        try:
            self._sock.settimeout(_left(self._deadline))
            # The certificate must be that of the name, not of the address.
            sock = ssl_context.wrap_socket(self._sock, server_hostname=server_hostname)
        except TimeoutError as error:
            raise _Failed("timeout") from error
        return _Line(sock, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._sock if info == "socket" else None


def _exchange(post: Post, network: _Network) -> Answer:
    # The system's trust store; SSL_CERT_FILE names another, with the authority of an intranet.
    pool = httpcore.ConnectionPool(
        ssl_context=ssl.create_default_context(), network_backend=network
    )
    sent = list(post.headers.items())
    with pool, pool.stream("POST", post.url, headers=sent, content=post.body) as response:
        headers = {name.lower(): value for name, value in response.headers}
        return Answer(
            response.status,
            body=_read(response),
            retry_after=headers.get(b"retry-after", b"").decode("latin-1"),
        )


def _read(response: httpcore.Response) -> bytes:
    """The beginning of the body; a receipt is short, the rest is not ours to keep."""
    body = b""
    for chunk in response.iter_stream():
        body += chunk
        if len(body) > MAX_ANSWER:
            break
    return body[:MAX_ANSWER]


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
