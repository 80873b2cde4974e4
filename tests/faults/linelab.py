"""Real Chromiums, an engine that fits lines, and lines to narrow: namespaces, veth pairs, `tbf`."""

import asyncio
import itertools
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Page

from signaling.media.config import EngineConfig
from signaling.media.engine import MediaEngine
from signaling.media.errors import RoomUnknown, SourceUnknown
from signaling.media.events import MediaEvent, PublisherLevel, ViewerLevel
from tests.bench.bare_server import ROOM, BareServer, utc_now
from tests.bench.browser import EXECUTABLE, chromium, open_page

WIDE = 4000
QUEUE = "400ms"
START = time.monotonic()
NEVER = float("inf")
EASED_EVERY = 5  # as a page: every five seconds


@dataclass(frozen=True)
class Line:
    """A namespace with one line to the node; needs root."""

    name: str
    net: int

    @property
    def node(self) -> str:
        return f"10.203.{self.net}.1"

    def make(self) -> None:
        inside, outside = f"{self.name}-in", f"{self.name}-out"
        _run("ip", "netns", "add", self.name)
        _run("ip", "link", "add", outside, "type", "veth", "peer", "name", inside)
        _run("ip", "link", "set", inside, "netns", self.name)
        _run("ip", "addr", "add", f"{self.node}/24", "dev", outside)
        _run("ip", "link", "set", outside, "up")
        own = ("ip", "-n", self.name)
        _run(*own, "addr", "add", f"10.203.{self.net}.2/24", "dev", inside)
        _run(*own, "link", "set", inside, "up")
        _run(*own, "link", "set", "lo", "up")
        self.up(WIDE)
        self.down(WIDE)

    def up(self, kbps: int) -> None:
        """What the phone may send."""
        _narrow(("-n", self.name), f"{self.name}-in", kbps)

    def down(self, kbps: int) -> None:
        """What the phone may receive."""
        _narrow((), f"{self.name}-out", kbps)

    def remove(self) -> None:
        subprocess.run(["ip", "netns", "del", self.name], check=False)

    def chromium(self, folder: Path) -> str:
        """An executable that is Chromium at the far end of the line."""
        path = folder / f"chromium-{self.name}"
        path.write_text(f'#!/bin/sh\nexec ip netns exec {self.name} {EXECUTABLE} "$@"\n')
        path.chmod(0o755)
        return str(path)


def _run(*command: str) -> None:
    subprocess.run(command, check=True)


def _narrow(where: tuple[str, ...], device: str, kbps: int) -> None:
    burst = str(max(3000, kbps * 1000 // 8 // 100))
    rate = ("rate", f"{kbps}kbit", "burst", burst, "latency", QUEUE)
    _run("tc", *where, "qdisc", "replace", "dev", device, "root", "tbf", *rate)


@dataclass
class Lab:
    """An engine, what it said and when, and pages that do as they are told."""

    folder: Path
    footage: tuple[Path, Path]
    fit_lines: bool = True
    said: list[tuple[float, MediaEvent]] = field(default_factory=list)
    senders: dict[str, Page] = field(default_factory=dict)
    _obeyed: int = 0

    def __post_init__(self) -> None:
        config = EngineConfig(
            self.folder / "recordings", fit_lines=self.fit_lines, free_space_floor_bytes=1 << 24
        )
        self.engine = MediaEngine(config, self._hear, now=utc_now)
        self.server = BareServer(self.engine)

    def _hear(self, event: MediaEvent) -> None:
        self.said.append((time.monotonic(), event))
        if isinstance(event, PublisherLevel | ViewerLevel):
            at = time.monotonic() - START
            sys.stdout.write(f"  {at:6.1f} s  {event.member} {event.level}\n")

    def levels(self, member: str, since: float = 0.0) -> list[tuple[float, str]]:
        """Every level of a member after a moment, as publisher or viewer."""
        return [
            (at, event.level.value)
            for at, event in self.said
            if isinstance(event, PublisherLevel | ViewerLevel)
            and event.member == member
            and at >= since
        ]

    async def until_level(self, member: str, wanted: set[str], seconds: float) -> float:
        """Seconds from now until a member has one of the levels; infinite if it takes too long."""
        since = time.monotonic()
        while time.monotonic() < since + seconds:
            found = [at for at, level in self.levels(member, since) if level in wanted]
            if found:
                return found[0] - since
            await asyncio.sleep(0.2)
        return NEVER

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Lab"]:
        await self.engine.open_room(ROOM)
        await self.server.start("0.0.0.0")
        following = asyncio.ensure_future(self._follow())
        try:
            yield self
        finally:
            following.cancel()
            await asyncio.wait([following])
            if not following.cancelled() and following.exception() is not None:
                sys.stdout.write(f"  pages were not led to the end: {following.exception()!r}\n")
            await self.server.stop()
            await self.engine.close()

    @asynccontextmanager
    async def page(self, line: Line | None = None) -> AsyncIterator[Page]:
        """A page in a Chromium of its own, on this machine or at the far end of a line."""
        host = line.node if line is not None else "localhost"
        origin = f"http://{host}:{self.server.port}"
        executable = line.chromium(self.folder) if line is not None else EXECUTABLE
        flags = [f"--unsafely-treat-insecure-origin-as-secure={origin}"]
        async with chromium(*self.footage, executable=executable, more_flags=flags) as browser:
            yield await open_page(browser, self.server.port, host)

    async def publish(self, page: Page, member: str) -> None:
        await page.evaluate(f"publish('{member}', '{member}-up', 1280, 720, 30)")
        self.senders[member] = page

    async def _follow(self) -> None:
        """Pages send what they are told to, and tell what they believe of their line."""
        for turn in itertools.count():
            for _, event in self.said[self._obeyed :]:
                self._obeyed += 1
                if isinstance(event, PublisherLevel):
                    await self.senders[event.member].evaluate(f"obey('{event.level}')")
            for member, page in list(self.senders.items()):
                kbps = await page.evaluate("lineKbps()")
                if turn % EASED_EVERY == 0:
                    await page.evaluate("ease()")
                with suppress(SourceUnknown, RoomUnknown):
                    await self.engine.tell_rate(ROOM, member, kbps)
            await asyncio.sleep(1.0)


@asynccontextmanager
async def lines(*names: str) -> AsyncIterator[list[Line]]:
    """Namespaces that go away with the block."""
    made = [Line(f"{name}{os.getpid()}", 1 + place) for place, name in enumerate(names)]
    try:
        for line in made:
            line.make()
        yield made
    finally:
        for line in made:
            line.remove()
