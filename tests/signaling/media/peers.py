"""Real aiortc peers for the engine's tests: a camera with numbered frames, a voice, a viewer."""

import asyncio
import contextlib
import math
import os
import random
import socket
import time
from array import array
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from typing import TypeVar

import av
from aioice import stun
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from PIL import Image

from signaling.media.engine import MediaEngine
from signaling.media.events import MediaEvent
from tests.support.footage import draw_strip, read_strip

_E = TypeVar("_E")


def utc_now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


async def until(check: Callable[[], bool], seconds: float = 40.0, what: str = "condition") -> None:
    """Wait for a condition with a deadline; AssertionError names what never came."""
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, f"{what} did not come within {seconds} s"
        await asyncio.sleep(0.01)


def hello() -> bytes:
    """A made-up DTLS ClientHello."""
    return bytes([22, 254, 253]) + bytes(8) + (60).to_bytes(2, "big") + os.urandom(60)


def srtp_junk() -> bytes:
    """Something that looks like SRTP, or SRTCP, and is noise."""
    return bytes([0x80, random.choice([96, 97, 111, 200, 201, 206])]) + os.urandom(200)


def false_check() -> bytes:
    """A STUN binding request with made-up credentials."""
    request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
    request.attributes["USERNAME"] = f"{os.urandom(2).hex()}:{os.urandom(2).hex()}"
    request.attributes["PRIORITY"] = 1
    request.add_message_integrity(os.urandom(16))
    return bytes(request)


def ports_of(answer: str) -> set[int]:
    return {int(line.split(" ")[5]) for line in answer.splitlines() if "a=candidate:" in line}


class Stranger:
    """Somebody who throws made-up datagrams at every candidate, `rate` times a second."""

    def __init__(
        self, rate: int, make: Callable[[], bytes] = hello, address: str = "127.0.0.1"
    ) -> None:
        self.rounds = 0
        self._address = address
        self._pause = 1 / rate
        self._make = make
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._task: asyncio.Task[None] | None = None

    def flood(self, ports: Iterable[int]) -> None:
        self._task = asyncio.get_running_loop().create_task(self._throw(list(ports)))

    async def stop(self) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait([self._task])
        self._socket.close()

    async def _throw(self, ports: list[int]) -> None:
        while True:
            for port in ports:
                with contextlib.suppress(BlockingIOError):
                    self._socket.sendto(self._make(), (self._address, port))
            self.rounds += 1
            await asyncio.sleep(self._pause)


class NumberedCamera(MediaStreamTrack):
    """Pictures with a strip that carries their number."""

    kind = "video"

    def __init__(self, size: tuple[int, int] = (320, 180), fps: int = 30) -> None:
        super().__init__()
        self.size = size
        self.sent: list[int] = []
        self.paused = asyncio.Event()
        self.paused.set()
        self._fps = fps
        self._number = 0
        self._start = 0.0

    def resume(self) -> None:
        """Go on from now, at its own pace: what nobody asked for meanwhile is not made up for."""
        self._start = 0.0

    async def recv(self) -> av.VideoFrame:
        await self.paused.wait()
        if not self._start:
            self._start = time.monotonic() - self._number / self._fps
        due = self._start + self._number / self._fps
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        image = Image.new("RGB", self.size, (40, (self._number * 5) % 200, 120))
        draw_strip(image, self._number)
        frame: av.VideoFrame = av.VideoFrame.from_image(image).reformat(format="yuv420p")  # type: ignore[no-untyped-call]
        frame.pts = int(self._number * 90_000 / self._fps)
        frame.time_base = Fraction(1, 90_000)
        self.sent.append(self._number)
        self._number += 1
        return frame


class Voice(MediaStreamTrack):
    """A tone in 20 ms frames."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._start = 0.0
        self._count = 0

    async def recv(self) -> av.AudioFrame:
        if not self._start:
            self._start = time.monotonic()
        await asyncio.sleep(max(0.0, self._start + self._count * 0.02 - time.monotonic()))
        base = self._count * 960
        tone = array("h", (int(8000 * math.sin((base + i) * 0.0576)) for i in range(960)))
        frame = av.AudioFrame(format="s16", layout="mono", samples=960)
        frame.planes[0].update(tone.tobytes())
        frame.pts, frame.sample_rate, frame.time_base = base, 48_000, Fraction(1, 48_000)
        self._count += 1
        return frame


def new_pc() -> RTCPeerConnection:
    return RTCPeerConnection(RTCConfiguration(iceServers=[]))


async def negotiate(pc: RTCPeerConnection, ask: Callable[[str], Awaitable[str]]) -> str:
    await pc.setLocalDescription(await pc.createOffer())
    answer = await ask(pc.localDescription.sdp)
    await pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    return answer


@dataclass
class Watcher:
    """A subscribing peer that reads the number of every picture it decodes."""

    pc: RTCPeerConnection
    numbers: list[int | None] = field(default_factory=list)
    sizes: set[tuple[int, int]] = field(default_factory=set)
    audio: int = 0
    first_picture: float = 0.0
    offered: float = 0.0
    tasks: list["asyncio.Task[None]"] = field(default_factory=list)

    async def _drain(self, track: MediaStreamTrack) -> None:
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            if isinstance(frame, av.VideoFrame):
                self.first_picture = self.first_picture or time.monotonic()
                self.numbers.append(read_strip(frame))
                self.sizes.add((frame.width, frame.height))
            else:
                self.audio += 1

    async def close(self) -> None:
        await self.pc.close()
        for task in self.tasks:
            task.cancel()


@dataclass
class Stage:
    """An engine, what it reported, and the peers to close at the end."""

    engine: MediaEngine
    events: list[MediaEvent]
    peers: list[RTCPeerConnection] = field(default_factory=list)
    watchers: list[Watcher] = field(default_factory=list)

    def of(self, kind: type[_E]) -> list[_E]:
        return [e for e in self.events if isinstance(e, kind)]

    async def publish(
        self,
        member: str,
        *tracks: MediaStreamTrack,
        peer: str = "",
        room: str = "r1",
    ) -> RTCPeerConnection:
        pc = new_pc()
        self.peers.append(pc)
        for track in tracks:
            pc.addTransceiver(track, direction="sendonly")
        await negotiate(
            pc, lambda sdp: self.engine.publish(room, member, peer or f"{member}-up", sdp)
        )
        return pc

    async def watch(self, member: str, source: str, *, peer: str = "", room: str = "r1") -> Watcher:
        pc = new_pc()
        watcher = Watcher(pc)
        self.watchers.append(watcher)
        pc.on(
            "track",
            lambda track: watcher.tasks.append(asyncio.ensure_future(watcher._drain(track))),
        )
        pc.addTransceiver("audio", direction="recvonly")
        pc.addTransceiver("video", direction="recvonly")
        watcher.offered = time.monotonic()
        peer = peer or f"{member}-from-{source}"
        await negotiate(pc, lambda sdp: self.engine.subscribe(room, member, source, peer, sdp))
        return watcher

    async def close(self) -> None:
        for watcher in self.watchers:
            await watcher.close()
        for pc in self.peers:
            await pc.close()
        await self.engine.close()
