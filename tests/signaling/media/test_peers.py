"""Peers that come late, vanish, come back, are slow or are refused."""

import asyncio
import io
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from aiortc import RTCPeerConnection
from PIL import Image

from signaling.media.config import EngineConfig
from signaling.media.engine import MediaEngine
from signaling.media.errors import (
    CodecUnsupported,
    DiskFull,
    MediaRefused,
    OfferInvalid,
    PeerUnknown,
    RoomFull,
    RoomUnknown,
    SourceUnknown,
)
from signaling.media.events import (
    RECORDING,
    AlarmCause,
    GapCause,
    LostReason,
    MediaEvent,
    PeerConnected,
    PeerLost,
    PeerRecovered,
    PeerWeak,
    RecordingAlarm,
    SegmentClosed,
)
from tests.signaling.media.peers import NumberedCamera, Stage, Voice, new_pc, until, utc_now
from tests.support.footage import read_strip


async def test_a_late_viewer_sees_a_picture_at_once_without_waiting_for_a_scheduled_key_frame(
    stage: Stage,
) -> None:
    camera = NumberedCamera()
    await stage.publish("li", camera, Voice())
    await until(lambda: len(camera.sent) > 40, what="frames")
    watcher = await stage.watch("wang", "li")
    await until(lambda: bool(watcher.numbers), what="picture")
    assert watcher.first_picture - watcher.offered < 2.5
    assert watcher.numbers[0] is not None
    assert watcher.numbers[0] >= 40


async def test_a_viewer_may_subscribe_before_the_source_is_connected(stage: Stage) -> None:
    await stage.publish("li", Voice())
    watcher = await stage.watch("wang", "li")
    await until(lambda: watcher.audio > 10, what="sound")


async def test_audio_alone_is_recorded(stage: Stage) -> None:
    await stage.publish("wang", Voice())
    await until(lambda: stage.engine._rooms["r1"].source("wang").frames_received > 60)
    (source,) = (await stage.engine.close_room("r1")).sources
    assert source.balanced
    assert source.segments[0].width == 0
    assert sum(s.audio_frames for s in source.segments) == source.frames_recorded


async def test_a_camera_that_changes_its_size_needs_no_new_agreement(stage: Stage) -> None:
    camera = NumberedCamera()
    await stage.publish("li", camera)
    watcher = await stage.watch("wang", "li")
    await until(lambda: len(watcher.numbers) > 20, what="pictures")
    camera.size = (180, 320)
    await until(lambda: (180, 320) in watcher.sizes, what="upright pictures")
    (source,) = (await stage.engine.close_room("r1")).sources
    assert source.balanced
    assert {(s.width, s.height) for s in source.segments} == {(320, 180), (180, 320)}


async def test_a_publisher_that_falls_silent_is_weak_then_lost_and_the_hole_is_named(
    tmp_path: Path,
) -> None:
    events: list[MediaEvent] = []
    config = replace(_config(tmp_path), weak_after_seconds=0.4, lost_after_seconds=1.2)
    stage = Stage(MediaEngine(config, events.append, now=utc_now), events)
    await stage.engine.open_room("r1")
    pc = await stage.publish("li", NumberedCamera(), Voice(), peer="li-1")
    room = stage.engine._rooms["r1"]
    await until(lambda: room.source("li").frames_received > 30)
    for transport in _sockets(pc):
        transport.close()  # the path is gone, nobody says goodbye
    await until(lambda: bool(stage.of(PeerWeak)), what="weak")
    await until(lambda: bool(stage.of(PeerLost)), what="lost")
    assert stage.of(PeerLost)[0].reason is LostReason.NO_PACKETS
    assert stage.of(PeerLost)[0].peer == "li-1"
    await until(lambda: bool(stage.of(SegmentClosed)), what="segment")
    await stage.publish("li", NumberedCamera(), Voice(), peer="li-2")
    await until(lambda: room.source("li").frames_received > 90)
    (source,) = (await stage.engine.close_room("r1")).sources
    holes = [g for g in source.gaps if g.cause is GapCause.PEER_LOST]
    assert len(holes) == 1
    assert (holes[0].ended_at - holes[0].started_at).total_seconds() > 1.0
    assert {s.peer for s in source.segments} == {"li-1", "li-2"}
    assert source.balanced
    await stage.close()


async def test_a_new_peer_of_a_member_takes_over_and_viewers_go_on(stage: Stage) -> None:
    await stage.publish("li", NumberedCamera(), Voice(), peer="li-1")
    watcher = await stage.watch("wang", "li")
    await until(lambda: len(watcher.numbers) > 20, what="pictures")
    await stage.publish("li", NumberedCamera(size=(180, 320)), Voice(), peer="li-2")
    await until(lambda: (180, 320) in watcher.sizes, what="pictures of the new peer")
    heard = watcher.audio
    await until(lambda: watcher.audio > heard + 20, what="sound of the new peer")
    lost = stage.of(PeerLost)
    assert [(p.peer, p.reason) for p in lost] == [("li-1", LostReason.REPLACED)]
    (source,) = (await stage.engine.close_room("r1")).sources
    assert source.balanced
    assert [g.cause for g in source.gaps if g.frames == 0] == [GapCause.RECONNECT]


async def test_a_path_that_comes_back_in_time_is_said_to_be_well_again(tmp_path: Path) -> None:
    events: list[MediaEvent] = []
    config = replace(_config(tmp_path), weak_after_seconds=0.3, lost_after_seconds=20.0)
    stage = Stage(MediaEngine(config, events.append, now=utc_now), events)
    await stage.engine.open_room("r1")
    camera, voice = NumberedCamera(), Voice()
    pc = await stage.publish("li", camera, voice)
    await until(lambda: stage.engine._rooms["r1"].source("li").frames_received > 30)
    connection = pc.getTransceivers()[0].receiver.transport.transport._connection
    pair = connection._nominated.pop(1)
    await until(lambda: bool(stage.of(PeerWeak)), what="weak")
    connection._nominated[1] = pair
    await until(lambda: bool(stage.of(PeerRecovered)), what="recovery")
    assert not stage.of(PeerLost)
    await stage.close()


async def test_a_track_that_brings_nothing_raises_an_alarm(stage: Stage) -> None:
    camera = NumberedCamera()
    camera.paused.clear()
    await stage.publish("li", camera, Voice())
    await until(lambda: bool(stage.of(RecordingAlarm)), what="alarm")
    alarm = stage.of(RecordingAlarm)[0]
    assert (alarm.cause, alarm.kind) == (AlarmCause.TRACK_SILENT, "video")
    assert len(stage.of(RecordingAlarm)) == 1


async def test_a_still_is_the_newest_recorded_picture(stage: Stage) -> None:
    camera = NumberedCamera()
    await stage.publish("li", camera)
    with pytest.raises(SourceUnknown):
        await stage.engine.grab_frame("r1", "nobody")
    await until(lambda: len(camera.sent) > 30, what="frames")
    still = Image.open(io.BytesIO(await stage.engine.grab_frame("r1", "li")))
    number = read_strip(still)
    assert still.size == (320, 180)
    assert number is not None
    assert camera.sent[-1] - 15 <= number <= camera.sent[-1]


async def test_the_recorder_is_a_visible_member_and_figures_are_those_of_the_call(
    stage: Stage,
) -> None:
    await stage.publish("li", NumberedCamera(), Voice())
    await stage.watch("wang", "li")
    await until(lambda: stage.engine._rooms["r1"].source("li").frames_received > 30)
    await stage.engine.stats("r1")
    await until(lambda: stage.engine._rooms["r1"].source("li").frames_received > 120)
    stats = await stage.engine.stats("r1")
    assert stats.members == (RECORDING, "li", "wang")
    publisher = next(p for p in stats.peers if p.peer == "li-up")
    assert (publisher.width, publisher.height) == (320, 180)
    assert 15 < publisher.fps < 45
    assert publisher.kbps > 10
    assert 0 < publisher.frames_recorded <= publisher.frames_received


async def test_a_peer_closed_on_request_is_not_called_lost(stage: Stage) -> None:
    await stage.publish("li", NumberedCamera())
    await until(lambda: bool(stage.of(PeerConnected)), what="connection")
    await stage.engine.close_peer("li-up")
    assert not stage.of(PeerLost)
    with pytest.raises(PeerUnknown):
        await stage.engine.close_peer("li-up")


async def test_a_browser_that_says_goodbye_is_lost_as_closed(stage: Stage) -> None:
    pc = await stage.publish("li", NumberedCamera())
    await until(lambda: stage.engine._rooms["r1"].source("li").frames_received > 5)
    await pc.close()
    await until(lambda: bool(stage.of(PeerLost)), what="farewell")
    assert stage.of(PeerLost)[0].reason is LostReason.CLOSED


async def test_what_cannot_be_done_is_refused_with_a_code(stage: Stage, tmp_path: Path) -> None:
    engine = stage.engine
    pc = new_pc()
    pc.addTransceiver("video", direction="sendonly")
    await pc.setLocalDescription(await pc.createOffer())
    good = pc.localDescription.sdp

    async def refused(kind: type[MediaRefused], sdp: str, room: str = "r1") -> None:
        with pytest.raises(kind) as caught:
            await engine.publish(room, "li", "li-1", sdp)
        assert caught.value.code

    await refused(RoomUnknown, good, room="r2")
    await refused(OfferInvalid, "v=0\r\nnonsense")
    await refused(OfferInvalid, "")
    await refused(OfferInvalid, good.replace("a=sendonly", "a=recvonly"))
    await refused(OfferInvalid, good.replace("a=ice-pwd:", "a=ice-nothing:"))
    await refused(CodecUnsupported, good.replace("VP8/90000", "VP7/90000"))
    with pytest.raises(OfferInvalid):
        await engine.subscribe("r1", "wang", "../escape", "w-1", good)
    with pytest.raises(RoomUnknown):
        await engine.stats("r2")
    with pytest.raises(OfferInvalid):
        await engine.open_room("../escape")
    assert not (await engine.stats("r1")).peers
    await pc.close()


async def test_a_room_holds_no_more_publishers_than_the_node_admits(tmp_path: Path) -> None:
    events: list[MediaEvent] = []
    engine = MediaEngine(replace(_config(tmp_path), max_publishers=1), events.append, now=utc_now)
    stage = Stage(engine, events)
    await engine.open_room("r1")
    await stage.publish("li", Voice())
    with pytest.raises(RoomFull):
        await stage.publish("wang", Voice())
    await stage.close()


async def test_no_recording_starts_on_a_disk_without_room(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    config = replace(_config(tmp_path), free_space_floor_bytes=free * 2)
    engine = MediaEngine(config, lambda _event: None, now=utc_now)
    with pytest.raises(DiskFull):
        await engine.open_room("r1")
    await engine.close()


def _config(folder: Path) -> EngineConfig:
    return EngineConfig(
        folder / "recordings",
        segment_seconds=2.0,
        host_addresses=("127.0.0.1",),
        free_space_floor_bytes=1 << 20,
    )


def _sockets(pc: RTCPeerConnection) -> list[asyncio.DatagramTransport]:
    connection = pc.getTransceivers()[0].receiver.transport.transport._connection
    return [protocol.transport for protocol in connection._protocols]
