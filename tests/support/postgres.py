"""A PostgreSQL of our own for a test run, from Debian's package, in a temporary folder."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.support.processes import free_port, start, wait_ready

_ROOM = 2 << 30


def binaries() -> Path:
    """The folder with initdb and postgres; fails with what to install."""
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for name in ("initdb", "postgres"):
        found = shutil.which(name)
        if found:
            candidates.append(Path(found).resolve().parent)
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise AssertionError("PostgreSQL is missing: apt-get install -y postgresql")


@contextmanager
def running() -> Iterator[str]:
    """Its address as DATABASE_URL wants it, while the block runs."""
    folder = Path(tempfile.mkdtemp(prefix="fieldsvc-pg-", dir=_in_memory()))
    user = _other_user()
    if user is not None:
        os.chown(folder, user, user)
    try:
        yield from _serve(folder, user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _serve(folder: Path, user: int | None) -> Iterator[str]:
    data, port = folder / "data", free_port()
    _initdb(data, user)
    server = start(
        [
            *(binaries() / "postgres", "-D", data, "-p", str(port)),
            *("-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}"),
            # The tests kill processes, not machines; outliving a power cut would only cost time.
            *("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"),
            *("-c", "wal_level=minimal", "-c", "max_wal_senders=0", "-c", "max_connections=60"),
        ],
        log=folder / "postgres.log",
        user=user,
    )
    url = f"postgresql://fieldsvc@127.0.0.1:{port}/postgres"
    try:
        wait_ready(server, lambda: _answers(url))
        yield url
    finally:
        server.stop()


def _initdb(data: Path, user: int | None) -> None:
    made = subprocess.run(
        [
            *(binaries() / "initdb", "-D", data, "-U", "fieldsvc", "-A", "trust"),
            *("-E", "UTF8", "--locale=C", "--no-sync"),
        ],
        capture_output=True,
        check=False,
        cwd=data.parent,
        user=user,
        group=user,
        extra_groups=[] if user is not None else None,
    )
    if made.returncode:
        raise AssertionError(made.stderr.decode(errors="replace"))


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=1).close()
    except psycopg.OperationalError:
        return False
    return True


def _in_memory() -> Path | None:
    """A folder that is memory, where there is one with room; emptying tables makes many files."""
    shared = Path("/dev/shm")
    if not os.access(shared, os.W_OK) or shutil.disk_usage(shared).free < _ROOM:
        return None
    return shared


def _other_user() -> int | None:
    """PostgreSQL refuses to run as root; an account without rights runs it then."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    raise AssertionError("running as root needs an account postgres or nobody for PostgreSQL")
