"""The least HTTP that lets a browser, or an aiortc peer, reach an engine: for bench and tests only.

`python -m tests.bench.bare_server --mode ours --storage DIR` prints its port, then serves.
"""

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from signaling.media.config import EngineConfig
from signaling.media.engine import MediaEngine
from signaling.media.errors import MediaRefused
from signaling.media.events import MediaEvent
from tests.bench.stock_engine import StockEngine

PAGE = Path(__file__).with_name("page.html")
ROOM = "r1"
Reply = tuple[int, str, bytes]


def utc_now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


class BareServer:
    """Serves the page, /publish, /subscribe, /cpu, /stats and /close for one room."""

    def __init__(self, engine: MediaEngine | StockEngine) -> None:
        self.engine = engine
        self._server: asyncio.Server | None = None
        self.port = 0

    async def start(self, host: str = "127.0.0.1") -> int:
        self._server = await asyncio.start_server(self._serve, host, 0)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self.port

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = (await reader.readline()).decode().split(" ")
            length = 0
            while (line := await reader.readline()) not in (b"\r\n", b""):
                name, _, value = line.decode().partition(":")
                if name.lower() == "content-length":
                    length = int(value)
            body = (await reader.readexactly(length)).decode()
            status, kind, payload = await self._answer(request[1], body)
            head = (
                f"HTTP/1.1 {status} -\r\nContent-Type: {kind}\r\nContent-Length: {len(payload)}\r\n"
            )
            writer.write(head.encode() + b"Connection: close\r\n\r\n" + payload)
            await writer.drain()
        finally:
            writer.close()

    async def _answer(self, target: str, body: str) -> Reply:
        url = urlsplit(target)
        query = {k: v[0] for k, v in parse_qs(url.query).items()}
        routes: dict[str, Callable[[dict[str, str], str], Awaitable[Reply]]] = {
            "/": self._page,
            "/publish": self._publish,
            "/subscribe": self._subscribe,
            "/cpu": self._cpu,
            "/stats": self._stats,
            "/close": self._close,
        }
        route = routes.get(url.path)
        if route is None:
            return 404, "text/plain", b""
        try:
            return await route(query, body)
        except MediaRefused as refusal:
            return 409, "text/plain", refusal.code.encode()

    async def _page(self, _query: dict[str, str], _body: str) -> Reply:
        return 200, "text/html; charset=utf-8", PAGE.read_bytes()

    async def _publish(self, query: dict[str, str], body: str) -> Reply:
        sdp = await self.engine.publish(ROOM, query["member"], query["peer"], body)
        return 200, "application/sdp", sdp.encode()

    async def _subscribe(self, query: dict[str, str], body: str) -> Reply:
        sdp = await self.engine.subscribe(
            ROOM, query["member"], query["source"], query["peer"], body
        )
        return 200, "application/sdp", sdp.encode()

    async def _cpu(self, _query: dict[str, str], _body: str) -> Reply:
        used = os.times()
        figures = {"cpu": used.user + used.system, "at": time.monotonic()}
        return 200, "application/json", json.dumps(figures).encode()

    async def _stats(self, _query: dict[str, str], _body: str) -> Reply:
        stats = asdict(await self.engine.stats(ROOM))
        return 200, "application/json", json.dumps(stats).encode()

    async def _close(self, _query: dict[str, str], _body: str) -> Reply:
        summary = asdict(await self.engine.close_room(ROOM))
        return 200, "application/json", json.dumps(summary, default=str).encode()


async def _main(mode: str, storage: Path, segment_seconds: float) -> None:
    engine: MediaEngine | StockEngine
    if mode == "stock":
        engine = StockEngine(storage)
    else:
        config = EngineConfig(storage, segment_seconds, free_space_floor_bytes=1 << 24)
        engine = MediaEngine(config, _ignore, now=utc_now)
    await engine.open_room(ROOM)
    server = BareServer(engine)
    sys.stdout.write(f"{await server.start()}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def _ignore(_event: MediaEvent) -> None:
    return


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--mode", choices=("ours", "stock"), default="ours")
    arguments.add_argument("--storage", type=Path, required=True)
    arguments.add_argument("--segment-seconds", type=float, default=8.0)
    given = arguments.parse_args()
    asyncio.run(_main(given.mode, given.storage, given.segment_seconds))
