"""The child process that transcodes, behind a Protocol."""

import json
import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from django.conf import settings

from fieldsvc.kernel.errors import Unavailable
from inspections.evidence.deriving import Job

logger = logging.getLogger(__name__)


class DeriveFailed(Unavailable):
    code = "derive_failed"
    title = "录像合成没有成功"
    action = "原始录像分段完好，可以逐段播放；系统会自动重试合成。"


class Deriver(Protocol):
    """Makes one MP4 of the job's segments; reports whole percents on the way."""

    def __call__(self, job: Job, progress: Callable[[int], None]) -> None: ...


def derive_in_child(job: Job, progress: Callable[[int], None]) -> None:
    """Run the job in a process of its own, at the lowest priority; refuses `derive_failed`."""
    command = ["nice", "-n", "15", sys.executable, "-m", "inspections.evidence.deriving"]
    errors = Path(job["out"]).with_suffix(".log")
    with (
        errors.open("w") as said,
        subprocess.Popen(  # noqa: S603  our own module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            cwd=settings.BASE_DIR,
        ) as child,
    ):
        if child.stdin is None or child.stdout is None:
            raise DeriveFailed
        json.dump(job, child.stdin)
        child.stdin.close()
        for line in child.stdout:
            progress(int(line))
    if child.returncode != 0:
        tail = errors.read_text(errors="replace").strip().splitlines()[-1:]
        logger.error("deriving failed", extra={"code": child.returncode, "error": tail})
        raise DeriveFailed
