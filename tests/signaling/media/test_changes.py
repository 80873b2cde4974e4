"""What a sender may change in the middle: size, way up, SSRC (test_recorder), codec."""

from pathlib import Path

import pytest

from signaling.media.events import GapCause
from signaling.media.items import LegStart
from signaling.media.probe import probe_segment
from signaling.media.sink import Kind
from tests.signaling.media.encoded import audio_frames, video_frames
from tests.signaling.media.layered import layered_packets
from tests.signaling.media.test_ingress import AUDIO, Desk
from tests.signaling.media.test_segmenter import BOTH, Recording, merged

H264 = 102


@pytest.mark.parametrize("size", [(180, 320), (640, 360), (160, 90)])
def test_another_size_begins_a_segment_at_its_key_frame_and_loses_nothing(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    recording = Recording(tmp_path, segment_seconds=60)
    changed = video_frames(30, size=size, at=101.0, rtp=90_000)
    recording.frames(merged([*video_frames(30), *changed], audio_frames(100)))
    recording.finish()
    assert [(s.width, s.height) for s in recording.segments] == [(320, 180), size]
    assert [probe_segment(s.path).decoded_pictures for s in recording.segments] == [30, 30]
    assert (recording.recorded, recording.in_gaps, recording.gaps) == (160, 0, [])


def test_a_new_offer_with_other_codecs_begins_a_segment_and_the_hole_is_named(
    tmp_path: Path,
) -> None:
    """There is no renegotiation: another codec is another peer, here one of sound alone."""
    recording = Recording(tmp_path, segment_seconds=60)
    recording.frames(merged(video_frames(30), audio_frames(50)))
    recording.feed([LegStart("p2", frozenset({Kind.AUDIO}))])
    recording.frames(audio_frames(50, at=103.0, rtp=5_000_000))
    recording.feed([LegStart("p3", BOTH)])
    recording.frames(merged(video_frames(30, at=105.0), audio_frames(50, at=105.0)))
    recording.finish()
    found = [(s.peer, s.width, s.video_frames, s.audio_frames) for s in recording.segments]
    assert found == [("p1", 320, 30, 50), ("p2", 0, 0, 50), ("p3", 320, 30, 50)]
    assert [gap.cause for gap in recording.gaps] == [GapCause.RECONNECT] * 2


def test_a_codec_that_was_not_agreed_goes_neither_to_viewers_nor_into_the_recording() -> None:
    desk, packets = Desk(), layered_packets(4)
    for packet in packets:
        desk.take(packet, payload_type=H264)
    desk.take(packets[0], payload_type=AUDIO + 1)
    assert desk.heard.packets == []
    for packet in packets:
        desk.take(packet)
    assert len(desk.heard.packets) == len(packets)
    assert desk.heard.legs == 1
