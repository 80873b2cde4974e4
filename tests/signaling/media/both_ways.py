"""One hard call through the whole packet path, told in digests: the same, compiled or interpreted.

`python -m tests.signaling.media.both_ways FOLDER` prints one line of JSON.
"""

import asyncio
import hashlib
import json
import random
import struct
import sys
from dataclasses import dataclass, field
from pathlib import Path

from aiortc.rtp import (
    RTCP_PSFB_APP,
    RTCP_RTPFB_NACK,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSenderInfo,
    RtcpSrPacket,
    pack_remb_fci,
)

from signaling.media import native
from signaling.media.forward import SendTerms, Viewer
from signaling.media.ingress import Publisher, TrackTerms
from signaling.media.rtp import Packet, header
from signaling.media.sink import Kind
from tests.signaling.media.layered import layered_packets
from tests.signaling.media.rawlegs import ORIGIN, STEP, Rig, Sent

SEED = 20261123
UP = (TrackTerms(Kind.VIDEO, 96, 97, 7, 8, 1), TrackTerms(Kind.AUDIO, 111, 0, 8, 0, 2))
DOWN = (SendTerms(Kind.VIDEO, 100, 101, 21, 22), SendTerms(Kind.AUDIO, 111, 0, 23, 0))


@dataclass
class Said:
    """An outlet that keeps a digest of what it was given, and how much that was."""

    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    count: int = 0
    backlog_bytes: int = 0
    overflowed: int = 0

    def send_rtp(self, head: bytes, body: bytes) -> None:
        self.send_rtcp(head + body)

    def send_rtcp(self, packet: bytes) -> None:
        self.count += 1
        self.digest.update(packet)

    def told(self) -> tuple[int, str]:
        return self.count, self.digest.hexdigest()


class Call:
    """A publisher, its recorder and a viewer on one clock, with a line that does its worst."""

    def __init__(self, folder: Path) -> None:
        self.chance = random.Random(SEED)
        self.rig = Rig(folder)
        self.up, self.down = Said(), Said()
        self.publisher = Publisher("p", UP, mono=self._mono, transport_cc_id=4, led=True)
        self.publisher.wire = self.up
        self.viewer = Viewer("v", DOWN, mono=self._mono, fitted=True)
        self.publisher.attach([self.viewer, self.rig.recorder])
        self.viewer.open(self.down)
        self.number = 0

    def _mono(self) -> float:
        return self.rig.mono

    def line(self, sent: list[Sent]) -> list[tuple[float, Sent, bool]]:
        """When each arrives: lost, late, doubled, or as a repeat half a second later."""
        out: list[tuple[float, Sent, bool]] = []
        for one in sent:
            at, luck = one.packet.arrival, self.chance.random()
            if luck < 0.05:
                if luck < 0.04 and one.kind is Kind.VIDEO:
                    out.append((at + 0.2, one, True))
                continue
            out.append((at + (0.03 if luck < 0.10 else 0.0), one, False))
            if luck > 0.98:
                out.append((at + 0.01, one, False))
        return sorted(out, key=lambda due: due[0])

    def take(self, sent: Sent, at: float, *, again: bool) -> None:
        packet, video = sent.packet, sent.kind is Kind.VIDEO
        self.number += 1
        extension = bytes((0xBE, 0xDE, 0, 1, 4 << 4 | 1)) + self.number.to_bytes(2, "big") + b"\0"
        payload_type, ssrc, body = (96, 7, packet.payload) if video else (111, 8, packet.payload)
        if again:
            payload_type, ssrc, body = 97, 8, packet.sequence.to_bytes(2, "big") + body
        head = header(payload_type, packet.marker, packet.sequence, packet.timestamp, ssrc)
        self.publisher.on_rtp(bytes((0x90,)) + head[1:] + extension + body, at)

    async def run(self, sent: list[Sent]) -> None:
        for at, one, again in self.line(sent):
            while self.rig.mono + STEP <= at:
                self.tick()
                await self.rig.pass_time(STEP)
            self.take(one, at, again=again)

    def tick(self) -> None:
        mono, step = self.rig.mono, round(self.rig.mono / STEP)
        self.publisher.tick(mono)
        self.viewer.tick(mono)
        if step % 20 == 0:
            info = RtcpSenderInfo(step << 24, round(mono * 90_000) & 0xFFFFFFFF, step, step)
            self.publisher.on_rtcp(bytes(RtcpSrPacket(7, info)), mono)
        if step % 5 == 0:
            self.answer(mono, step)

    def answer(self, mono: float, step: int) -> None:
        """The viewer's: reports, repeats it wants, and an estimate that falls and rises."""
        last = self.down.count
        loss = 60 if step % 100 > 60 else 0
        block = RtcpReceiverInfo(21, loss, last * loss // 256, last, 5, 0, 0)
        remb = pack_remb_fci(200_000 if loss else 3_000_000, [21])
        wanted = sorted({self.chance.randrange(1, 0xFFFF) for _ in range(3)} | {last & 0xFFFF})
        for message in (
            RtcpRrPacket(1, [block]),
            RtcpPsfbPacket(RTCP_PSFB_APP, 1, 0, remb),
            RtcpRtpfbPacket(RTCP_RTPFB_NACK, 1, 21, wanted),
        ):
            self.viewer.on_rtcp(bytes(message), mono)


def filmed(seconds: int) -> list[Sent]:
    """Made-up pictures with true heads, another size half-way, and sounds beside them."""
    chance, out = random.Random(SEED), []
    for number in range(seconds * 30):
        key, width = number % 45 == 0, 1280 if number < seconds * 15 else 640
        head = b"\x10\x02\x00\x9d\x01\x2a" + struct.pack("<HH", width, 720)
        data = (head if key else b"\x11\x02\x00") + chance.randbytes(chance.randrange(300, 4000))
        pieces = [data[at : at + 1100] for at in range(0, len(data), 1100)]
        for place, piece in enumerate(pieces):
            index, last = 1000 + len(out), int(place == len(pieces) - 1)
            body = (b"\x10" if place == 0 else b"\x00") + piece
            packet = Packet(96, last, index & 0xFFFF, number * 3000, 7, body, 0)
            packet.arrival = ORIGIN + number / 30
            out.append(Sent(Kind.VIDEO, packet))
    for number in range(seconds * 50):
        packet = Packet(111, 1, number, number * 960, 8, chance.randbytes(60), 0)
        packet.arrival = ORIGIN + number * 0.02
        out.append(Sent(Kind.AUDIO, packet))
    return sorted(out, key=lambda sent: sent.packet.arrival)


def layered(count: int) -> list[Sent]:
    packets = layered_packets(count, gop=60)
    for packet in packets:
        packet.arrival += 20.0
    return [Sent(Kind.VIDEO, packet) for packet in packets]


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {f"{f.relative_to(folder)}": hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


async def told(folder: Path) -> dict[str, object]:
    call = Call(folder / "real")
    await call.run(filmed(12))
    summary = await call.rig.recorder.close(call.rig.mono, call.publisher.frames_received)
    thin = Call(folder / "thin")
    thin.publisher.attach([thin.viewer])
    thin.rig.mono = ORIGIN + 20.0
    await thin.run(layered(600))
    return {
        "compiled": native.in_use(),
        "files": digests(folder),
        "lines": [one.told() for one in (call.up, call.down, thin.up, thin.down)],
        "books": [summary.frames_received, summary.frames_recorded, summary.frames_in_gaps],
        "events": [repr(event).replace(str(folder), "") for event in call.rig.events],
        "viewer": [thin.viewer.level, thin.viewer.packets, thin.viewer.packets_dropped],
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(told(Path(sys.argv[1])))) + "\n")
