"""Clients that never read, that flood, that idle, on the running web process (R10, R12, S3)."""

import asyncio
import re
import time

import httpx
import psutil  # type: ignore[import-untyped]

from tests.faults import echo
from tests.faults.hall import Site, lines
from tests.faults.line import Line, open_socket
from tests.faults.media import Call
from tests.faults.plan import Wish
from tests.signaling.media.peers import Stranger, false_check, hello, ports_of, srtp_junk
from tests.support.product import Cluster
from tests.support.rows import Row, at_most, exactly
from tests.support.until import until_async

# The line's end is no loopback address: the figures are shown to who has this.
METRICS_TOKEN = "only-for-this-run-of-the-faults-0123456789"
CALLS = 5
BAD = 50
HEAVY = 32_000
MUCH = 80
GROWTH_MIB = 30.0
CLOSED_WITHIN = 10.0
ECHO_SECONDS = 0.2
FLOOD_ECHO_SECONDS = 0.5
FLOOD_SECONDS = 30.0
FLOOD_RATE = 500
IDLERS = 20
PROMISED_IDLE = 600.0


class Memory:
    """How far the web process grows while something goes on, seen ten times a second."""

    def __init__(self, product: Cluster) -> None:
        self._process = psutil.Process(product.processes["web"].pid)
        self._before = self.highest = self._mib()

    def _mib(self) -> float:
        return float(self._process.memory_info().rss) / 2**20

    async def watch(self) -> None:
        while True:
            self.highest = max(self.highest, self._mib())
            await asyncio.sleep(0.1)

    @property
    def growth(self) -> float:
        return self.highest - self._before


async def bounded(site: Site, _: Wish) -> list[Row]:
    """R12: deaf clients and flooders by the dozen; what they cost and what good ones notice."""
    calls = await site.hall.calls(CALLS)
    memory = Memory(site.product)
    watching = asyncio.create_task(memory.watch())
    found: list[float] = []

    async def misbehave() -> None:
        found.append(await _never_reading(site.product, calls))
        found.append(await _flooding(site.product, calls))

    try:
        heard = await echo.while_(site.product, [call.wang for call in calls], misbehave)
    finally:
        watching.cancel()
        for call in calls:
            call.chen_line.hang_up()
    note = f"{CALLS} deaf, {BAD - CALLS} flooders (300 x 32 kB each), {CALLS} good"
    return [
        at_most("R12.never_reading_closed_after", found[0], "s", CLOSED_WITHIN, note=note),
        at_most("R12.flooders_closed_after", found[1], "s", CLOSED_WITHIN),
        at_most("R12.web_memory_growth", memory.growth, "MiB", GROWTH_MIB, note="peak"),
        at_most("R12.good_socket_echo_p95", heard.p95, "s", ECHO_SECONDS, note=heard.note),
        exactly("R12.good_sockets_failed", heard.failed, "sockets", 0),
    ]


async def _never_reading(product: Cluster, calls: list[Call]) -> float:
    """陈勘验 reads nothing while much is said; seconds until the last of them is closed."""
    closed = await _closed(product, "too_large")
    for number in range(MUCH):
        await _say(calls, number)
    for call in calls:
        call.chen_line.be_quiet()
        call.chen_line.transport.pause_reading()
    started = time.monotonic()
    for number in range(400):
        if await _closed(product, "too_large") >= closed + len(calls):
            return time.monotonic() - started
        await _say(calls, number)
    raise TimeoutError("a client that never reads was not closed")


async def _say(calls: list[Call], number: int) -> None:
    """Well below what a good client may send; the room's state grows by every line of it."""
    said = [call.li_line.ask("chat.send", text=f"{number} " + "说" * 400) for call in calls]
    await asyncio.gather(*said)
    await asyncio.sleep(0.05)


async def _flooding(product: Cluster, calls: list[Call]) -> float:
    """300 messages of half the size allowed from each, as fast as they go out."""
    strangers = [await open_socket(product.url) for _ in range(BAD - 2 * len(calls))]
    bad = [*(call.li_line for call in calls), *strangers]
    started = time.monotonic()
    await asyncio.gather(*(_pour(line, 300) for line in bad))
    return time.monotonic() - started


async def _pour(line: Line, count: int) -> None:
    """Say so much, whatever comes back; returns when the server has closed it."""
    line.be_quiet()
    for number in range(count):
        if not line.alive:
            return
        line.tell({"type": "stats", "id": str(number), "padding": "x" * HEAVY})
        await asyncio.sleep(0)
    await until_async(lambda: not line.alive, seconds=60, what="a flooder's end")


async def flooded(site: Site, wish: Wish) -> list[Row]:
    """S3: one client says 500 things a second, strangers throw junk at the media port."""
    calls = await site.hall.calls(CALLS)
    seconds = min(FLOOD_SECONDS, wish.seconds)
    quiet, loud = calls[0], calls[1]
    await quiet.flow()
    strangers = [
        Stranger(200, make, site.product.address) for make in (hello, srtp_junk, false_check)
    ]
    began, sent_before = time.time(), len(quiet.camera.sent)
    for stranger in strangers:
        stranger.flood(ports_of(quiet.answer))
    poured = 0

    async def flood() -> None:
        nonlocal poured
        poured = await _insist(loud, seconds)

    try:
        good = [call.wang for call in calls if call is not loud]
        heard = await echo.while_(site.product, good, flood)
    finally:
        for stranger in strangers:
            await stranger.stop()
    ended = time.time()
    sent = len(quiet.camera.sent) - sent_before
    gaps = await quiet.gaps_between(began, ended)
    await quiet.hang_up()
    note = f"{poured} messages in {seconds:g} s, {strangers[0].rounds * 3} datagrams, {sent} frames"
    note = f"{note}; {heard.note}"
    return [
        at_most("S3.good_socket_echo_p95", heard.p95, "s", FLOOD_ECHO_SECONDS, note=note),
        exactly("S3.good_sockets_failed", heard.failed, "sockets", 0),
        exactly("S3.recording_gaps", gaps, "gaps", 0),
    ]


async def _insist(call: Call, seconds: float) -> int:
    """Flood, be closed, come back at once, for as long as it takes; messages sent."""
    until, sent = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        if not call.li_line.alive:
            call.li_line = await call.applicant.again()
        for _ in range(FLOOD_RATE // 20):
            call.li_line.tell({"type": "stats", "id": str(sent)})
            sent += 1
        await asyncio.sleep(0.05)
    return sent


async def idle(site: Site, wish: Wish) -> list[Row]:
    """R10: sockets that say nothing at all; the server's pings are all they answer."""
    calls = await site.hall.calls(-(-IDLERS // 3))
    idlers = lines(calls)[:IDLERS]
    for line in idlers:
        line.be_quiet()
    await asyncio.sleep(wish.idle)
    closed = sum(not line.alive for line in idlers)
    for line in idlers:
        if line.alive:
            line.beat()
    note = f"{IDLERS} sockets, {wish.idle:g} s" + (
        "" if wish.idle >= PROMISED_IDLE else f"; scaled, the promise is {PROMISED_IDLE:g} s"
    )
    return [exactly("R10.idle_sockets_closed", closed, "sockets", 0, note=note)]


async def _closed(product: Cluster, reason: str) -> float:
    """How many sockets the web process has closed for this reason."""
    bearer = {"Authorization": f"Bearer {METRICS_TOKEN}"}
    async with httpx.AsyncClient(timeout=30) as client:
        answer = await client.get(product.metrics_url("web"), headers=bearer)
    text = answer.raise_for_status().text
    found = re.search(rf'fieldsvc_sockets_closed_total{{reason="{reason}"}} (\S+)', text)
    return float(found[1]) if found else 0.0
