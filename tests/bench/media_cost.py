"""What a recorded and relayed call costs the server, beside aiortc's stock classes in the same run.

`python -m tests.bench.media_cost --json OUT [--seconds 15] [--kills 5]` drives a real headless
Chromium (publisher and late viewer, 1280×720 at 30 fps) against a server in a process of its own.
Rows: id, value, unit, target, baseline, seed, machine.
"""

import argparse
import asyncio
import json
import os
import platform
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from signaling.media.events import RecordingGap
from signaling.media.salvage import salvage_all
from tests.bench.bare_server import utc_now
from tests.bench.browser import chromium, open_page
from tests.support.footage import camera_mjpeg, microphone_wav

SEED = 20261122
CLIP = "bikes.mp4"
COST_TARGET = 15.0
LEAST_KBPS = 1500.0
TAIL_TARGET = 2.0
FIRST_PICTURE_TARGET = 2500.0


@dataclass(frozen=True)
class Row:
    """One measured figure; value is met when it is at most the target (None: for the record)."""

    id: str
    value: float
    unit: str
    target: float | None
    baseline: float | None
    seed: int
    machine: str


def machine() -> str:
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, {platform.machine()}, load {load:.1f} at the end"


class Server:
    """bare_server in a child process."""

    def __init__(self, mode: str, storage: Path, *, segment_seconds: float = 8.0) -> None:
        command = [sys.executable, "-m", "tests.bench.bare_server", "--mode", mode]
        self.process = subprocess.Popen(
            [*command, "--storage", str(storage), "--segment-seconds", str(segment_seconds)],
            stdout=subprocess.PIPE,
            text=True,
        )
        out = self.process.stdout
        self.port = int(out.readline()) if out is not None else 0

    async def get(self, path: str) -> dict[str, Any]:
        def fetch() -> dict[str, Any]:
            url = f"http://127.0.0.1:{self.port}{path}"
            with urllib.request.urlopen(url, timeout=30) as reply:
                answer: dict[str, Any] = json.load(reply)
            return answer

        return await asyncio.to_thread(fetch)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


@dataclass(frozen=True)
class Films:
    """Real footage as the camera, so that the encoder has some 2 Mbit/s to send."""

    camera: Path
    microphone: Path


@dataclass(frozen=True)
class Call:
    """One measured call."""

    cpu_percent: float
    first_picture_ms: float
    viewer_fps: float
    kbps: float
    freezes: int
    summary: dict[str, Any]


async def measure_call(mode: str, storage: Path, seconds: float, films: Films) -> Call:
    server = Server(mode, storage)
    try:
        async with chromium(films.camera, films.microphone) as browser:
            publisher = await open_page(browser, server.port)
            await publisher.evaluate("publish('li', 'li-1', 1280, 720, 30)")
            await asyncio.sleep(3)
            viewer = await open_page(browser, server.port)
            await viewer.evaluate("subscribe('wang', 'li', 'wang-1')")
            await viewer.wait_for_function("firstPictureMs() > 0", timeout=20_000)
            first = await viewer.evaluate("firstPictureMs()")
            await asyncio.sleep(2)
            before, seen = await server.get("/cpu"), await viewer.evaluate("figures()")
            sent = await publisher.evaluate("figures()")
            await asyncio.sleep(seconds)
            after, then = await server.get("/cpu"), await viewer.evaluate("figures()")
            sent_after = await publisher.evaluate("figures()")
            span = after["at"] - before["at"]
            # The stock recorder may fail to close its file; it has no books to ask for.
            summary = await server.get("/close") if mode == "ours" else {}
        return Call(
            cpu_percent=100 * (after["cpu"] - before["cpu"]) / span,
            first_picture_ms=first,
            viewer_fps=(then["decoded"] - seen["decoded"]) / span,
            kbps=(sent_after["bytes"] - sent["bytes"]) * 8 / 1000 / span,
            freezes=then["freezes"] - seen["freezes"],
            summary=summary,
        )
    finally:
        server.kill()


async def measure_kills(folder: Path, kills: int) -> list[float]:
    """Seconds between the kill and the last readable picture or sound, per kill."""
    chance = random.Random(SEED)
    tails: list[float] = []
    async with chromium() as browser:
        for number in range(kills):
            storage = folder / f"kill-{number}"
            server = Server("ours", storage)
            page = await open_page(browser, server.port)
            await page.evaluate("publish('li', 'li-1', 640, 360, 30)")
            await asyncio.sleep(4 + chance.random() * 9)
            killed_at = time.time()
            server.kill()
            await page.context.close()
            # A gap begins where the salvaged segment ends, or where one with nothing whole began.
            gaps = [e for e in salvage_all(storage, utc_now()) if isinstance(e, RecordingGap)]
            readable = [g.started_at.timestamp() for g in gaps]
            readable += [p.stat().st_mtime for p in storage.rglob("*.webm") if not gaps]
            tails.append(killed_at - max(readable))
    return tails


def rows_of(ours: Call, stock: Call, tails: list[float]) -> list[Row]:
    where = machine()
    (source,) = ours.summary["sources"]
    unaccounted = source["frames_received"] - source["frames_recorded"] - source["frames_in_gaps"]

    def row(name: str, value: float, unit: str, target: float | None, base: float | None) -> Row:
        rounded = None if base is None else round(base, 1)
        return Row(name, round(value, 2), unit, target, rounded, SEED, where)

    cost = (ours.cpu_percent, "% of a core", COST_TARGET, stock.cpu_percent)
    return [
        row("media.server_cost_720p30", *cost),
        row("media.publisher_rate", ours.kbps, "kbit/s", None, stock.kbps),
        # A starved browser makes any server look cheap: without this load the cost says nothing.
        row("media.load_short_by", max(0.0, LEAST_KBPS - ours.kbps), "kbit/s", 0.0, None),
        row("media.viewer_rate", ours.viewer_fps, "frames/s", None, stock.viewer_fps),
        row("media.viewer_freezes", ours.freezes, "freezes", None, stock.freezes),
        row("media.frames_received", source["frames_received"], "frames", None, None),
        row("media.frames_recorded", source["frames_recorded"], "frames", None, None),
        row("media.frames_unaccounted", abs(unaccounted), "frames", 0.0, None),
        row(
            "media.late_viewer_first_picture",
            ours.first_picture_ms,
            "ms",
            FIRST_PICTURE_TARGET,
            stock.first_picture_ms,
        ),
        row("media.kill_tail_lost_max", max(tails), "s", TAIL_TARGET, None),
        row("media.kill_tail_lost_mean", sum(tails) / len(tails), "s", None, None),
    ]


def _films(folder: Path) -> Films:
    return Films(camera_mjpeg(folder, clip=CLIP, frames=240), microphone_wav(folder))


async def run(seconds: float, kills: int) -> list[Row]:
    folder = Path(tempfile.mkdtemp(prefix="media-cost-"))
    try:
        films = await asyncio.to_thread(_films, folder)
        ours = await measure_call("ours", folder / "ours", seconds, films)
        stock = await measure_call("stock", folder / "stock", seconds, films)
        tails = await measure_kills(folder, kills)
        return rows_of(ours, stock, tails)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--json", type=Path, required=True)
    arguments.add_argument("--seconds", type=float, default=15.0)
    arguments.add_argument("--kills", type=int, default=5)
    given = arguments.parse_args()
    rows = asyncio.run(run(given.seconds, given.kills))
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(json.dumps([asdict(r) for r in rows], indent=2), encoding="utf-8")
    missed = 0
    for r in rows:
        met = r.target is None or r.value <= r.target
        missed += not met
        target = "" if r.target is None else f"  target ≤ {r.target}  {'met' if met else 'MISSED'}"
        base = "" if r.baseline is None else f"  stock {r.baseline}"
        sys.stdout.write(f"{r.id:36} {r.value:>10} {r.unit}{target}{base}\n")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
