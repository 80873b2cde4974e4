"""Redis away for ten seconds, and the web process restarted, under calls that go on (R8, R9)."""

import asyncio
import random
import time
from dataclasses import dataclass, field

import httpx

from tests.faults.hall import Site, lines
from tests.faults.line import Line
from tests.faults.media import Call
from tests.faults.people import Person
from tests.faults.plan import SEED, Wish, share
from tests.faults.stretch import Stretch
from tests.support.product import answers
from tests.support.rows import Row, at_most, exactly
from tests.support.until import until_async

CALLS = 5
AWAY = 10.0
BACK_WITHIN = 5.0
SOCKETS = 20
FIRST_PAUSE, LONGEST_PAUSE, SPREAD = 0.3, 3.5, 0.3


@dataclass
class Acts:
    """What the hosts did while Redis was away, and what became of it."""

    said: list[str] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)

    async def say(self, line: Line, text: str) -> None:
        self.said.append(text)
        try:
            answer = await line.ask("chat.send", text=text)
        except (TimeoutError, ConnectionError):
            return
        if answer["type"] == "ack":
            self.acknowledged.add(text)

    def wrong(self, call: Call) -> int:
        """Acknowledged and not there, or there twice."""
        there = [one["text"] for one in call.wang_line.room["chat"]]
        mine = [text for text in self.said if text.startswith(call.case)]
        lost = sum(text in self.acknowledged and text not in there for text in mine)
        return lost + sum(there.count(text) > 1 for text in mine)


async def redis_away(site: Site, _: Wish) -> list[Row]:
    """R8: Redis is stopped for ten seconds in the middle of five calls."""
    calls = await site.hall.calls(CALLS)
    for call in calls:
        await call.flow()
    acts, watched = Acts(), [Stretch(call) for call in calls]
    await asyncio.sleep(2.0)
    await asyncio.to_thread(site.product.stop_broker)
    gone = time.monotonic()
    saying = [
        asyncio.create_task(acts.say(call.wang_line, f"{call.case} {n}"))
        for n in range(4)
        for call in calls
    ]
    await asyncio.sleep(max(0.0, gone + AWAY - time.monotonic()))
    await asyncio.to_thread(site.product.revive_broker)
    back = time.monotonic()
    usable = await asyncio.gather(*(_usable(call, acts, back) for call in calls))
    await asyncio.wait(saying)
    await asyncio.sleep(5.0)
    closed = sum(not line.alive for line in lines(calls))
    await asyncio.gather(*(one.end() for one in watched))
    lost = sum([await one.lost() for one in watched])
    wrong = sum(acts.wrong(call) for call in calls)
    note = f"{len(acts.acknowledged)} of {len(acts.said)} actions acknowledged"
    return [
        exactly("R8.recorded_frames_lost", lost, "frames", 0, note=f"{CALLS} calls, {AWAY:g} s"),
        exactly("R8.sockets_closed", closed, "sockets", 0),
        at_most("R8.usable_after_return_max", max(usable), "s", BACK_WITHIN),
        exactly("R8.actions_lost_or_doubled", wrong, "actions", 0, note=note),
    ]


async def _usable(call: Call, acts: Acts, back: float) -> float:
    """Seconds from Redis's return until everybody in the room sees what is said in it."""
    text = f"{call.case} back"
    while text not in acts.acknowledged:
        await acts.say(call.wang_line, text)
        acts.said.remove(text) if text not in acts.acknowledged else None
    for line in call.lines:
        await line.state_where(lambda s: any(one["text"] == text for one in s["chat"]))
    return time.monotonic() - back


async def web_restarts(site: Site, _: Wish) -> list[Row]:
    """R9: the web process is told to end, then killed; twenty sockets come back on their own."""
    calls = await site.hall.calls(-(-SOCKETS // 3))
    chance = random.Random(SEED)
    await calls[0].flow()
    watched = Stretch(calls[0])
    await asyncio.sleep(3.0)
    late: list[float] = []
    outages = []
    for end in (site.product.processes["web"].stop, lambda: site.product.kill("web")):
        took, outage = await _restart(site, calls, end, chance)
        late += took
        outages.append(outage)
    await asyncio.sleep(3.0)
    await watched.end()
    lost = await watched.lost()
    note = f"2 x {len(calls) * 3} sockets, from when the process listens; it was away " + (
        " and ".join(f"{one:.1f} s" for one in outages)
    )
    return [
        exactly("R9.recorded_frames_lost", lost, "frames", 0, note="SIGTERM, then SIGKILL"),
        at_most("R9.rejoined_p95", share(late, 0.95), "s", BACK_WITHIN, note=note),
        exactly("R9.not_rejoined", 2 * 3 * len(calls) - len(late), "sockets", 0),
    ]


async def _restart(
    site: Site, calls: list[Call], end: object, chance: random.Random
) -> tuple[list[float], float]:
    """End the web process, start it again; when each socket was in the room again after that."""
    assert callable(end)
    product = site.product
    stopped = time.monotonic()
    await asyncio.to_thread(end)
    people = [p for call in calls for p in (call.applicant, call.wang, call.chen)]
    coming = [asyncio.create_task(_come_back(p, chance.random())) for p in people]
    await asyncio.to_thread(product.revive, "web")
    await until_async(lambda: answers(product.url), seconds=120, what="the web process")
    listens = time.monotonic()
    done, late = await asyncio.wait(coming, timeout=60)
    for task in late:
        task.cancel()
    came = [task.result() for task in done if task.exception() is None]
    for call in calls:
        for name, person in (("li", call.applicant), ("wang", call.wang), ("chen", call.chen)):
            line = next((line for who, line, _ in came if who is person), None)
            if line is not None:
                setattr(call, f"{name}_line", line)
    return [max(0.0, at - listens) for _, _, at in came], listens - stopped


async def _come_back(person: Person, luck: float) -> tuple[Person, Line, float]:
    """As the page does it: 0.3, 0.6, 1.2 … 3.5 s, each with some chance, always a new ticket."""
    pause, chance = FIRST_PAUSE, random.Random(luck)
    while True:
        await asyncio.sleep(pause * (1 + SPREAD * (2 * chance.random() - 1)))
        try:
            return person, await person.again(), time.monotonic()
        except (httpx.TransportError, OSError, TimeoutError, AssertionError):
            pause = min(LONGEST_PAUSE, 2 * pause)
