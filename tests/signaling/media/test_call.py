"""Whole calls through the engine with real peers on 127.0.0.1."""

from signaling.media.events import PeerConnected, RecordingStarted
from signaling.media.probe import probe_segment
from tests.signaling.media.peers import NumberedCamera, Stage, Voice, until


async def test_two_viewers_see_every_picture_and_the_recording_holds_every_frame(
    stage: Stage,
) -> None:
    await stage.publish("li", NumberedCamera(), Voice())
    first = await stage.watch("wang", "li")
    second = await stage.watch("chen", "li")
    await until(lambda: len(first.numbers) > 90 and len(second.numbers) > 90, 60, "pictures")
    for watcher in (first, second):
        seen = [n for n in watcher.numbers if n is not None]
        assert len(seen) == len(watcher.numbers)
        assert seen == list(range(seen[0], seen[0] + len(seen)))
        assert watcher.audio > 50
    summary = await stage.engine.close_room("r1")
    (source,) = summary.sources
    assert source.balanced
    assert source.frames_received > 200
    assert len(stage.of(PeerConnected)) == 3
    assert len(stage.of(RecordingStarted)) == 1
    assert len(source.segments) >= 2
    for segment in source.segments:
        probe = probe_segment(segment.path)
        assert probe.decodable
        assert probe.video_frames == segment.video_frames
        assert (probe.width, probe.height) == (320, 180)
