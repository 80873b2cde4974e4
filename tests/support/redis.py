"""A Redis of our own for a test run, from Debian's package, in a temporary folder."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.processes import Running, free_port, listening, spawned


def binary() -> str:
    found = shutil.which("redis-server")
    if not found:
        raise AssertionError("Redis is missing: apt-get install -y redis-server")
    return found


@contextmanager
def running(port: int | None = None) -> Iterator[str]:
    """Its address (without a database number) while the block runs."""
    with serving(port) as (url, _):
        yield url


@contextmanager
def serving(port: int | None = None) -> Iterator[tuple[str, Running]]:
    """Address and process, for tests that kill it; the append-only file is on, as in production."""
    port = port or free_port()
    folder = Path(tempfile.mkdtemp(prefix="fieldsvc-redis-"))
    command = [
        *(binary(), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)),
        *("--save", "", "--appendonly", "yes", "--maxmemory-policy", "noeviction"),
    ]
    try:
        with spawned(command, log=folder / "redis.log", ready=lambda: listening(port)) as server:
            yield f"redis://127.0.0.1:{port}", server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def layer(url: str) -> dict[str, object]:
    """CHANNEL_LAYERS over this Redis, as in production."""
    return {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [{"address": url, "socket_timeout": None}]},
        }
    }
