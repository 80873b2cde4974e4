"""`make bench`: the figures this project promises, measured here and now.

`python -m tests.bench [--only NAME ...]` prints the rows and writes var/bench/bench.json; exit
status 1 when a row is not met. A measurement that failed or was left out is a row that is not met.
"""

import argparse
import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.bench import entering, media_cost, planning, pointing, relay
from tests.support.processes import ROOT, leave_on_signals
from tests.support.rows import Row, at_least, at_most, exactly, machine, not_taken, report

FILE = ROOT / "var" / "bench" / "bench.json"


def media() -> list[Row]:
    """One recorded and relayed 720p30 call beside aiortc's stock classes."""
    return [
        Row(
            id=row.id,
            value=row.value,
            unit=row.unit,
            target="" if row.target is None else f"<= {row.target:g}",
            met=None if row.target is None else row.value <= row.target,
            baseline=row.baseline,
        )
        for row in asyncio.run(media_cost.run(seconds=15.0, kills=5))
    ]


def relayed() -> list[Row]:
    """Recorded and relayed calls beside Janus; how many one core holds."""
    return asyncio.run(relay.run(seconds=12.0, counts=[1, 4, 8], most=40))


def bookings() -> list[Row]:
    """Many takers for one slot; in a process of its own, which has its own database."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.bookings", "--takers", "100", "--rounds", "5"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if not done.stdout.strip():
        raise RuntimeError(done.stderr)
    found = json.loads(done.stdout.splitlines()[-1])
    note = f"{found['takers']} takers x {found['rounds']} rounds on {found['database']}"
    return [
        replace(exactly("bookings.one_winner_kept", float(found["kept"]), "yes", 1), note=note),
        Row(id="bookings.seconds", value=found["seconds"], unit="s"),
    ]


def ledger() -> list[Row]:
    """Ten thousand delegations as a workbook; in a process of its own, with its own database."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.ledger", "--rows", "10000"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    found = json.loads(done.stdout.splitlines()[-1])
    return [
        at_most("ledger.export_10000_s", found["seconds"], "s", 2.0, note="slowest of 3"),
        Row(id="ledger.export_10000_cpu", value=found["cpu"], unit="s", note="most of 3"),
        exactly("ledger.rows_read_back", float(found["rows"]), "rows", 10_000),
    ]


def evidence() -> list[Row]:
    """Forged and clean packages before the stand-alone verifier, and its speed on 400 MB."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.evidence", "--forged", "2000", "--clean", "200"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    found = json.loads(done.stdout.splitlines()[-1])
    beside = f"{found['verify_mb_s']:.0f} MB/s beside sha256sum's {found['sha256sum_mb_s']:.0f}"
    return [
        exactly("evidence.caught", found["caught"], "%", 100.0, note="of 2000 forgeries"),
        exactly("evidence.named", found["named"], "%", 100.0, note=found["missed"]),
        exactly("evidence.false_alarms", found["alarms"], "", 0, note="of 200 clean packages"),
        at_least("evidence.speed", found["ratio"], "x sha256sum", 0.5, note=beside),
    ]


def _in_child(module: str, *words: str) -> dict[str, float]:
    """What a bench of its own process prints as its last line; RuntimeError with what it said."""
    done = subprocess.run(
        [sys.executable, "-m", module, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def admission() -> list[Row]:
    """A phone's photo taken in: digests compared, decoded in the child, kept, journalled."""
    found = _in_child("tests.bench.admission", "--photos", "20")
    note = f"{found['size_kb']:.0f} KB, 1920x1080; slowest {found['slowest_ms']:.0f} ms"
    return [at_most("admission.photo_ms", found["median_ms"], "ms", 60.0, note=note)]


def papers() -> list[Row]:
    """A record with forty photos, set in type and sealed by the bureau."""
    found = _in_child("tests.bench.papers", "--photos", "40")
    note = f"{found['size_mb']:.1f} MB; {found['sealing']} s of it the seal"
    return [
        at_most("papers.record_40_photos_s", found["seconds"], "s", 1.0, note=note),
        at_most(
            "papers.record_40_photos_mb",
            round(found["memory_mb"]),
            "MB",
            400.0,
            note=f"the whole process; {found['process_mb']:.0f} MB of it at rest",
        ),
    ]


BENCHES: dict[str, Callable[[], list[Row]]] = {
    "media": media,
    "relay": relayed,
    "pointing": pointing.rows,
    "entering": entering.rows,
    "start": entering.start_rows,
    "bookings": bookings,
    "ledger": ledger,
    "planning": planning.rows,
    "evidence": evidence,
    "admission": admission,
    "papers": papers,
}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", action="append", choices=list(BENCHES), default=[])
    given = options.parse_args()
    leave_on_signals()
    rows: list[Row] = []
    for name, measure in BENCHES.items():
        if given.only and name not in given.only:
            rows.append(not_taken(name, "left out by --only"))
            continue
        sys.stdout.write(f"{name}: {(measure.__doc__ or '').splitlines()[0]}\n")
        sys.stdout.flush()
        try:
            rows += [replace(row, machine=machine()) for row in measure()]
        except Exception as error:  # noqa: BLE001  a figure that could not be taken is a row, too
            rows.append(not_taken(name, repr(error)))
    return report([replace(row, seed=media_cost.SEED) for row in rows], Path(FILE))


if __name__ == "__main__":
    sys.exit(main())
