"""A lossy path between the publisher and the node."""

import random

import pytest
from aiortc import RTCPeerConnection

from signaling.media.probe import probe_segment
from tests.signaling.media.peers import NumberedCamera, Stage, Voice, until


def lose(pc: RTCPeerConnection, share: list[float], seed: int) -> list[int]:
    """Drop a share of the outgoing RTP, retransmissions too; counts what was dropped."""
    transport = pc.getTransceivers()[0].sender.transport
    send, chance, dropped = transport._send_rtp, random.Random(seed), [0]

    async def lossy(data: bytes) -> None:
        control = 192 <= data[1] <= 208
        if not control and chance.random() < share[0]:
            dropped[0] += 1
            return
        await send(data)

    transport._send_rtp = lossy  # type: ignore[method-assign]
    return dropped


@pytest.mark.parametrize("share", [0.02, 0.10])
async def test_lost_packets_are_fetched_again_and_every_frame_is_recorded_or_named(
    stage: Stage, share: float
) -> None:
    camera = NumberedCamera()
    pc = await stage.publish("li", camera, Voice())
    watcher = await stage.watch("wang", "li")
    await until(lambda: len(watcher.numbers) > 5, what="pictures")
    path = [share]
    dropped = lose(pc, path, 5)
    await until(lambda: len(camera.sent) > 180, 60, "frames")
    path[0] = 0.0
    await until(lambda: len(camera.sent) > 215, 60, "frames after the loss")
    (source,) = (await stage.engine.close_room("r1")).sources
    assert dropped[0] > 3
    assert source.balanced
    assert source.frames_recorded >= 0.95 * source.frames_received
    video = sum(s.video_frames for s in source.segments)
    assert video >= 0.95 * len(camera.sent)
    assert all(probe_segment(s.path).decodable for s in source.segments)
    seen = [n for n in watcher.numbers if n is not None]
    assert seen == sorted(seen)
