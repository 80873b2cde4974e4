"""Layers left out for one viewer, and its numbers without a gap."""

import random
from itertools import pairwise

import pytest

from signaling.media.numbering import LEFT_OUT, Numbering
from signaling.media.rtp import Packet
from tests.signaling.media.layered import PATTERN, layered_packets


def pass_on(
    numbers: Numbering, packets: list[Packet]
) -> list[tuple[int, Packet, tuple[int, int] | None]]:
    """What is sent, as (number, packet, picture and tl0 at the viewer)."""
    out = []
    for packet in packets:
        if numbers.first is None:
            numbers.begin(packet)
        sent = numbers.place(packet)
        if sent != LEFT_OUT:
            out.append((sent, packet, numbers.picture_of(packet)))
    return out


def started(ceiling: int) -> Numbering:
    numbers = Numbering()
    numbers.ceiling = ceiling
    return numbers


@pytest.mark.parametrize(("ceiling", "part"), [(0, 4), (1, 2), (3, 1)])
def test_what_is_left_out_leaves_no_gap_in_sequence_or_picture_numbers(
    ceiling: int, part: int
) -> None:
    sent = pass_on(started(ceiling), layered_packets(400))
    assert len(sent) == 400 * 3 // part
    assert {b[0] - a[0] for a, b in pairwise(sent)} == {1}
    pictures = [p for _, packet, p in sent if packet.starts_frame and p is not None]
    assert {(b[0] - a[0]) & 0x7FFF for a, b in pairwise(pictures)} == {1}
    assert {packet.layer for _, packet, _ in sent} <= set(range(ceiling + 1))


def test_a_change_of_layers_takes_effect_at_a_frame_and_goes_up_at_a_sync_point_only() -> None:
    numbers, packets = started(3), layered_packets(120)
    for packet in packets:
        packet.layer_sync = packet.timestamp >= 90 * 3000
    middle = 40 * 3 + 4  # inside a picture
    sent = pass_on(numbers, packets[:middle])
    numbers.ceiling = 0
    sent += pass_on(numbers, packets[middle : 60 * 3])
    numbers.ceiling = 3
    sent += pass_on(numbers, packets[60 * 3 :])
    assert {b[0] - a[0] for a, b in pairwise(sent)} == {1}
    whole = [packet.timestamp // 3000 for _, packet, _ in sent if packet.starts_frame]
    assert all(sum(p.timestamp // 3000 == n for _, p, _ in sent) == 3 for n in whole)
    assert all(PATTERN[n % 4] == 0 for n in whole if 42 <= n < 90)
    assert whole[-10:] == list(range(110, 120))


def test_a_key_frame_brings_all_layers_back() -> None:
    numbers, packets = started(0), layered_packets(80, gop=40)
    for packet in packets:
        packet.layer_sync = False
    pass_on(numbers, packets[:60])
    numbers.ceiling = 3
    sent = pass_on(numbers, packets[60:])
    whole = [packet.timestamp // 3000 for _, packet, _ in sent if packet.starts_frame]
    assert whole == [*range(20, 40, 4), *range(40, 80)]


@pytest.mark.parametrize("seed", range(40))
def test_late_and_lost_packets_keep_the_numbers_that_were_promised(seed: int) -> None:
    chance = random.Random(seed)
    numbers, packets = started(3), layered_packets(300)
    order = sorted(
        range(1, len(packets)),
        key=lambda n: n + (chance.random() * 40 if chance.random() < 0.05 else 0),
    )
    lost = {n for n in order if chance.random() < 0.02}
    used: dict[int, int] = {}
    places: dict[int, int] = {}
    for step, n in enumerate([0, *order]):
        if step % 100 == 50:
            numbers.ceiling = chance.choice([0, 1, 3])
        packet = packets[n]
        if numbers.first is None:
            numbers.begin(packet)
        if n in lost:
            continue
        sent = numbers.place(packet)
        if sent == LEFT_OUT:
            continue
        assert used.setdefault(sent, packet.index) == packet.index
        assert numbers.source_of(sent & 0xFFFF) == packet.index
        place = numbers.picture_of(packet)
        if place is not None:
            assert places.setdefault(place[0], packet.timestamp) == packet.timestamp
    in_time = sorted(places.items(), key=lambda item: item[1])
    assert all((b - a) & 0x7FFF < 0x4000 for (a, _), (b, _) in pairwise(in_time))


def test_a_missing_frame_of_a_dropped_layer_leaves_no_picture_number_open() -> None:
    packets = [p for p in layered_packets(200) if p.timestamp // 3000 % 4 != 3 or p.index < 2060]
    sent = pass_on(started(1), packets)
    pictures = [p for _, packet, p in sent if packet.starts_frame and p is not None]
    assert {(b[0] - a[0]) & 0x7FFF for a, b in pairwise(pictures)} == {1}


def test_a_missing_frame_of_a_wanted_layer_keeps_its_picture_number() -> None:
    missing = 100
    packets = [p for p in layered_packets(200) if p.timestamp // 3000 != missing]
    numbers = started(0)
    sent = pass_on(numbers, packets)
    pictures = [p for _, packet, p in sent if packet.starts_frame and p is not None]
    steps = [(b[0] - a[0]) & 0x7FFF for a, b in pairwise(pictures)]
    assert sorted(steps)[-2:] == [1, 2]
    late = next(p for p in layered_packets(200) if p.timestamp // 3000 == missing)
    assert numbers.place(late) != LEFT_OUT
    assert numbers.picture_of(late) is not None


def test_three_seconds_of_pictures_that_come_late_have_their_places_kept() -> None:
    packets = layered_packets(300)
    late = [p for p in packets if 100 <= p.timestamp // 3000 < 190]
    numbers = started(3)
    pass_on(numbers, [p for p in packets if p not in late])
    assert all(numbers.place(p) != LEFT_OUT and numbers.picture_of(p) for p in late)


def test_a_new_beginning_goes_on_in_all_numbers() -> None:
    numbers = started(3)
    before = pass_on(numbers, layered_packets(30))[-1]
    numbers.first = None
    after = pass_on(numbers, layered_packets(30, first=60_000, picture=5))[0]
    assert after[0] == before[0] + 1
    assert before[2] is not None
    assert after[2] is not None
    assert after[2][0] == (before[2][0] + 1) & 0x7FFF
    assert after[2][1] == (before[2][1] + 1) & 0xFF
