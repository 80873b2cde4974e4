"""What one photo of a phone costs at its door: hashed twice over, decoded, kept, journalled.

`python -m tests.bench.admission [--photos 20]` prints one JSON line.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from io import BytesIO
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from fieldsvc.kernel.journal import Actor
    from inspections.evidence.models import Dossier

# A phone's photo as the page sends it: the camera's own picture, about two megapixels.
SIZE = (1920, 1080)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--photos", type=int, default=20)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="fieldsvc-bench-") as folder:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fieldsvc.settings")
        os.environ["VAR_DIR"] = folder
        django.setup()
        report = run(given.photos)
    sys.stdout.write(json.dumps(report) + "\n")
    return 0


def run(photos: int) -> dict[str, float]:
    from django.core.management import call_command

    from fieldsvc.kernel.journal import Actor
    from inspections.evidence import services

    call_command("migrate", verbosity=0)
    actor = Actor("applicant", "case-1", "bureau-1")
    dossier = services.open_dossier("云勘验 YKY-2026-000001", scope="bureau-1", actor=actor)
    pictures = [photo(shade) for shade in range(photos + 1)]
    # The first one pays for the decoding child that stays.
    admit(dossier, pictures[0], actor)
    spent = [admit(dossier, data, actor) for data in pictures[1:]]
    return {
        "median_ms": 1000 * statistics.median(spent),
        "slowest_ms": 1000 * max(spent),
        "size_kb": statistics.mean(len(data) for data in pictures) / 1000,
    }


def admit(dossier: "Dossier", data: bytes, actor: "Actor") -> float:
    from fieldsvc.kernel import hashing
    from inspections.evidence import services
    from inspections.evidence.services import Circumstances
    from inspections.evidence.states import Grade, Purpose

    how = Circumstances(Purpose.STILL, item="CY01", grade=Grade.LIVE_CAMERA)
    digest = hashing.sha256_hex(data)
    began = time.perf_counter()
    services.admit(dossier, BytesIO(data), digest, how, actor=actor)
    return time.perf_counter() - began


def photo(shade: int) -> bytes:
    """A photograph of the project's own footage, no two alike."""
    import av
    from PIL import Image, ImageEnhance

    from tests.support import footage

    with av.open(str(footage.clip_path("bikes.mp4"))) as container:
        frame = next(container.decode(video=0)).to_image()
    picture = ImageEnhance.Brightness(frame.resize(SIZE, Image.Resampling.LANCZOS))
    target = BytesIO()
    picture.enhance(0.7 + shade / 100).save(target, "JPEG", quality=90)
    return target.getvalue()


if __name__ == "__main__":
    sys.exit(main())
