"""What a relayed and recorded 720p30 call costs the engine, beside Janus under the same load.

`python -m tests.bench.relay [--seconds 15] [--calls 1,4,8] [--most 40] [--json OUT]`. Without
Janus on the machine its rows, and the comparison, are not met.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from tests.bench.relay_load import Call, run_calls
from tests.bench.relay_servers import JANUS, Engine, Janus, Server
from tests.support.processes import ROOT, leave_on_signals
from tests.support.rows import Row, at_most, machine, not_taken, report

FILE = ROOT / "var" / "bench" / "relay.json"
WARM_UP = 4.0
LAG_LIMIT = 30.0
LATENCY_LIMIT = 3.0
MEMORY_LIMIT = 5.0
CALLS_WANTED = 30
MORE = 5
GENERATOR_LIMIT = 92.0


@dataclass(frozen=True)
class Figures:
    """One server under so many calls; generator_percent above some 90 makes the rest worthless."""

    calls: int
    cpu_percent: float  # of a core, all calls
    memory_mb: float
    lost: int
    delays_ms: list[float]
    generator_percent: float
    lags_ms: list[float]  # how late its timers were; none of a server that does not tell

    def delay(self, share: float) -> float:
        return sorted(self.delays_ms)[int(share * (len(self.delays_ms) - 1))]

    @property
    def lag_p99_ms(self) -> float:
        lags = sorted(self.lags_ms)
        return lags[int(0.99 * (len(lags) - 1))] if lags else 0.0


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


async def measure(server: Server, calls: list[Call], seconds: float) -> Figures:
    """CPU, memory, loss and delay over a stretch in which nothing else happens."""
    await run_calls(calls, WARM_UP)
    if isinstance(server, Engine):
        await server.ask(verb="lags")
    watched, own = psutil.Process(server.process.pid), psutil.Process()
    sent = sum(c.publisher.video_sent + c.publisher.audio_sent for c in calls)
    seen = sum(c.viewer.arrivals.video + c.viewer.arrivals.audio for c in calls)
    for call in calls:
        call.viewer.arrivals.delays.clear()
    cpu, mine, start = _cpu(watched), _cpu(own), time.monotonic()
    await run_calls(calls, seconds)
    span = time.monotonic() - start
    cpu, mine = _cpu(watched) - cpu, _cpu(own) - mine
    memory = watched.memory_info().rss / 1e6
    sent = sum(c.publisher.video_sent + c.publisher.audio_sent for c in calls) - sent
    delays = [d for c in calls for d in c.viewer.arrivals.delays]
    await asyncio.sleep(0.3)
    seen = sum(c.viewer.arrivals.video + c.viewer.arrivals.audio for c in calls) - seen
    lags = (await server.ask(verb="lags"))["lags"] if isinstance(server, Engine) else []
    return Figures(
        calls=len(calls),
        cpu_percent=100 * cpu / span,
        memory_mb=memory,
        # What was on its way at the beginning is seen without being counted as sent.
        lost=max(0, sent - seen),
        delays_ms=delays,
        generator_percent=100 * mine / span,
        lags_ms=lags,
    )


async def climb(
    make: Callable[[Path], Server], folder: Path, counts: list[int], seconds: float
) -> list[Figures]:
    """The same server under ever more calls."""
    server, out = make(folder), []
    calls: list[Call] = []
    try:
        for count in counts:
            await add_calls(server, calls, count)
            figures = await measure(server, calls, seconds)
            out.append(figures)
            _say(server.name, figures)
            if not _bears(figures):
                break
    finally:
        await close(calls)
        server.stop()
    return out


async def add_calls(server: Server, calls: list[Call], count: int) -> None:
    """As many calls as wished, their pictures spread over the time of one."""
    while len(calls) < count:
        calls.append(await server.call(len(calls), 0.033 * (len(calls) % 8) / 8))


async def close(calls: list[Call]) -> None:
    for call in calls:
        for side in (call.publisher, call.viewer):
            side.wire.close()
            await side.pc.close()


def _say(name: str, figures: Figures) -> None:
    sys.stdout.write(
        f"{name:8}{figures.calls:4} calls {figures.cpu_percent / figures.calls:6.2f} % each, "
        f"delay p50 {figures.delay(0.5):.2f} p95 {figures.delay(0.95):.2f} ms, "
        f"lost {figures.lost}, lag p99 {figures.lag_p99_ms:.1f} ms, "
        f"{figures.memory_mb:.0f} MB, generator {figures.generator_percent:.0f} %\n"
    )
    sys.stdout.flush()


def _bears(figures: Figures) -> bool:
    return (
        figures.lost == 0
        and figures.lag_p99_ms <= LAG_LIMIT
        and figures.generator_percent < GENERATOR_LIMIT
    )


def rows_of(ours: list[Figures], theirs: list[Figures]) -> list[Row]:
    base = {f.calls: f for f in theirs}
    rows = []
    for figures in ours:
        if figures.calls > 8:
            continue
        other = base.get(figures.calls)
        each = figures.cpu_percent / figures.calls
        name = f"relay.cpu_per_call_at_{figures.calls}"
        if other is None:
            rows.append(not_taken(name, "no baseline: janus is not installed, or failed"))
            continue
        cost = other.cpu_percent / other.calls
        row = at_most(name, each, "% of a core", cost, note="target: Janus in the same run")
        rows.append(replace(row, baseline=round(cost, 3)))
        if figures.calls == 8:
            late = at_most("relay.delay_p95_at_8", figures.delay(0.95), "ms", LATENCY_LIMIT)
            middle = Row(id="relay.delay_p50_at_8", value=round(figures.delay(0.5), 3), unit="ms")
            rows.append(replace(late, baseline=round(other.delay(0.95), 3)))
            rows.append(replace(middle, baseline=round(other.delay(0.5), 3)))
    first, eight = ours[0], next((f for f in ours if f.calls == 8), ours[-1])
    if eight.calls > first.calls:
        grown = (eight.memory_mb - first.memory_mb) / (eight.calls - first.calls)
        rows.append(at_most("relay.memory_per_call", grown, "MB", MEMORY_LIMIT))
    borne = max((f.calls for f in ours if _bears(f)), default=0)
    stopped = ours[-1]
    note = f"stopped at {stopped.calls}: lost {stopped.lost}, lag p99 {stopped.lag_p99_ms:.1f} ms"
    rows.append(
        Row(
            id="relay.calls_a_core_holds",
            value=borne,
            unit="calls",
            target=f">= {CALLS_WANTED}",
            met=borne >= CALLS_WANTED,
            note=f"{note}, generator {stopped.generator_percent:.0f} %",
        )
    )
    return rows


async def run(seconds: float, counts: list[int], most: int) -> list[Row]:
    folder = Path(tempfile.mkdtemp(prefix="relay-"))
    for name in ("janus", "engine"):
        await asyncio.to_thread((folder / name).mkdir)
    try:
        theirs: list[Figures] = []
        if JANUS is not None:
            theirs = await climb(Janus, folder / "janus", counts, seconds)
        further = list(range(max(counts) + MORE, most + 1, MORE))
        ours = await climb(Engine, folder / "engine", counts + further, seconds)
        return [replace(row, machine=machine()) for row in rows_of(ours, theirs)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=15.0)
    options.add_argument("--calls", default="1,4,8")
    options.add_argument("--most", type=int, default=40)
    options.add_argument("--json", type=Path, default=FILE)
    given = options.parse_args()
    leave_on_signals()
    counts = [int(count) for count in given.calls.split(",")]
    return report(asyncio.run(run(given.seconds, counts, given.most)), given.json)


if __name__ == "__main__":
    sys.exit(main())
