"""Child processes of tests: started, waited for with a deadline, stopped by their own id."""

import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.until import NotYet, until

ROOT = Path(__file__).resolve().parent.parent.parent


def leave_on_signals() -> None:
    """Let SIGTERM and a closed terminal end this process as Ctrl-C does: `finally` blocks run."""

    def leave(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)


def free_port() -> int:
    """A TCP port that was free on loopback a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class Running:
    """A child with its log file."""

    child: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        return self.child.pid

    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        """SIGKILL for it and its children, as a power cut would: no handler runs."""
        if self.child.poll() is None:
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait(60)

    def stop(self, *, seconds: float = 15) -> None:
        """SIGTERM, then SIGKILL for what does not listen."""
        if self.child.poll() is not None:
            return
        self.child.send_signal(signal.SIGTERM)
        try:
            self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()


def start(
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    user: int | None = None,
) -> Running:
    """Start `command` from the repository's root; `env` is added to this process's own."""
    with log.open("ab") as output:
        child = subprocess.Popen(
            [str(part) for part in command],
            cwd=ROOT if user is None else log.parent,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            user=user,
            group=user,
            extra_groups=[] if user is not None else None,
            # Ctrl-C at the terminal is for us; we stop our children in order.
            process_group=0,
        )
    return Running(child, log)


def wait_ready(running: Running, ready: Callable[[], bool], *, seconds: float = 60) -> None:
    """Wait until `ready`; a child that ends before is an error with its output."""

    def look() -> bool:
        if running.child.poll() is not None:
            raise AssertionError(
                f"the process ended with {running.child.returncode}:\n{running.output()[-4000:]}"
            )
        return ready()

    try:
        until(look, seconds=seconds, what="the process's readiness")
    except NotYet as error:
        raise NotYet(f"{error}\n{running.output()[-4000:]}") from None


@contextmanager
def spawned(
    command: Sequence[str | Path],
    *,
    log: Path,
    ready: Callable[[], bool],
    env: Mapping[str, str] | None = None,
    seconds: float = 60,
) -> Iterator[Running]:
    """A child that is ready inside the block and gone after it."""
    running = start(command, log=log, env=env)
    try:
        wait_ready(running, ready, seconds=seconds)
        yield running
    finally:
        running.stop()
