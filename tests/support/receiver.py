"""A real HTTP receiver that plays the approval system: takes result webhooks, checks and keeps them."""

import base64
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


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
            if version == "v1a":
                key.verify(base64.b64decode(signature), signed + self.body)
                return True
        return False


@dataclass
class Receiver:
    """Listens on a free loopback port; `answer` decides status and body of each reply."""

    answer: Callable[[Received], tuple[int, bytes]] = lambda received: (
        200,
        json.dumps({"receipt_id": f"R-{received.json['version']}"}).encode(),
    )
    received: list[Received] = field(default_factory=list)

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
                status, body = outer.answer(item)
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/results"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
