"""Debian's coturn as docker-compose.yml states it, on loopback and ports of our own."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support import compose
from tests.support.processes import free_port, listening, spawned

SECRET = "shared-with-coturn-in-this-run-only"
MEDIA_ADDRESS = "127.0.0.1"


@dataclass(frozen=True)
class Turn:
    """A running relay server."""

    port: int
    log: Path

    def url(self, transport: str) -> str:
        return f"turn:127.0.0.1:{self.port}?transport={transport}"


def binary() -> str:
    found = shutil.which("turnserver")
    if not found:
        raise AssertionError("coturn is missing: apt-get install -y coturn")
    return found


def command(port: int, folder: Path) -> list[str]:
    """The composed words; the rest only moves it to loopback, where the media node is here."""
    values = {
        "TURN_SECRET": SECRET,
        "TURN_HOST": "turn.test",
        "MEDIA_ADDRESS": MEDIA_ADDRESS,
    }
    (service,) = compose.services(values, ("coturn",))
    return [
        *(binary(), *service.command[1:]),
        *(f"--listening-port={port}", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1"),
        *("--allow-loopback-peers", f"--pidfile={folder / 'pid'}"),
        f"--userdb={folder / 'db'}",
    ]


@contextmanager
def running() -> Iterator[Turn]:
    """A relay server inside the block, gone after it."""
    port = free_port()
    folder = Path(tempfile.mkdtemp(prefix="fieldsvc-coturn-"))
    log = folder / "turn.log"
    try:
        with spawned(command(port, folder), log=log, ready=lambda: listening(port), seconds=40):
            yield Turn(port, log)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
