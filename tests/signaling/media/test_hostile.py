"""Offers and packets made to break things: refused by code, never by accident."""

import os
import random
from pathlib import Path

import pytest

from signaling.media.errors import MediaRefused
from signaling.media.events import GapCause
from signaling.media.forward import SendTerms, Viewer
from signaling.media.ingress import Publisher, TrackTerms
from signaling.media.segments import next_number
from signaling.media.sink import Kind
from tests.signaling.media.peers import (
    NumberedCamera,
    Stage,
    Stranger,
    false_check,
    hello,
    negotiate,
    new_pc,
    ports_of,
    srtp_junk,
    until,
)
from tests.signaling.media.test_forward import FakeLeg, FakeOutlet


def spoil(sdp: str, chance: random.Random) -> str:
    """Delete, cut, repeat or garble up to three lines."""
    lines = sdp.split("\r\n")
    for _ in range(chance.randint(1, 3)):
        at, way = chance.randrange(len(lines)), chance.randrange(5)
        line = lines[at]
        if way == 0 and len(lines) > 1:
            del lines[at]
        elif way == 1:
            lines[at] = line[: chance.randrange(len(line) + 1)]
        elif way == 2:
            lines.insert(at, chance.choice(lines))
        elif way == 3 and line:
            place = chance.randrange(len(line))
            lines[at] = line[:place] + chr(chance.randrange(32, 1000)) + line[place + 1 :]
        else:
            lines[at] = line.replace(" ", " 99999999999999 ", 1)
    return "\r\n".join(lines)


async def test_a_spoiled_offer_is_answered_or_refused_and_leaves_no_peer(stage: Stage) -> None:
    pc = new_pc()
    pc.addTransceiver("audio", direction="sendonly")
    pc.addTransceiver("video", direction="sendonly")
    await pc.setLocalDescription(await pc.createOffer())
    chance = random.Random(1)
    answered = refused = 0
    for number in range(200):
        try:
            offer = spoil(pc.localDescription.sdp, chance)
            await stage.engine.publish("r1", "li", f"p{number}", offer)
        except MediaRefused as refusal:
            assert refusal.code in ("offer_invalid", "codec_unsupported")
            refused += 1
        else:
            await stage.engine.close_peer(f"p{number}")
            answered += 1
    assert answered > 20
    assert refused > 20
    assert not (await stage.engine.stats("r1")).peers
    await pc.close()


async def test_a_flood_in_mid_call_costs_no_frame_and_no_picture(stage: Stage) -> None:
    offered: list[str] = []
    pc = new_pc()
    stage.peers.append(pc)
    camera = NumberedCamera()
    pc.addTransceiver(camera, direction="sendonly")

    async def ask(sdp: str) -> str:
        offered.append(await stage.engine.publish("r1", "li", "li-1", sdp))
        return offered[0]

    await negotiate(pc, ask)
    watcher = await stage.watch("wang", "li")
    await until(lambda: len(watcher.numbers) > 10, 40, "pictures")
    strangers = [Stranger(200, make) for make in (hello, srtp_junk, false_check)]
    for stranger in strangers:
        stranger.flood(ports_of(offered[0]))
    wire, seen = stage.engine._rooms["r1"].peers["li-1"].wire, len(watcher.numbers)
    await until(lambda: wire.refused_datagrams > 200, 40, "the flood")
    await until(lambda: len(watcher.numbers) > seen + 30, 40, "pictures under the flood")
    for stranger in strangers:
        await stranger.stop()
    (source,) = (await stage.engine.close_room("r1")).sources
    assert source.balanced
    assert not [g for g in source.gaps if g.cause is GapCause.PACKET_LOSS]
    numbers = [n for n in watcher.numbers if n is not None]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


@pytest.mark.parametrize("seed", range(3))
def test_noise_in_the_clear_breaks_neither_publisher_nor_viewer(seed: int) -> None:
    chance = random.Random(seed)
    terms = [TrackTerms(Kind.VIDEO, 97, 98, 0, 0, 5), TrackTerms(Kind.AUDIO, 111, 0, 0, 0, 6)]
    publisher = Publisher("p", terms, abs_send_time_id=3, mono=lambda: 1.0, led=True)
    send = (SendTerms(Kind.VIDEO, 97, 98, 1111, 2222),)
    viewer = Viewer("v", send, mono=lambda: 1.0)
    viewer.open(FakeOutlet())
    viewer.on_leg(FakeLeg())
    publisher.attach([viewer])
    for _ in range(3000):
        body = chance.randbytes(chance.randrange(60))
        payload_type = chance.choice([97, 98, 111, 0, 127])
        publisher.on_rtp(bytes([chance.choice([0x80, 0x90, 0xB0, 0xA0]), payload_type]) + body, 1.0)
        kind = chance.choice([200, 201, 202, 203, 205, 206])
        words = len(body) // 4
        control = bytes([0x80 | chance.randrange(32), kind]) + words.to_bytes(2, "big") + body
        publisher.on_rtcp(control, 1.0)
        viewer.on_rtcp(control, 1.0)
        publisher.tick(2.0)
        viewer.tick(2.0)
    assert publisher.malformed > 0


def test_a_marker_in_place_of_a_segment_keeps_its_number_taken(tmp_path: Path) -> None:
    (tmp_path / "000004.stored").touch()
    (tmp_path / "000002.webm").write_bytes(os.urandom(3))
    assert next_number(tmp_path) == 5
