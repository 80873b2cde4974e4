"""One question to one server, with a deadline from the first byte to the last."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import httpcore

DEADLINE = 10.0
MAX_ANSWER = 64 * 1024


class NoAnswer(Exception):
    """`code` says why: timeout, endless, unreachable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


def post(
    url: str,
    content: bytes,
    headers: Sequence[tuple[bytes, bytes]],
    *,
    deadline: float = DEADLINE,
) -> Answer:
    """What the server says, whatever its status; raises NoAnswer. TLS trusts what the system
    trusts (SSL_CERT_FILE names another file); nothing is followed."""
    until = time.monotonic() + deadline
    steps = dict.fromkeys(("connect", "read", "write", "pool"), deadline)
    body = b""
    try:
        with (
            httpcore.ConnectionPool() as pool,
            pool.stream(
                "POST", url, headers=[*headers], content=content, extensions={"timeout": steps}
            ) as response,
        ):
            for piece in response.iter_stream():
                body += piece
                # Dripping bytes do not lengthen the deadline.
                if len(body) > MAX_ANSWER or time.monotonic() > until:
                    raise NoAnswer("timeout" if len(body) <= MAX_ANSWER else "endless")
            return Answer(response.status, body)
    except httpcore.TimeoutException as error:
        raise NoAnswer("timeout") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        raise NoAnswer("unreachable") from error
