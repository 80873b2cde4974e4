"""Both ways of taking and sending datagrams do the same; the quick one is tried before its use."""

import ctypes
import logging
import select
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from signaling.media import kerneltime, mmsg
from signaling.media.config import EngineConfig
from signaling.media.datagrams import MOST_IN, MOST_OUT, Outbox, Post, SinglePost, address_of
from signaling.media.engine import MediaEngine
from signaling.media.events import MediaEvent
from signaling.media.mmsg import BatchedPost
from tests.signaling.media.peers import NumberedCamera, Stage, Voice, until, utc_now

WAYS = pytest.mark.parametrize("make", [BatchedPost, SinglePost])
Pair = tuple[socket.socket, socket.socket]


def bound(host: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    own = socket.socket(family, socket.SOCK_DGRAM)
    own.setblocking(False)
    own.bind((host, 0))
    kerneltime.request(own)
    return own


@pytest.fixture(params=["127.0.0.1", "::1"])
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    try:
        sender, receiver = bound(request.param), bound(request.param)
    except OSError:
        assert request.param == "::1", "this machine has no IPv4"
        sender, receiver = bound("127.0.0.1"), bound("127.0.0.1")
    with sender, receiver:
        yield sender, receiver


def put(outbox: Outbox, data: bytes) -> None:
    outbox.slots[outbox.count][: len(data)] = data
    outbox.add(len(data))


@WAYS
def test_what_is_sent_together_arrives_in_order_with_its_sender_and_its_stamp(
    make: Callable[[], Post], pair: Pair
) -> None:
    sender, receiver = pair
    post, said = make(), [bytes([n]) * (100 + n) for n in range(MOST_OUT)]
    outbox = post.outbox()
    outbox.aim(sender, receiver.getsockname()[:2])
    before = time.time()
    for data in said:
        put(outbox, data)
    outbox.send()
    assert not outbox.count
    assert not outbox.waiting()
    assert select.select([receiver], [], [], 40)[0]
    arrived = post.inbox.receive(receiver)
    heard = [bytes(slot[: one[0]]) for slot, one in zip(post.inbox.slots, arrived, strict=False)]
    assert heard == said
    assert {address_of(source) for _, _, source in arrived} == {sender.getsockname()[:2]}
    assert all(before - 1 < stamp < time.time() + 1 for _, stamp, _ in arrived)
    assert post.inbox.receive(receiver) == []


@WAYS
def test_a_batch_ends_where_the_room_does_and_the_rest_comes_next(
    make: Callable[[], Post], pair: Pair
) -> None:
    sender, receiver = pair
    for number in range(MOST_IN + 5):
        sender.sendto(bytes([number]), receiver.getsockname())
    inbox = make().inbox
    assert len(inbox.receive(receiver)) == MOST_IN
    assert [bytes(slot[:1]) for slot in inbox.slots[:2]] == [b"\x00", b"\x01"]
    assert len(inbox.receive(receiver)) == 5
    assert bytes(inbox.slots[0][:1]) == bytes([MOST_IN])


@WAYS
def test_without_a_stamp_none_of_an_earlier_datagram_is_taken(
    make: Callable[[], Post], pair: Pair
) -> None:
    sender, receiver = pair
    inbox = make().inbox
    sender.sendto(b"?", receiver.getsockname())
    assert inbox.receive(receiver)[0][1] > 0
    receiver.setsockopt(socket.SOL_SOCKET, kerneltime.STAMP, 0)
    sender.sendto(b"?", receiver.getsockname())
    assert inbox.receive(receiver)[0][1] == 0.0


@WAYS
def test_what_cannot_be_sent_is_said_and_the_rest_may_still_go(
    make: Callable[[], Post], pair: Pair
) -> None:
    sender, receiver = pair
    outbox = make().outbox()
    outbox.aim(sender, receiver.getsockname()[:2])
    for data in (b"one", b"two", b"three"):
        put(outbox, data)
    nowhere = socket.socket(sender.family, socket.SOCK_DGRAM)
    nowhere.close()
    outbox.aim(nowhere, receiver.getsockname()[:2])
    with pytest.raises(OSError, match="descriptor"):
        outbox.send()
    outbox.skip()
    assert [bytes(one) for one in outbox.waiting()] == [b"two", b"three"]
    outbox.aim(sender, receiver.getsockname()[:2])
    outbox.send()
    assert receiver.recv(100) == b"two"


async def test_a_call_is_relayed_and_recorded_one_datagram_at_a_time_too(tmp_path: Path) -> None:
    events: list[MediaEvent] = []
    config = EngineConfig(tmp_path, host_addresses=("127.0.0.1",), free_space_floor_bytes=1 << 20)
    engine = MediaEngine(config, events.append, now=utc_now, post=SinglePost())
    await engine.open_room("r1")
    stage = Stage(engine, events)
    try:
        await stage.publish("li", NumberedCamera(), Voice())
        watcher = await stage.watch("wang", "li")
        await until(lambda: len(watcher.numbers) > 5, 60, "pictures")
    finally:
        await stage.close()


def test_a_libc_without_the_calls_is_noticed_and_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    mmsg.batches.cache_clear()
    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING):
        patch.setattr(ctypes, "PyDLL", lambda *_args, **_more: object())
        assert isinstance(mmsg.new_post(), SinglePost)
    assert "one at a time" in caplog.text
    mmsg.batches.cache_clear()
    assert mmsg.batches(), "this machine has recvmmsg, or the figures of the relay do not count"
