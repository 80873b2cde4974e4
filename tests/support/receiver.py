"""A real HTTP receiver that plays the approval system: takes webhooks, checks and keeps them."""

import base64
import json
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from fieldsvc.tls import TlsFiles

# Status, body and, where it matters, headers of a reply.
Reply = tuple[int, bytes] | tuple[int, bytes, Mapping[str, str]]


@dataclass(frozen=True)
class Received:
    """One request as it came over the wire."""

    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        parsed: dict[str, object] = json.loads(self.body)
        return parsed

    def signed_by(self, public_key: str) -> bool:
        """Check the Standard Webhooks `v1a` signature with a base64 Ed25519 public key."""
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode()
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))
        for part in self.headers["webhook-signature"].split():
            version, _, signature = part.partition(",")
            if version != "v1a":
                continue
            try:
                key.verify(base64.b64decode(signature), signed + self.body)
            except InvalidSignature:
                continue
            return True
        return False


@dataclass
class Receiver:
    """Listens on a free loopback port; `answer` decides status and body of each reply.

    With `tls` (a self-made certificate, see fieldsvc.tls) it speaks https; a sender trusts it when
    its SSL_CERT_FILE names the certificate.
    """

    answer: Callable[[Received], Reply] = lambda received: (
        200,
        json.dumps({"receipt_id": f"R-{received.json['version']}"}).encode(),
    )
    received: list[Received] = field(default_factory=list)
    tls: TlsFiles | None = None
    at_port: int = 0

    def __post_init__(self) -> None:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", "0"))
                item = Received(
                    {name.lower(): value for name, value in self.headers.items()},
                    self.rfile.read(length),
                )
                outer.received.append(item)
                status, body, *more = outer.answer(item)
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                for name, value in more[0].items() if more else ():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                return

        self._server = _Server(("127.0.0.1", self.at_port), Handler)
        if self.tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.tls.certificate, self.tls.key)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        if self.tls is not None:
            return f"https://localhost:{self.port}/results"
        return f"http://127.0.0.1:{self.port}/results"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    # A held answer must not hold the test's end back.
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A sender that refuses the certificate or hangs up is what some tests want to see."""
