"""The engine alone in a process, for many rooms: a line of JSON in, a line of JSON out.

`python -m tests.bench.relay_node --storage DIR` prints its port, then serves.
"""

import argparse
import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from signaling.media.config import EngineConfig
from signaling.media.engine import MediaEngine
from signaling.media.events import MediaEvent
from tests.bench.bare_server import utc_now

LAG_EVERY = 0.1


class Node:
    """Answers publish, subscribe, lags and close."""

    def __init__(self, storage: Path) -> None:
        config = EngineConfig(
            storage,
            host_addresses=("127.0.0.1",),
            free_space_floor_bytes=1 << 24,
            fit_lines=True,  # as the product has it: feedback of every packet's arrival
        )
        self.engine = MediaEngine(config, self._take, now=utc_now)
        self.lags: list[float] = []
        self.levels: list[str] = []

    def _take(self, event: MediaEvent) -> None:
        if type(event).__name__.endswith(("Level", "Alarm", "Lost")):
            self.levels.append(repr(event))

    async def watch_lag(self) -> None:
        while True:
            due = time.monotonic() + LAG_EVERY
            await asyncio.sleep(LAG_EVERY)
            self.lags.append((time.monotonic() - due) * 1000)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            reply = await self._carry_out(json.loads(line))
            writer.write(json.dumps(reply).encode() + b"\n")
            await writer.drain()
        writer.close()

    async def _carry_out(self, asked: dict[str, str]) -> dict[str, Any]:
        room = asked.get("room", "")
        match asked["verb"]:
            case "publish":
                await self.engine.open_room(room)
                return {"sdp": await self.engine.publish(room, "li", f"{room}-up", asked["sdp"])}
            case "subscribe":
                peer = f"{room}-down"
                return {"sdp": await self.engine.subscribe(room, "wang", "li", peer, asked["sdp"])}
            case "lags":
                lags, self.lags = self.lags, []
                return {"lags": lags, "levels": self.levels}
            case _:
                (source,) = (await self.engine.close_room(room)).sources
                frames = source.frames_received, source.frames_recorded, source.frames_in_gaps
                return {"frames": frames, "segments": len(source.segments)}


async def _main(storage: Path) -> None:
    node = Node(storage)
    server = await asyncio.start_server(node.serve, "127.0.0.1", 0, limit=1 << 20)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await node.watch_lag()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--storage", type=Path, required=True)
    asyncio.run(_main(arguments.parse_args().storage))
