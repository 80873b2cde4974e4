"""How long good clients wait for their answers, seen from a process of their own.

In the process that floods, an answer would wait for the flood to be made. Child: address as its
argument, a ticket on each line of its input, an empty one after the last; it says `ready`, talks
until its input ends, and says what it found.
"""

import asyncio
import contextlib
import itertools
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass

import psutil  # type: ignore[import-untyped]

from tests.faults.line import Line, connect
from tests.faults.people import Person
from tests.faults.plan import share
from tests.support.processes import ROOT
from tests.support.product import Cluster

PAUSE = 0.5
REST = 4.0
KIND = 10
LONGEST_LINE = 2**24


@dataclass(frozen=True)
class Heard:
    """Seconds of each answer, sockets that broke, and who had the processor meanwhile."""

    took: list[float]
    failed: int
    note: str

    @property
    def p95(self) -> float:
        return share(self.took, 0.95)


async def while_(
    product: Cluster, people: list[Person], work: Callable[[], Awaitable[None]]
) -> Heard:
    """Do `work` while these people, each by a new socket, talk about twice a second.

    They begin a little before it: what an answer takes at rest is said beside the figure.
    This process steps back meanwhile: on a machine of two cores, what makes the flood would have
    the time that the server needs.
    """
    async with _talkers(product.url) as child:
        assert child.stdin and child.stdout
        tickets = [await one.ticket() for one in people]
        child.stdin.write("".join(f"{ticket}\n" for ticket in [*tickets, ""]).encode())
        async with asyncio.timeout(60):
            assert await child.stdout.readline() == b"ready\n"
        await asyncio.sleep(REST)
        began, web, here = time.monotonic(), _cpu(product.processes["web"].pid), _cpu(os.getpid())
        with _stepping_back():
            await work()
        took = time.monotonic() - began
        shares = [
            f"{100 * (_cpu(pid) - before) / took:.0f} %"
            for pid, before in ((product.processes["web"].pid, web), (os.getpid(), here))
        ]
        child.stdin.close()
        async with asyncio.timeout(90):
            found = json.loads(await child.stdout.readline())
            await child.wait()
    before = [took for at, took in found["took"] if at < began]
    meanwhile = [took for at, took in found["took"] if at >= began]
    note = (
        f"{len(meanwhile)} answers, p95 before it {share(before, 0.95):.3f} s; "
        f"of a core: web {shares[0]}, who floods {shares[1]}"
    )
    return Heard(meanwhile, found["failed"], note)


@contextlib.asynccontextmanager
async def _talkers(url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.echo", url),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
        limit=LONGEST_LINE,
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


def _cpu(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


@contextlib.contextmanager
def _stepping_back() -> Iterator[None]:
    usual = os.getpriority(os.PRIO_PROCESS, 0)
    os.setpriority(os.PRIO_PROCESS, 0, usual + KIND)
    try:
        yield
    finally:
        os.setpriority(os.PRIO_PROCESS, 0, usual)


async def _talk(line: Line, until: asyncio.Event, took: list[tuple[float, float]]) -> None:
    for number in itertools.count():
        if until.is_set():
            return
        asked = time.monotonic()
        await line.ask("focus.set", item=f"CY{number % 16 + 1:02d}")
        took.append((asked, time.monotonic() - asked))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PAUSE):
                await until.wait()


async def _main(url: str) -> None:
    tickets = [ticket.strip() for ticket in iter(sys.stdin.readline, "\n")]
    lines = [await connect(url, ticket) for ticket in tickets]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    over, took = asyncio.Event(), list[tuple[float, float]]()
    talking = [asyncio.create_task(_talk(line, over, took)) for line in lines]
    await asyncio.to_thread(sys.stdin.read)
    over.set()
    done, _ = await asyncio.wait(talking)
    for line in lines:
        line.hang_up()
    failed = sum(task.exception() is not None for task in done)
    sys.stdout.write(json.dumps({"took": took, "failed": failed}) + "\n")


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1]))
