"""Forged and clean packages before the verifier, and its speed, in a database of its own.

`python -m tests.bench.evidence [--forged 2000] [--clean 200]` prints one JSON line.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from tests.inspections.evidence.bags import Mutant
    from tests.inspections.evidence.mutations import Judgement
    from tests.inspections.evidence.packages import Packages

SEED = 20261122
PARTS, PART = 80, 5 << 20


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--forged", type=int, default=2000)
    options.add_argument("--clean", type=int, default=200)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="fieldsvc-bench-") as folder:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fieldsvc.settings")
        os.environ["VAR_DIR"] = folder
        django.setup()
        report = run(Path(folder) / "packages", given.forged, given.clean)
    sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")
    return 0


def run(folder: Path, forged: int, clean: int) -> dict[str, float | str]:
    from django.core.management import call_command

    from tests.inspections.evidence import packages

    call_command("migrate", verbosity=0)
    made = packages.make(folder)
    return {
        **_forgeries(made, folder / "forged", forged),
        "alarms": _false_alarms(folder / "clean", clean),
        **_speed(folder / "large"),
    }


def _forgeries(made: "Packages", folder: Path, count: int) -> dict[str, float | str]:
    from tests.inspections.evidence import mutations

    def judged(one: "tuple[int, Mutant]") -> "tuple[Mutant, Judgement]":
        place = folder / str(one[0])
        found = mutations.judge(one[1], made.roots, place)
        rmtree(place)
        return one[1], found

    wanted = enumerate(mutations.mutants(made.files, made.forger, SEED, count))
    # Most of it is waiting for openssl.
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        found = list(pool.map(judged, wanted))
    missed = [(mutant, told) for mutant, told in found if not (told.caught and told.named)]
    for mutant, told in missed:
        sys.stderr.write(f"{mutant.kind} {mutant.items}: {told}\n")
    return {
        "caught": 100 * sum(told.caught for _, told in found) / count,
        "named": 100 * sum(told.named for _, told in found) / count,
        "missed": ", ".join(
            f"{n} {kind}" for kind, n in Counter(m.kind for m, _ in missed).items()
        ),
    }


def _false_alarms(folder: Path, count: int) -> int:
    """Dossiers each in five forms: folder, zip, with values, repacked, one finding."""
    from inspections.evidence.verifier import verdict
    from tests.inspections.evidence import bags, packages

    alarms = 0
    for number in range(-(-count // 5)):
        made = packages.make(folder / str(number), f"YKY-2026-{number:06d}")
        roots = verdict.read_roots(made.roots, folder / "none")
        again = packages.zip_of(
            bags.read(made.personal), folder / str(number) / "again.zip", top="a/", packed=True
        )
        for package in (made.plain, made.zipped, made.personal, again, made.finding):
            report = verdict.verify(package, roots)
            wanted = 3 if package == made.finding else 4
            alarms += report.grade != wanted
    return alarms


def _speed(folder: Path) -> dict[str, float | str]:
    """The whole verdict on about 400 MB beside sha256sum on the same files; the best of three."""
    from inspections.evidence.export import export_dossier
    from tests.inspections.evidence import small_dossier

    dossier = small_dossier.play("YKY-2026-999999", parts=PARTS, size=PART)
    export_dossier(dossier, folder)
    words = [sys.executable, "-I", "-S", str(folder / "verify.py"), str(folder)]
    verify = _best([*words, *small_dossier.roots().words], folder)
    plain = _best(["sha256sum", "--quiet", "-c", "manifest-sha256.txt"], folder)
    size = PARTS * PART / 1_000_000
    return {
        "ratio": round(plain / verify, 2),
        "verify_mb_s": size / verify,
        "sha256sum_mb_s": size / plain,
    }


def _best(command: list[str], folder: Path) -> float:
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        seconds.append(time.perf_counter() - began)
    return min(seconds)


if __name__ == "__main__":
    sys.exit(main())
