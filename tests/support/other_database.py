"""Run test files a second time, on PostgreSQL."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.support import postgres
from tests.support.processes import ROOT


def passes_on_postgresql(files: Sequence[Path | str], *, seconds: float = 2400) -> None:
    """Start a PostgreSQL, run pytest on `files` against it, fail with its output."""
    with postgres.running() as url:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "--no-header", *(str(file) for file in files)],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": url},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    if done.returncode:
        raise AssertionError(f"on PostgreSQL:\n{done.stdout[-8000:]}\n{done.stderr[-2000:]}")
