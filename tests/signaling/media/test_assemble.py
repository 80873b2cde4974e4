"""Packets to frames under loss, repetition and disorder."""

import random
from collections import Counter

import pytest

from signaling.media.assemble import Assembled, AudioAssembler, Frame, Loss, VideoAssembler
from signaling.media.events import GapCause
from signaling.media.feedback import FrameCounter, LossTracker, nack_parts
from signaling.media.rtp import Packet, describe, header, parse, unwrap
from tests.signaling.media.encoded import pictures, video_packets


def run(packets: list[Packet]) -> list[Assembled]:
    assembler = VideoAssembler()
    out: list[Assembled] = []
    for packet in packets:
        out += assembler.add(packet)
        out += assembler.tick(packet.arrival)
    return out + assembler.tick(10_000.0) + assembler.finish()


def frames(items: list[Assembled]) -> list[bytes]:
    return [i.data for i in items if isinstance(i, Frame)]


def lost(items: list[Assembled]) -> int:
    return sum(i.frames for i in items if isinstance(i, Loss))


def test_packets_in_order_become_the_frames_that_were_sent() -> None:
    assert frames(run(video_packets(60))) == list(pictures(60))


def test_packets_in_disorder_become_the_same_frames() -> None:
    packets = video_packets(60)
    chance = random.Random(7)
    order = sorted(range(1, len(packets)), key=lambda n: n + chance.random() * 6)
    assert frames(run([packets[0], *(packets[n] for n in order)])) == list(pictures(60))


def test_a_line_that_never_keeps_order_for_a_second_costs_no_picture() -> None:
    chance, packets = random.Random(7), video_packets(120, per_packet=60)
    for packet in packets[1:]:
        packet.arrival += 0.1 + chance.random() * 0.1
    items = run(sorted(packets, key=lambda packet: packet.arrival))
    assert lost(items) == 0, "something was always missing, but nothing for long"
    assert frames(items) == list(pictures(120))


@pytest.mark.parametrize("seed", range(20))
def test_every_frame_of_which_a_packet_came_is_a_frame_or_a_named_loss(seed: int) -> None:
    chance = random.Random(seed)
    packets = [p for p in video_packets(120) if chance.random() > 0.03]
    order = sorted(range(len(packets)), key=lambda n: n + chance.random() * 4)
    came = FrameCounter()
    for packet in packets:
        came.add(packet.timestamp)
    items = run([packets[n] for n in order])
    assert len(frames(items)) + lost(items) == came.frames


def test_after_a_loss_nothing_comes_until_a_key_frame() -> None:
    packets = video_packets(60)
    gone = next(p for p in packets if p.timestamp == 10 * 3000)
    items = run([p for p in packets if p is not gone])
    kept = [i.timestamp // 3000 for i in items if isinstance(i, Frame)]
    assert kept == [*range(10), *range(30, 60)]
    assert {i.cause for i in items if isinstance(i, Loss)} == {GapCause.PACKET_LOSS}


def test_whole_pictures_behind_what_is_missing_at_the_end_are_kept_from_a_key_frame_on() -> None:
    packets = video_packets(60)
    gone = next(p for p in packets if p.timestamp == 25 * 3000)
    assembler = VideoAssembler()
    seen = [item for p in packets if p is not gone for item in assembler.add(p)]
    assert len(frames(seen)) == 25, "the missing packet is still waited for"
    items = seen + assembler.finish()
    kept = [i.timestamp // 3000 for i in items if isinstance(i, Frame)]
    assert kept == [*range(25), *range(30, 60)]
    assert len(kept) + lost(items) == len({p.timestamp for p in packets if p is not gone})


def test_a_missing_sound_is_skipped_and_named() -> None:
    assembler = AudioAssembler()
    out: list[Assembled] = []
    for n in (0, 1, 3, 4):
        packet = Packet(111, 1, n, n * 960, 5, b"opus", 0)
        packet.index, packet.arrival = n, n * 0.02
        out += assembler.add(packet)
    assert len(frames(out)) == 2
    out += assembler.tick(1.0)
    assert len(frames(out)) == 4
    assert [i.cause for i in out if isinstance(i, Loss)] == [GapCause.PACKET_LOSS]


def test_missing_packets_are_asked_for_again_and_given_up_after_a_second() -> None:
    tracker = LossTracker()
    assert tracker.add(10, 0.0) == []
    assert tracker.add(13, 0.0) == [11, 12]
    tracker.add(11, 0.01)
    assert tracker.due(0.03) == []
    assert tracker.due(0.1) == [12]
    assert tracker.due(1.5) == []
    assert tracker.due(1.6) == []


def test_what_is_missing_is_asked_for_often_at_first_and_then_less() -> None:
    tracker, asked = LossTracker(), []
    tracker.add(10, 0.0)
    assert tracker.add(12, 0.0) == [11]
    for step in range(1, 25):
        asked += [step] * len(tracker.due(step * 0.05))
    assert asked == [1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 18, 20]


def test_where_packets_overtake_each_other_what_is_missing_is_waited_for_as_long() -> None:
    tracker = LossTracker()
    tracker.add(10, 0.0)
    assert tracker.add(12, 0.0) == [11], "nothing was ever late here"
    tracker.add(11, 0.1)
    assert tracker.add(14, 0.2) == []
    assert tracker.due(0.25) == []
    tracker.add(13, 0.27)
    assert tracker.add(16, 0.3) == []
    assert tracker.due(0.35) == []
    assert tracker.due(0.4) == [15], "no other was later than that"


def test_a_repeat_says_nothing_of_how_late_packets_come() -> None:
    tracker = LossTracker()
    tracker.add(10, 0.0)
    assert tracker.add(12, 0.0) == [11]
    tracker.add(11, 0.2, repeated=True)
    assert tracker.add(14, 0.3) == [13]


def test_a_line_that_keeps_order_again_is_asked_at_once_again() -> None:
    tracker = LossTracker()
    tracker.add(10, 0.0)
    tracker.add(12, 0.0)
    tracker.add(11, 0.1)
    for step in range(200):
        assert tracker.due(1 + step * 0.1) == []
    assert tracker.add(14, 22.0) == [13]


def test_a_request_for_repeats_is_split_where_the_numbers_wrap() -> None:
    assert nack_parts([65_534, 65_535, 65_536, 65_540]) == [[65_534, 65_535], [0, 4]]
    assert [len(part) for part in nack_parts(list(range(300)))] == [128, 128, 44]


def test_numbers_wrap_both_ways() -> None:
    assert unwrap(65_535, 3, 16) == 65_539
    assert unwrap(65_539, 65_534, 16) == 65_534
    assert unwrap((1 << 32) - 10, 20, 32) == (1 << 32) + 20


def test_an_rtp_packet_is_read_as_it_was_built() -> None:
    packet = parse(header(96, 1, 70_000, 5, 9) + b"\x90\x80\x01abc", 0)
    assert (packet.payload_type, packet.marker, packet.sequence) == (96, 1, 70_000 & 0xFFFF)
    describe(packet)
    assert packet.data_at == 3
    assert packet.starts_frame


@pytest.mark.parametrize("data", [b"", b"\x80" * 11, b"\x90" + bytes(11), b"\xa0" + b"\xff" * 20])
def test_a_packet_cut_short_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="RTP"):
        parse(data, 3)


def test_a_vp8_descriptor_cut_short_is_refused() -> None:
    with pytest.raises(ValueError, match="VP8"):
        describe(Packet(96, 0, 1, 1, 1, b"\x90\x80", 14))


def test_a_frame_its_sender_never_finished_is_a_loss_and_not_half_a_picture() -> None:
    packets = video_packets(60)
    count = Counter(p.timestamp for p in packets)
    cut = next(p for p in packets if p.marker and count[p.timestamp] > 1 and p.timestamp > 3000)
    at = packets.index(cut)
    del packets[at]
    for later in packets[at:]:  # its sender numbered on
        later.index -= 1
    items = run(packets)
    whole = list(pictures(60))
    assert all(data in whole for data in frames(items))
    assert len(frames(items)) + lost(items) == 60
    assert {i.cause for i in items if isinstance(i, Loss)} == {GapCause.PACKET_LOSS}
