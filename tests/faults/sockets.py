"""A client that never reads and one that floods, against the running web process."""

import asyncio
import re
import time

import httpx
import psutil  # type: ignore[import-untyped]

from tests.faults import media
from tests.faults.line import Line
from tests.support.product import Cluster
from tests.support.rows import Row, at_most, exactly
from tests.support.until import until_async

CASE = "KY-2026-000901"
ROUNDS = 400
GROWTH_MIB = 30.0
CLOSED_WITHIN = 10.0
ECHO_SECONDS = 0.2


async def rows(product: Cluster) -> list[Row]:
    """R12: what they cost, when they are closed, and what a good socket notices of it."""
    call = await media.arrange(product, CASE)
    try:
        web = psutil.Process(product.processes["web"].pid)
        before = _mib(web)
        deaf_after, echoes = await _never_reading(product, call)
        flood_after = await _flooding(product, call.li_line)
        return [
            at_most("faults.never_reading_closed_after", deaf_after, "s", CLOSED_WITHIN),
            at_most("faults.flooder_closed_after", flood_after, "s", CLOSED_WITHIN),
            at_most("faults.bad_sockets_memory", _mib(web) - before, "MiB", GROWTH_MIB),
            at_most("faults.good_socket_echo_p95", echoes, "s", ECHO_SECONDS),
            exactly(
                "faults.good_sockets_closed", float(call.wang_line.is_closed.done()), "sockets", 0
            ),
        ]
    finally:
        await call.close()


async def _never_reading(product: Cluster, call: media.Call) -> tuple[float, float]:
    """Much is said to a page that reads nothing; until it is closed, and a good socket's p95."""
    closed = _closed(product, "too_large")
    call.chen_line.transport.pause_reading()
    started = time.monotonic()
    echoes: list[float] = []
    for number in range(ROUNDS):
        if _closed(product, "too_large") > closed:
            break
        await asyncio.sleep(0.05)  # well below what a good client may send
        asked = time.monotonic()
        await call.wang_line.ask("chat.send", text=f"{number} " + "说" * 400)
        echoes.append(time.monotonic() - asked)
    after = time.monotonic() - started
    call.chen_line.transport.resume_reading()
    echoes.sort()
    return after, echoes[int(0.95 * (len(echoes) - 1))]


async def _flooding(product: Cluster, line: Line) -> float:
    """300 messages of half the size allowed, as fast as they go out."""
    closed = _closed(product, "flooded")
    started = time.monotonic()
    for number in range(300):
        if line.state != Line.STATE_OPEN:
            break
        line.tell({"type": "stats", "id": str(number), "padding": "x" * 32_000})
    await until_async(
        lambda: _closed(product, "flooded") > closed, seconds=60, what="the flooder's end"
    )
    return time.monotonic() - started


def _closed(product: Cluster, reason: str) -> float:
    """How many sockets the web process has closed for this reason."""
    text = httpx.get(f"{product.url}/metrics", timeout=30).text
    found = re.search(rf'fieldsvc_sockets_closed_total{{reason="{reason}"}} (\S+)', text)
    return float(found[1]) if found else 0.0


def _mib(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 2**20
