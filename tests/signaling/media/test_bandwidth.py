"""Feedback of arrival times, read back as a browser reads it."""

import random
import struct

import pytest

from signaling.media.bandwidth import MOST_STATUSES, TransportFeedback
from signaling.media.rtp import Packet


def packet(number: int, arrival: float) -> Packet:
    made = Packet(96, 0, 0, 0, 77, b"", 0, number & 0xFFFF)
    made.arrival = arrival
    return made


def read(message: bytes) -> dict[int, float | None]:
    """Transport sequence number to arrival in seconds, None for one that did not come."""
    first, kind, words = struct.unpack_from("!BBH", message)
    assert (first & 0xDF, kind) == (0x8F, 205)
    assert len(message) == 4 * (words + 1)
    base, count = struct.unpack_from("!HH", message, 12)
    end = len(message) - (message[-1] if first & 0x20 else 0)
    now = int.from_bytes(message[16:19], "big") * 256
    at = 20
    statuses: list[int] = []
    while len(statuses) < count:
        chunk = int.from_bytes(message[at : at + 2], "big")
        at += 2
        if chunk & 0x8000:
            assert chunk & 0x4000
            statuses += [chunk >> (12 - 2 * place) & 3 for place in range(7)]
        else:
            statuses += [chunk >> 13] * (chunk & 0x1FFF)
    out: dict[int, float | None] = {}
    for place, status in enumerate(statuses[:count]):
        number = (base + place) & 0xFFFF
        if status == 0:
            out[number] = None
            continue
        size = status
        step = int.from_bytes(message[at : at + size], "big", signed=size == 2)
        at += size
        now += step
        out[number] = now / 4000
    assert at == end
    return out


def feed(feedback: TransportFeedback, arrivals: dict[int, float], at: float) -> list[bytes]:
    for number, arrival in arrivals.items():
        feedback.add(packet(number, arrival))
    return feedback.due(at)


def test_every_packet_that_came_is_reported_with_its_time() -> None:
    arrivals = {100 + n: 1000.0 + n * 0.004 for n in range(30)}
    (message,) = feed(TransportFeedback(5), arrivals, 1000.2)
    told = read(message)
    assert told.keys() == arrivals.keys()
    for number, arrival in arrivals.items():
        assert told[number] == pytest.approx(arrival, abs=0.0003)
    assert struct.unpack_from("!II", message, 4) == (5, 77)


def test_nothing_is_said_twice_and_nothing_more_than_ten_times_a_second() -> None:
    feedback = TransportFeedback(5)
    feed(feedback, {1: 10.0, 2: 10.01}, 10.02)
    assert feed(feedback, {3: 10.03}, 10.05) == []
    (message,) = feedback.due(10.13)
    assert read(message).keys() == {3}
    assert feedback.due(11.0) == []


@pytest.mark.parametrize("seed", range(20))
def test_losses_disorder_pauses_and_wrapped_numbers_are_told_right(seed: int) -> None:
    chance = random.Random(seed)
    feedback, sent, told = TransportFeedback(5), {}, {}
    number, now = 65_500, 500.0
    for _ in range(20):
        batch = {}
        for _ in range(chance.randrange(1, 40)):
            number += 1
            now += chance.choice([0.0, 0.001, 0.005, 0.09])
            if chance.random() > 0.2:
                batch[number] = now
        order = sorted(batch, key=lambda n: n + 4 * chance.random())
        now += 0.1
        for message in feed(feedback, {n: batch[n] for n in order}, now):
            told.update(read(message))
        sent.update(batch)
    for wide, arrival in sent.items():
        assert told[wide & 0xFFFF] == pytest.approx(arrival, abs=0.0003)
    first, last = min(sent), max(sent)
    lost = [n for n in range(first, last) if n not in sent]
    assert all(told.get(n & 0xFFFF) is None for n in lost)


def test_a_leap_in_the_numbers_costs_no_endless_list_of_losses() -> None:
    feedback = TransportFeedback(5)
    feed(feedback, {1: 10.0}, 10.0)
    messages = feed(feedback, {20_000: 11.0, 20_001: 11.0}, 11.0)
    assert sum(len(read(m)) for m in messages) <= MOST_STATUSES
