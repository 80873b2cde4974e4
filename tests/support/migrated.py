"""An SQLite database as `migrate` leaves it: made once, copied wherever one is needed.

Making the tables costs more than most tests; a run makes them about a dozen times otherwise.
"""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

from tests.support.processes import ROOT

_KEPT = ROOT / "var" / "tests"
# What `migrate` runs, and what it publishes at its end; a clean clone makes its own anyway.
_RUN = (
    "requirements.lock",
    *("*/migrations/*.py", "*/*/migrations/*.py", "*/states.py", "*/*/states.py"),
    *("fieldsvc/kernel/*.py", "inspections/catalog/**/*.*"),
)


def copy_to(target: Path) -> None:
    """Put a database with all tables and what `migrate` publishes at `target`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with _alone():
        template = _KEPT / f"migrated-{_digest()}.sqlite3"
        if not template.is_file():
            _make(template)
        shutil.copyfile(template, target)


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time: the others wait and find what the first made."""
    _KEPT.mkdir(parents=True, exist_ok=True)
    with (_KEPT / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _digest() -> str:
    known = sha256(sys.version.encode())
    for file in sorted({file for pattern in _RUN for file in ROOT.glob(pattern)}):
        if file.is_file() and file.suffix != ".pyc":
            known.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    return known.hexdigest()[:16]


def _make(template: Path) -> None:
    for older in _KEPT.glob("migrated-*.sqlite3"):
        older.unlink()
    with tempfile.TemporaryDirectory(dir=_KEPT) as name:
        folder = Path(name)
        own = {"FIELDSVC_MODE": "embedded", "DATABASE_URL": "", "VAR_DIR": name}
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--no-input"]
        subprocess.run(command, cwd=ROOT, env={**os.environ, **own}, check=True)
        # One file whatever the journal of the first had not taken over yet.
        with closing(sqlite3.connect(folder / "db.sqlite3")) as made:
            made.execute("VACUUM INTO ?", (str(folder / "whole"),))
        (folder / "whole").rename(template)
