"""The engine alone: strangers at its ports before a call, its loop under many calls (S4, R17)."""

import asyncio
import tempfile
from pathlib import Path

from signaling.media.events import PeerConnected
from tests.bench.relay import Figures, add_calls, close, measure
from tests.bench.relay_load import Call
from tests.bench.relay_servers import Engine
from tests.faults.plan import Wish, share
from tests.faults.shapes import stage
from tests.signaling.media.peers import NumberedCamera, Stranger, negotiate, new_pc, ports_of
from tests.support.rows import Row, at_most, exactly
from tests.support.until import until_async

RUNS = 20
RATES = (10, 300)
SETUPS = ("actpass", "active")
PROMISED = "the promise is 3 calls at 720p15, 60 s"


def raced(_: Wish) -> list[Row]:
    """S4: made-up ClientHellos before the real one, both DTLS roles, at two rates."""
    kinds = [(rate, setup) for rate in RATES for setup in SETUPS]
    done = sum(asyncio.run(_raced(*kinds[run % len(kinds)])) for run in range(RUNS))
    note = f"{RUNS} runs, {' and '.join(map(str, RATES))} a second, both DTLS roles"
    return [exactly("S4.calls_set_up", done, "calls", RUNS, note=note)]


async def _raced(rate: int, setup: str) -> int:
    """One set-up under a flood that began before it; 1 when pictures came through."""
    stranger, pc = Stranger(rate), new_pc()
    pc.addTransceiver(NumberedCamera(), direction="sendonly")
    async with stage() as it:

        async def ask(sdp: str) -> str:
            sdp = sdp.replace("a=setup:actpass", f"a=setup:{setup}")
            answer = await it.engine.publish("r1", "li", "li-1", sdp)
            stranger.flood(ports_of(answer))
            await until_async(lambda: stranger.rounds > 2, seconds=20, what="the flood")
            return answer

        it.peers.append(pc)
        await negotiate(pc, ask)
        try:
            await until_async(lambda: bool(it.of(PeerConnected)), seconds=40, what="the call")
            source = it.engine._rooms["r1"].source("li")
            await until_async(lambda: source.frames_received > 5, seconds=40, what="pictures")
        except AssertionError:
            return 0
        finally:
            await stranger.stop()
    return 1


def responsive(wish: Wish) -> list[Row]:
    """R17: how late a timer of the media process is under calls that are recorded and relayed.

    The load is made in this process; what is measured is one of its own.
    """
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        seen = asyncio.run(_loaded(Path(folder), wish))
    cores = f"of a core: engine {seen.cpu_percent:.0f} %, load {seen.generator_percent:.0f} %"
    note = f"{wish.calls} calls at 720p30, {wish.seconds:g} s; {PROMISED}; {cores}"
    return [
        at_most("R17.lag_p99", share(seen.lags_ms, 0.99), "ms", 30, note=note),
        at_most("R17.lag_max", max(seen.lags_ms), "ms", 150),
        # Lags under a load that does not arrive would say nothing.
        exactly("R17.packets_lost", seen.lost, "packets", 0),
    ]


async def _loaded(folder: Path, wish: Wish) -> Figures:
    server = Engine(folder)
    calls: list[Call] = []
    try:
        await add_calls(server, calls, wish.calls)
        return await measure(server, calls, wish.seconds)
    finally:
        await close(calls)
        server.stop()
