"""A hundred calls and a thousand sockets one after the other on the same processes (R18)."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass

import httpx
import psutil  # type: ignore[import-untyped]

from tests.faults.hall import Site
from tests.faults.line import Line
from tests.faults.people import Person
from tests.faults.plan import Wish
from tests.faults.sockets import METRICS_TOKEN
from tests.support.product import Cluster
from tests.support.rows import Row, at_most
from tests.support.until import until_async

WARM_UP_PART = 0.2
AT_ONCE = 3
SOCKETS_PER_CALL = 10
GROWTH_MIB = 20.0
PROMISED = 100


@dataclass(frozen=True)
class Held:
    """What a process holds of the machine, and the tasks of its event loop.

    Threads are those of no pool: a pool is full only once it had that much to do at one time.
    """

    mib: float
    threads: int
    files: int
    tasks: int

    @classmethod
    async def of(cls, product: Cluster, name: str) -> "Held":
        process = psutil.Process(product.processes[name].pid)
        rss = float(process.memory_info().rss) / 2**20
        told = await _told(product.metrics_url(name))
        threads = process.num_threads() - told("fieldsvc_pool_threads")
        return cls(rss, threads, process.num_fds(), told("fieldsvc_loop_tasks"))


async def _told(url: str) -> Callable[[str], int]:
    """The process's own figures by their names."""
    bearer = {"Authorization": f"Bearer {METRICS_TOKEN}"}
    async with httpx.AsyncClient(timeout=30) as client:
        text = (await client.get(url, headers=bearer)).raise_for_status().text

    def figure(name: str) -> int:
        found = re.search(rf"^{name} (\S+)", text, re.MULTILINE)
        if found is None:
            raise LookupError(f"{url} does not tell {name}")
        return int(float(found[1]))

    return figure


async def none(site: Site, wish: Wish) -> list[Row]:
    """R18: after the first fifth nothing may grow any more but a little memory."""
    calls = await site.hall.calls(AT_ONCE)
    # So that what grows with the load of one moment has grown before it is looked at.
    await asyncio.gather(*(call.flow() for call in calls))
    await asyncio.gather(*(call.hang_up() for call in calls))
    call = calls[0]
    warm = max(1, round(wish.rounds * WARM_UP_PART))
    before: dict[str, Held] = {}
    for number in range(wish.rounds):
        if number == warm:
            before = await _at_rest(site.product)
        await call.flow()
        await call.hang_up()
        for _ in range(SOCKETS_PER_CALL):
            await _in_and_out(call.chen)
    after = await _at_rest(site.product)
    await call.mend()
    scaled = "" if wish.rounds >= PROMISED else "; scaled, the promise is 100 and 1000"
    note = f"{wish.rounds} calls, {wish.rounds * SOCKETS_PER_CALL} sockets, {warm} warm-up{scaled}"
    rows = []
    for name, held in before.items():
        now = after[name]
        grown = at_most(f"R18.{name}_memory", now.mib - held.mib, "MiB", GROWTH_MIB, note=note)
        threads = at_most(f"R18.{name}_threads", now.threads - held.threads, "threads", 0)
        files = at_most(f"R18.{name}_files", now.files - held.files, "descriptors", 0)
        tasks = at_most(f"R18.{name}_tasks", now.tasks - held.tasks, "tasks", 0)
        rows += [grown, threads, files, tasks]
    return rows


async def _in_and_out(person: Person) -> None:
    line: Line = await person.again()
    line.be_quiet()
    line.transport.close()
    await until_async(lambda: not line.alive, seconds=40, what="the socket's end")


async def _at_rest(product: Cluster) -> dict[str, Held]:
    """What web and media hold once what was closed a moment ago is given back."""
    await asyncio.sleep(10.0)
    return {name: await Held.of(product, name) for name in ("web", "media")}
