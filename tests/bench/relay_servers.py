"""The two servers under the same load: the engine, and Janus (Debian's package) as the baseline."""

import asyncio
import itertools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Protocol

import httpx

from tests.bench.relay_load import Call, answer_watch, offer_publish, offer_watch
from tests.support import compose
from tests.support.processes import free_port, listening
from tests.support.product import SECRETS
from tests.support.until import until

JANUS = shutil.which("janus")
_PLUGINS = Path("/usr/lib/x86_64-linux-gnu/janus/plugins")
_TRANSPORTS = _PLUGINS.with_name("transports")


class Server(Protocol):
    """One process that relays and records."""

    name: str
    process: subprocess.Popen[str]

    async def call(self, number: int, offset: float) -> Call: ...
    def stop(self) -> None: ...


class Engine:
    """tests.bench.relay_node."""

    name = "engine"

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.relay_node", "--storage", str(folder)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **_memory()},
        )
        self._port = int(self.process.stdout.readline()) if self.process.stdout else 0

    async def ask(self, **asked: str) -> dict[str, Any]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 22)
        writer.write(json.dumps(asked).encode() + b"\n")
        reply: dict[str, Any] = json.loads(await reader.readline())
        writer.close()
        return reply

    async def call(self, number: int, offset: float) -> Call:
        room = f"room-{number}"

        async def publish(sdp: str) -> str:
            return str((await self.ask(verb="publish", room=room, sdp=sdp))["sdp"])

        async def subscribe(sdp: str) -> str:
            return str((await self.ask(verb="subscribe", room=room, sdp=sdp))["sdp"])

        return Call(await offer_publish(publish, offset), await offer_watch(subscribe))

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


def _memory() -> dict[str, str]:
    """How a media node's memory is given out, as docker-compose.yml states it."""
    values = {**SECRETS, "PUBLIC_URL": "https://example.invalid"}
    (media,) = compose.services(values, ("media",))
    return {name: media.environment[name] for name in ("PYTHONMALLOC", "GLIBC_TUNABLES")}


class Janus:
    """Videoroom with recording on, reached over its HTTP interface on loopback only."""

    name = "janus"

    def __init__(self, folder: Path) -> None:
        if JANUS is None:
            raise FileNotFoundError("janus is not installed")
        self._port, self._recordings = free_port(), folder
        self._numbers = itertools.count()
        config = _write_config(folder, self._port)
        self.process = subprocess.Popen(
            [JANUS, "-F", str(config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        until(lambda: listening(self._port), seconds=30, what="janus")
        self._http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{self._port}", timeout=40)

    async def _post(self, path: str, **body: object) -> dict[str, Any]:
        body["transaction"] = str(next(self._numbers))
        reply: dict[str, Any] = (await self._http.post(f"/janus{path}", json=body)).json()
        return reply

    async def _attach(self) -> str:
        session = (await self._post("", janus="create"))["data"]["id"]
        plugin = "janus.plugin.videoroom"
        handle = (await self._post(f"/{session}", janus="attach", plugin=plugin))["data"]["id"]
        return f"/{session}/{handle}"

    async def _ask(
        self, path: str, body: dict[str, object], jsep: dict[str, str] | None = None
    ) -> dict[str, Any]:
        more = {"jsep": jsep} if jsep else {}
        reply = await self._post(path, janus="message", body=body, **more)
        while reply["janus"] != "success" and reply["janus"] != "event":
            session = path.split("/")[1]
            reply = (await self._http.get(f"/janus/{session}", params={"maxev": 1})).json()
        return reply

    async def call(self, number: int, offset: float) -> Call:
        room, feed = 5000 + number, 100 + number
        up = await self._attach()
        create = {"request": "create", "room": room, "videocodec": "vp8", "bitrate": 3_000_000}
        await self._ask(up, {**create, "record": True, "rec_dir": str(self._recordings)})
        await self._ask(up, {"request": "join", "ptype": "publisher", "room": room, "id": feed})

        async def publish(sdp: str) -> str:
            wish: dict[str, object] = {"request": "publish"}
            reply = await self._ask(up, wish, {"type": "offer", "sdp": sdp})
            return str(reply["jsep"]["sdp"])

        publisher = await offer_publish(publish, offset)
        down = await self._attach()
        offer = await self._offer(down, {"room": room, "streams": [{"feed": feed}]})

        async def start(sdp: str) -> None:
            await self._ask(down, {"request": "start"}, {"type": "answer", "sdp": sdp})

        return Call(publisher, await answer_watch(offer, start))

    async def _offer(self, down: str, wanted: dict[str, object]) -> str:
        """Janus's offer of a feed: it knows of a feed a moment after its publisher is connected."""
        reply: dict[str, Any] = {}
        for _ in range(100):
            join = {"request": "join", "ptype": "subscriber", **wanted}
            reply = await self._ask(down, join)
            if "jsep" in reply:
                return str(reply["jsep"]["sdp"])
            await asyncio.sleep(0.1)
        raise ConnectionError(f"janus offers nothing: {reply}")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


def _write_config(folder: Path, port: int) -> Path:
    config = folder / "janus-config"
    config.mkdir(parents=True)
    (config / "janus.jcfg").write_text(
        f'general: {{ plugins_folder="{_PLUGINS}" transports_folder="{_TRANSPORTS}" '
        f'configs_folder="{config}" debug_level=2 }}\n'
        'nat: { ice_enforce_list="lo,127.0.0.1" ignore_mdns=true ice_lite=false }\n'
        + _all_but("plugins", _PLUGINS, "libjanus_videoroom.so")
        + _all_but("transports", _TRANSPORTS, "libjanus_http.so")
    )
    (config / "janus.plugin.videoroom.jcfg").write_text("general: {}\n")
    (config / "janus.transport.http.jcfg").write_text(
        f'general: {{ json="compact" base_path="/janus" http=true port={port} '
        'ip="127.0.0.1" https=false }\nadmin: { admin_http=false }\n'
    )
    return config


def _all_but(kind: str, folder: Path, kept: str) -> str:
    others = ",".join(sorted(p.name for p in folder.glob("*.so") if p.name != kept))
    return f'{kind}: {{ disable="{others}" }}\n'
