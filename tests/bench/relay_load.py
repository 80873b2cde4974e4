"""Calls as cheap as they can be made: real ICE, DTLS and SRTP around made-up pictures.

A picture is a VP8 header and noise, in three temporal layers, 720p30 at some 1.5 Mbit/s, paced in
pairs every 5 ms as a browser does. Every video packet carries when it was sent, so that the viewer,
which lives on the same clock, knows how long it took.
"""

import asyncio
import os
import socket
import struct
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.rtcrtpparameters import RTCRtpCodecCapability
from aiortc.rtcrtpreceiver import RTCRtpReceiver
from aiortc.rtp import RtcpReceiverInfo, RtcpRrPacket, RtcpSenderInfo, RtcpSrPacket

from signaling.media import seam
from signaling.media.config import EngineConfig
from signaling.media.datagrams import Arrived, Outbox, Post
from signaling.media.ends import Tap
from signaling.media.mmsg import new_post
from signaling.media.pump import Pump
from signaling.media.rtp import header
from signaling.media.wire import Wire
from tests.support.until import until_async

Ask = Callable[[str], Awaitable[str]]

FPS = 30
LAYERS = (0, 2, 1, 2)
SIZES = (9_600, 5_000, 5_000, 5_000)
KEY_EVERY = 90
KEY_SIZE = 36_000
PIECE = 1_100
PAIR = 0.005
EXTENSION = 4
_NOISE = os.urandom(2 * KEY_SIZE)
_EXTENSION = struct.Struct("!HHBHB")
_STAMP = struct.Struct("!Q")
POST = new_post()


def with_feedback(sdp: str) -> str:
    """The offer as a browser makes it: numbered packets, feedback of their arrival."""
    lines = []
    for line in sdp.split("\r\n"):
        lines.append(line)
        if line.startswith("a=mid:"):
            lines.append(f"a=extmap:{EXTENSION} {seam.TRANSPORT_CC}")
        elif line.startswith("a=rtpmap:") and "/90000" in line and "rtx" not in line:
            lines.append(f"a=rtcp-fb:{line[9:].split(' ')[0]} transport-cc")
    return "\r\n".join(lines)


def codecs(kind: str) -> list[RTCRtpCodecCapability]:
    wanted = ("video/vp8", "video/rtx") if kind == "video" else ("audio/opus",)
    known = RTCRtpReceiver.getCapabilities(kind)
    return [c for c in known.codecs if c.mimeType.lower() in wanted] if known is not None else []


def new_peer(direction: str) -> RTCPeerConnection:
    """A peer connection whose media side is ours."""
    pc = seam.new_peer_connection(EngineConfig(Path()))
    for kind in ("audio", "video"):
        transceiver = pc.addTransceiver(kind, direction=direction)
        transceiver.setCodecPreferences(codecs(kind))
        seam.silence(transceiver)
    return pc


async def connected(pc: RTCPeerConnection) -> None:
    await until_async(lambda: pc.connectionState == "connected", seconds=40, what="a connection")


@dataclass
class Arrivals:
    """A viewer's tap: counts, and how long the last packet of each picture took."""

    video: int = 0
    audio: int = 0
    delays: list[float] = field(default_factory=list)
    highest: int = 0
    ssrc: int = 0

    def on_rtp(self, data: bytes, arrival: float) -> None:
        if len(data) < 400:
            self.audio += 1
            return
        self.video += 1
        self.highest, self.ssrc = (
            int.from_bytes(data[2:4], "big"),
            int.from_bytes(data[8:12], "big"),
        )
        self.delays.append((time.monotonic_ns() - _STAMP.unpack(data[-8:])[0]) / 1e6)

    def on_rtcp(self, data: bytes, arrival: float) -> None: ...
    def on_alive(self) -> None: ...


class SamplingPost:
    """Hands on the last packet of a picture; counts the others by what their outside tells.

    Thirty calls are to load the server under test, not the one who watches them arrive.
    """

    def __init__(self, arrivals: Arrivals) -> None:
        self.inbox = self
        self.memory, self.slots = POST.inbox.memory, POST.inbox.slots
        self._arrivals = arrivals

    def outbox(self) -> Outbox:
        return POST.outbox()

    def receive(self, own: socket.socket) -> list[Arrived]:
        return [self._sampled(n, one) for n, one in enumerate(POST.inbox.receive(own))]

    def _sampled(self, slot: int, one: Arrived) -> Arrived:
        size, stamp, source = one
        first, second = self.slots[slot][0], self.slots[slot][1]
        control, last = 191 < second < 224, second > 127
        if not 127 < first < 192 or control or (last and size > 400):
            return one
        if size > 400:
            self._arrivals.video += 1
        else:
            self._arrivals.audio += 1
        return 0, stamp, source


def line_of(pc: RTCPeerConnection, tap: Tap, post: Post) -> Wire:
    """A wire on a pump that waits for nothing: this side measures delays and adds none."""
    made = Wire(seam.transport_of(pc), tap, post=post)
    pump = Pump.of(asyncio.get_running_loop())
    pump.gather = pump.period = 0.0
    return made


@dataclass
class Ear:
    """A publisher's tap: hears feedback and counts what was asked for again."""

    control: int = 0
    wants_key: bool = False

    def on_rtp(self, data: bytes, arrival: float) -> None: ...
    def on_alive(self) -> None: ...

    def on_rtcp(self, data: bytes, arrival: float) -> None:
        self.control += 1
        if data[1] == 206 and data[0] & 31 == 1:
            self.wants_key = True


class Publisher:
    """One sending peer; `send_due` sends what time has come for."""

    def __init__(self, pc: RTCPeerConnection, offset: float) -> None:
        self.pc, self.ear = pc, Ear()
        self.wire = line_of(pc, self.ear, POST)
        audio, video = pc.getTransceivers()
        self._audio = (seam.payload_types(audio)[0], seam.send_ssrcs(audio)[0])
        self._video = (seam.payload_types(video)[0], seam.send_ssrcs(video)[0])
        self.video_sent = self.audio_sent = 0
        self._number = self._picture = self._tl0 = 0
        self._start = time.monotonic() + offset
        self._sounds = 0
        self._waiting: deque[tuple[float, bytes, int, int]] = deque()
        self._reported = 0.0

    def send_due(self, now: float) -> None:
        while self._start + self._picture / FPS <= now:
            self._frame(self._start + self._picture / FPS)
        while self._waiting and self._waiting[0][0] <= now:
            _, body, marker, stamp = self._waiting.popleft()
            self.video_sent += 1
            head = header(self._video[0], marker, self.video_sent, stamp, self._video[1])
            self._send(head, body + _STAMP.pack(time.monotonic_ns()))
        while self._start + self._sounds * 0.02 <= now:
            self._sounds += 1
            self.audio_sent += 1
            stamp = self._sounds * 960
            head = header(self._audio[0], 1, self.audio_sent, stamp, self._audio[1])
            self._send(head, _NOISE[:80])
        if now - self._reported >= 1:
            self._reported = now
            self._report()

    def _frame(self, due: float) -> None:
        at = self._picture % len(LAYERS)
        layer, size = LAYERS[at], SIZES[at]
        key = self._picture % KEY_EVERY == 0 or (self.ear.wants_key and layer == 0)
        if key:
            layer, size, self.ear.wants_key = 0, KEY_SIZE, False
        if layer == 0:
            self._tl0 += 1
        head = bytes((0xE0, 0x80 | self._picture >> 8 & 0x7F, self._picture & 0xFF))
        head += bytes((self._tl0 & 0xFF, layer << 6 | 0x20))
        tag = b"\x10\x02\x00\x9d\x01\x2a\x00\x05\xd0\x02" if key else b"\x11\x02\x00"
        data = tag + _NOISE[self._picture % KEY_SIZE :][: size - len(tag)]
        stamp = self._picture * 90_000 // FPS
        pieces = [data[i : i + PIECE] for i in range(0, size, PIECE)]
        if len(pieces[-1]) < 400:
            pieces[-2:] = [pieces[-2] + pieces[-1]] if len(pieces[-1]) < 100 else pieces[-2:]
        step = PAIR if not key else PAIR / 4
        for place, piece in enumerate(pieces):
            first = b"\x90" if place == 0 else b"\x80"
            body = first + head + piece.ljust(400, b"\x01")
            last = int(place == len(pieces) - 1)
            self._waiting.append((due + place // 2 * step, body, last, stamp))
        self._picture += 1

    def _send(self, head: bytes, body: bytes) -> None:
        self._number += 1
        extension = _EXTENSION.pack(0xBEDE, 1, EXTENSION << 4 | 1, self._number & 0xFFFF, 0)
        self.wire.send_rtp(bytes((0x90,)) + head[1:] + extension, body)

    def _report(self) -> None:
        ntp = int((time.time() + 2_208_988_800) * (1 << 32))
        for ssrc, stamp, count in (
            (self._video[1], self._picture * 90_000 // FPS, self.video_sent),
            (self._audio[1], self._sounds * 960, self.audio_sent),
        ):
            info = RtcpSenderInfo(ntp, stamp & 0xFFFFFFFF, count, count * 1000)
            self.wire.send_rtcp(bytes(RtcpSrPacket(ssrc, info)))


class Viewer:
    """One receiving peer."""

    def __init__(self, pc: RTCPeerConnection) -> None:
        self.pc, self.arrivals = pc, Arrivals()
        self.wire = line_of(pc, self.arrivals, SamplingPost(self.arrivals))
        self._reported = 0.0

    def report_due(self, now: float) -> None:
        if now - self._reported < 1:
            return
        self._reported = now
        seen = self.arrivals
        info = RtcpReceiverInfo(seen.ssrc, 0, 0, seen.highest, 0, 0, 0)
        self.wire.send_rtcp(bytes(RtcpRrPacket(1, [info])))


@dataclass
class Call:
    """A publisher and its one viewer."""

    publisher: Publisher
    viewer: Viewer


async def offer_publish(ask: Ask, offset: float) -> Publisher:
    pc = new_peer("sendonly")
    await pc.setLocalDescription(await pc.createOffer())
    answer = await ask(with_feedback(pc.localDescription.sdp))
    await pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    await connected(pc)
    return Publisher(pc, offset)


async def answer_watch(offer: str, tell: Callable[[str], Awaitable[None]]) -> Viewer:
    """A viewer to whom the server makes the offer, as Janus does."""
    pc = seam.new_peer_connection(EngineConfig(Path()))
    await pc.setRemoteDescription(RTCSessionDescription(offer, "offer"))
    for transceiver in pc.getTransceivers():
        transceiver.setCodecPreferences(codecs(transceiver.kind))
        seam.silence(transceiver)
    await pc.setLocalDescription(await pc.createAnswer())
    await tell(pc.localDescription.sdp)
    await connected(pc)
    return Viewer(pc)


async def offer_watch(ask: Ask) -> Viewer:
    pc = new_peer("recvonly")
    await pc.setLocalDescription(await pc.createOffer())
    answer = await ask(pc.localDescription.sdp)
    await pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    await connected(pc)
    return Viewer(pc)


async def run_calls(calls: list[Call], seconds: float) -> None:
    """Keep all calls going for a while."""
    end = time.monotonic() + seconds
    while (now := time.monotonic()) < end:
        for call in calls:
            call.publisher.send_due(now)
            call.viewer.report_due(now)
        await asyncio.sleep(0.002)
