"""The product as its operators start it: real processes, own folder, own free ports."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol

from fieldsvc.tls import own_certificate
from tests.support import compose, postgres, redis
from tests.support.processes import ROOT, Running, free_port, listening, start, wait_ready
from tests.support.receiver import Receiver

LOOPBACK = {"RTC_HOST_ADDRESSES": "127.0.0.1", "RTC_ICE_SERVERS": ""}
SECRETS = {
    "POSTGRES_PASSWORD": "unused-by-trust",
    "S3_ACCESS_KEY": "test-access",
    "S3_SECRET_KEY": "test-secret",
    "MEDIA_ADDRESS": "127.0.0.1",
    "TURN_HOST": "127.0.0.1",
    "TURN_SECRET": "test-turn-secret-test-turn-secret",
}


@dataclass(frozen=True)
class Demo:
    """What the seed of the demo bureau leaves for people: sign-ins, API key, first link."""

    staff: dict[str, str]
    api_key: str
    link: str


class Topology(Protocol):
    """A running product, in whichever shape: what a test may touch from outside."""

    url: str
    folder: Path

    @property
    def receiver(self) -> Receiver:
        """The approval system that this product may send results to; closed by `stop`."""
        ...

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def kill_media(self) -> None: ...
    def revive_media(self) -> None: ...
    def manage(self, *arguments: str) -> str: ...
    def media_pid(self) -> int: ...


def answers(url: str) -> bool:
    """Whether the product says it is healthy."""
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def demo_of(folder: Path) -> Demo:
    data = json.loads((folder / "demo.json").read_text("utf-8"))
    return Demo(data["staff"], data["api_key"], data["link"])


def manage(environment: Mapping[str, str], *arguments: str) -> str:
    """Run a management command beside the product and return what it prints."""

    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AssertionError(
            f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr[-3000:]}"
        )
    return done.stdout


@dataclass
class Embedded:
    """`manage.py serve --demo` on SQLite: one process, killed and started again at will."""

    folder: Path
    more: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.environment = {
            "FIELDSVC_MODE": "embedded",
            "VAR_DIR": str(self.folder),
            "PUBLIC_URL": self.url,
            "DEMO": "true",
            **LOOPBACK,
            **self.more,
        }
        self.running: Running | None = None

    @cached_property
    def receiver(self) -> Receiver:
        return Receiver()

    def start(self) -> None:
        command = [sys.executable, "manage.py", "serve", "--demo", "--port", str(self.port)]
        command.append("--no-signing-fakes")
        self.running = start(command, log=self.folder / "serve.log", env=self.environment)
        wait_ready(self.running, lambda: answers(self.url), seconds=240)

    def stop(self) -> None:
        if self.running is not None:
            self.running.stop()
        if "receiver" in self.__dict__:
            self.receiver.close()

    def kill_media(self) -> None:
        """`kill -9` of the process that holds media: embedded it is the only one."""
        assert self.running is not None
        self.running.kill()

    def revive_media(self) -> None:
        self.start()

    def media_pid(self) -> int:
        assert self.running is not None
        return self.running.pid

    def manage(self, *arguments: str) -> str:
        return manage(self.environment, *arguments)


class Cluster:
    """All processes on PostgreSQL, Redis and S3, as docker-compose.yml states them."""

    PROCESSES = ("web", "media", "worker", "worker-heavy", "beat")

    def __init__(
        self,
        folder: Path,
        more: Mapping[str, str] | None = None,
        *,
        media_nodes: int = 1,
        address: str = "127.0.0.1",
    ) -> None:
        self.folder, self._more, self._media_nodes = folder, dict(more or {}), media_nodes
        self.port, self.address = free_port(), address
        self.url = f"http://{'localhost' if address == '127.0.0.1' else address}:{self.port}"
        self.processes: dict[str, Running] = {}
        self.broker: Running
        self._stack = ExitStack()
        self._services: dict[str, compose.Service] = {}
        self.folder.mkdir(parents=True, exist_ok=True)
        # Production sends results by https only, and to this machine only where that is listed.
        self._tls = own_certificate(self.folder / "tls", "127.0.0.1")
        self.receiver = Receiver(tls=self._tls)

    def start(self) -> None:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> None:
        here = self._start_servers()
        values = SECRETS | {"PUBLIC_URL": self.url}
        for service in compose.services(values, ("prepare", *self.PROCESSES)):
            environment = service.environment | here
            self._services[service.name] = compose.Service(
                service.name, self._command(service.command), environment
            )
        _, *words = self._services["prepare"].command
        manage(self._services["prepare"].environment, *words[1:])
        for name in self.PROCESSES:
            self._start_process(name)
        wait_ready(self.processes["web"], lambda: answers(self.url), seconds=240)
        self._wait_for_media("media", 1)
        for _ in range(1, self._media_nodes):
            self.add_media()
        self.manage("seed_demo", "--callback-url", self.receiver.url)

    def _start_servers(self) -> dict[str, str]:
        """Start PostgreSQL, Redis and S3; return what differs here from the composed addresses."""
        database = self._stack.enter_context(postgres.running())
        broker, self.broker = self._stack.enter_context(redis.serving())
        port = free_port()
        storage = start(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            log=self.folder / "s3.log",
        )
        self._stack.callback(storage.stop)
        wait_ready(storage, lambda: listening(port), seconds=60)
        key = self.folder / "secret.key"
        key.write_text("only-for-this-run-" * 4, "ascii")
        personal_key = self.folder / "personal.key"
        personal_key.write_text("personal-for-this-run-" * 4, "ascii")
        callback = f"localhost:{self.receiver.port}"
        return {
            "DATABASE_URL": database,
            "CHANNEL_REDIS_URL": f"{broker}/0",
            "BROKER_URL": f"{broker}/1",
            "S3_ENDPOINT": f"http://127.0.0.1:{port}",
            "SECRET_KEY_FILE": str(key),
            "PERSONAL_KEY_FILE": str(personal_key),
            "VAR_DIR": str(self.folder),
            "METRICS_PORT": str(free_port()),
            "CALLBACK_HOSTS": callback,
            "CALLBACK_PRIVATE_HOSTS": callback,
            "SSL_CERT_FILE": str(self._tls.certificate),
            **LOOPBACK,
            "RTC_HOST_ADDRESSES": self.address,
            **self._more,
        }

    def _command(self, command: list[str]) -> list[str]:
        replaced = {"python": sys.executable, "8000": str(self.port), "0.0.0.0": self.address}
        replaced["/tmp/beat"] = str(self.folder / "beat")
        return [replaced.get(word, word) for word in command]

    def add_media(self) -> str:
        """Start one more media node, with a folder of its own; returns its name."""
        name = f"media{sum(one.startswith('media') for one in self.processes) + 1}"
        media = self._services["media"]
        own = {"RECORDING_ROOT": str(self.folder / name), "METRICS_PORT": str(free_port())}
        self._services[name] = compose.Service(name, media.command, media.environment | own)
        self._start_process(name)
        self._wait_for_media(name, 1)
        return name

    def _start_process(self, name: str, more: Mapping[str, str] | None = None) -> None:
        service = self._services[name]
        log = self.folder / f"{name}.log"
        self.processes[name] = start(
            service.command, log=log, env=service.environment | dict(more or {})
        )

    def stop(self) -> None:
        for running in reversed(self.processes.values()):
            running.stop(seconds=30)
        self._stack.close()
        self.receiver.close()

    def _wait_for_media(self, name: str, starts: int) -> None:
        media = self.processes[name]
        wait_ready(media, lambda: media.output().count("已就绪") >= starts, seconds=120)

    def metrics_url(self, name: str) -> str:
        """Where web or a media node tells its figures."""
        if name == "web":
            return f"{self.url}/metrics"
        return f"http://127.0.0.1:{self._services[name].environment['METRICS_PORT']}/metrics"

    def kill(self, name: str) -> None:
        """`kill -9` of one process and its children."""
        self.processes[name].kill()

    def revive(self, name: str, more: Mapping[str, str] | None = None) -> None:
        """Start a process again; `more` is added to its environment for this one run."""
        starts = self.processes[name].output().count("已就绪")
        self._start_process(name, more)
        if name.startswith("media"):
            self._wait_for_media(name, starts + 1)

    def stop_broker(self) -> None:
        """Redis ends in order, as for an update."""
        self.broker.stop()

    def revive_broker(self) -> None:
        """Redis again, where and on what it was."""
        words = [str(word) for word in self.broker.child.args]  # type: ignore[union-attr]
        self.broker = start(words, log=self.broker.log)
        self._stack.callback(self.broker.stop)
        wait_ready(
            self.broker, lambda: listening(int(words[words.index("--port") + 1])), seconds=60
        )

    def kill_media(self) -> None:
        self.kill("media")

    def revive_media(self) -> None:
        self.revive("media")

    def media_pid(self) -> int:
        return self.processes["media"].pid

    def manage(self, *arguments: str) -> str:
        return manage(self._services["web"].environment, *arguments)
