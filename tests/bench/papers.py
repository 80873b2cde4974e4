"""A record with forty photos: set in type and sealed, how long it takes and how much memory.

`python -m tests.bench.papers [--photos 40]` prints one JSON line. The content is that of a played
inspection; the photos are as large as those that go into a record.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import django
import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from inspections.reports.typesetting import Paper

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--photos", type=int, default=40)
    options.add_argument("--measure", type=Path, help="(in the child) folder with the paper")
    given = options.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fieldsvc.settings")
    if given.measure:
        django.setup()
        sys.stdout.write(json.dumps(measure(given.measure)) + "\n")
        return 0
    with tempfile.TemporaryDirectory(prefix="fieldsvc-bench-") as folder:
        os.environ["VAR_DIR"] = folder
        django.setup()
        write(paper(given.photos), Path(folder) / "paper")
        words = [sys.executable, "-m", "tests.bench.papers", "--measure", f"{folder}/paper"]
        # A process of its own: the memory of the play is not the memory of the paper.
        done = subprocess.run(words, capture_output=True, text=True, check=True)
    sys.stdout.write(done.stdout)
    return 0


def paper(photos: int) -> "Paper":
    """The record of a played inspection, with as many photos as wanted."""
    from django.core.management import call_command

    from fieldsvc.kernel import clock, hashing
    from inspections.reports import services
    from tests.inspections import cast
    from tests.inspections.inspection.scene import Scene
    from tests.inspections.reports.test_record import play_to_record

    call_command("migrate", verbosity=0)
    with clock.using(clock.FixedClock(START)) as fixed:
        record = play_to_record(Scene(cast.gather(), fixed))
        content = services.content_of(record)
        found = services.paper_of(content, record.content_sha256, record.frozen_at)
    files, first = dict(found.files), content["photos"][0]
    shown = json.loads(files["data.json"])
    shown["photos"] = [
        {**first, "number": number, "file": f"many{number}.jpg"} for number in range(1, photos + 1)
    ]
    for number in range(1, photos + 1):
        files[f"many{number}.jpg"] = photo(number)
    return replace(found, files={**files, "data.json": hashing.canonical(shown)})


def photo(seed: int) -> bytes:
    """As large as those that go into a record, and as rich as a room photographed by a phone."""
    from inspections.reports.services.records import PHOTO_BOX

    small = np.random.default_rng(seed).integers(0, 255, (75, 100, 3), dtype=np.uint8)
    target = BytesIO()
    Image.fromarray(small).resize(PHOTO_BOX).save(target, "JPEG", quality=80)
    return target.getvalue()


def write(one: "Paper", folder: Path) -> None:
    folder.mkdir()
    for name, data in one.files.items():
        (folder / name).write_bytes(data)
    (folder / "paper.json").write_text(json.dumps([one.template, one.at.isoformat()]))


def measure(folder: Path) -> dict[str, float]:
    """Setting and sealing once, in seconds; sizes in megabytes. A record is set once, and what is
    set again comes out of the typesetter's memory. `memory_mb` is the most the whole process ever
    had, `process_mb` what it had before with all modules and photos in it."""
    from fieldsvc.kernel import clock
    from inspections.reports import sealing, typesetting

    template, at = json.loads((folder / "paper.json").read_text())
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    one = typesetting.Paper(template, files, datetime.fromisoformat(at))
    before = memory("VmRSS")
    began = time.perf_counter()
    plain = typesetting.pdf(one)
    drawn = time.perf_counter()
    sealed = sealing.seal(plain, at=clock.now())
    ended = time.perf_counter()
    return {
        "seconds": round(ended - began, 3),
        "sealing": round(ended - drawn, 3),
        "memory_mb": memory("VmHWM"),
        "process_mb": before,
        "size_mb": len(sealed.pdf) / 1e6,
    }


def memory(line: str) -> float:
    """Megabytes, from the kernel's own account: what getrusage calls the most is inherited from
    whoever started the process."""
    found = re.search(rf"^{line}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.M)
    assert found is not None
    return int(found.group(1)) / 1024


if __name__ == "__main__":
    sys.exit(main())
