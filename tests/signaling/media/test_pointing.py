"""Pointers by data channel: between real peers on 127.0.0.1, and the limits on a clock by hand."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from aiortc import RTCDataChannel

from signaling.media import pointing, seam
from signaling.media.config import EngineConfig
from signaling.media.engine import MediaEngine
from signaling.media.events import LostReason, MediaEvent
from signaling.media.peer import Peer
from signaling.media.pointing import Pointing
from signaling.pointers import Relay
from tests.signaling.media.peers import Stage, Voice, negotiate, new_pc, until, utc_now

GENEROUS = 60.0
POINT = json.dumps({"type": "pointer", "id": "1", "source": "li", "x": 0.25, "y": 0.5})


@dataclass
class NotedRelay(Relay):
    """The real one, but for the sockets."""

    by_socket_told: list[tuple[str, frozenset[str]]] = field(default_factory=list)

    def by_socket(self, room: str, member: str, text: str, reached: frozenset[str]) -> None:
        self.by_socket_told.append((member, reached))


@dataclass
class Hand:
    """A member who points, and hears what the others point at."""

    channel: RTCDataChannel
    heard: list[dict[str, object]] = field(default_factory=list)

    def take(self, text: str) -> None:
        self.heard.append(json.loads(text))


async def join(stage: Stage, member: str) -> Hand:
    """Publish a voice, with a channel for pointers beside it."""
    pc = new_pc()
    stage.peers.append(pc)
    pc.addTransceiver(Voice(), direction="sendonly")
    channel = pc.createDataChannel(pointing.LABEL, ordered=False, maxRetransmits=0)
    hand = Hand(channel)
    channel.on("message", hand.take)
    await negotiate(pc, lambda sdp: stage.engine.publish("r1", member, f"{member}-up", sdp))
    await until(lambda: channel.readyState == "open", GENEROUS, "the channel")
    return hand


@pytest.fixture
async def stage(tmp_path: Path, relay: NotedRelay) -> AsyncIterator[Stage]:
    config = EngineConfig(tmp_path, host_addresses=("127.0.0.1",), free_space_floor_bytes=1 << 20)
    events: list[MediaEvent] = []
    engine = MediaEngine(config, events.append, now=utc_now, relay=relay)
    await engine.open_room("r1")
    made = Stage(engine, events)
    yield made
    await made.close()


@pytest.fixture
def relay() -> NotedRelay:
    return NotedRelay()


async def test_a_point_reaches_the_others_by_channel_or_by_socket_and_never_its_sender(
    stage: Stage, relay: NotedRelay
) -> None:
    wang, li = await join(stage, "wang"), await join(stage, "li")
    wang.channel.send(POINT)
    await until(lambda: len(li.heard) == 1, GENEROUS, "the point")
    told = {"type": "pointer", "member": "wang", "source": "li", "x": 0.25, "y": 0.5}
    assert li.heard == [{**told, "stroke": None}]
    assert relay.by_socket_told == []
    await stage.watch("chen", "li")
    li.channel.send(POINT)
    await until(lambda: len(wang.heard) == 1, GENEROUS, "the answer")
    assert relay.by_socket_told == [("li", frozenset({"li", "wang"}))]
    assert len(li.heard) == 1


class FakeChannel:
    """A channel without a line under it."""

    def __init__(self, label: str = pointing.LABEL) -> None:
        self.label = label
        self.readyState = "open"
        self.bufferedAmount = 0
        self.sent: list[str] = []
        self.receive: Callable[[str | bytes], None] = lambda _: None

    def on(self, _name: str, listener: Callable[[str | bytes], None]) -> None:
        self.receive = listener

    def send(self, text: str) -> None:
        self.sent.append(text)


class FakePc:
    """A peer connection that opens a channel when it is told to."""

    def __init__(self) -> None:
        self.sctp = SimpleNamespace(_advertised_rwnd=seam.RECEIVE_WINDOW)
        self.open: Callable[[FakeChannel], None] = lambda _: None

    def on(self, _name: str, listener: Callable[[FakeChannel], None]) -> None:
        self.open = listener


class Room:
    """Members with a channel each, a clock by hand, and the peers that were shut out."""

    def __init__(self, *members: str) -> None:
        self.now = 0.0
        self.relay = NotedRelay()
        self.shut_out: list[str] = []
        self.pointing = Pointing(self.relay, self._close, lambda _: set(members), lambda: self.now)
        self.peers = {member: SimpleNamespace(room="r1", member=member, gone=None, pc=FakePc())
                      for member in members}  # fmt: skip
        self.channels = {member: FakeChannel() for member in members}
        for member, peer in self.peers.items():
            self.pointing.watch(cast("Peer", peer))
            peer.pc.open(self.channels[member])

    def _close(self, peer: Peer) -> None:
        self.shut_out.append(peer.member)
        peer.gone = LostReason.FAILED


@pytest.mark.parametrize(
    "nonsense",
    ["", "{", "[]", '{"type":"leave","id":"1"}', POINT.replace("0.25", "2.5"), b"\x00\x01",
     POINT.replace('"1"', '"' + "1" * pointing.LONGEST + '"')],
)  # fmt: skip
def test_what_is_no_pointer_goes_nowhere(nonsense: str | bytes) -> None:
    room = Room("wang", "li")
    room.channels["wang"].receive(nonsense)
    assert room.channels["li"].sent == []
    assert (room.relay.by_socket_told, room.shut_out) == ([], [])


def test_what_goes_beyond_the_rate_is_dropped_until_time_has_passed() -> None:
    room = Room("wang", "li")
    for _ in range(60):
        room.channels["wang"].receive(POINT)
    assert len(room.channels["li"].sent) == pointing.PER_SECOND
    room.now += 1
    room.channels["wang"].receive(POINT)
    assert len(room.channels["li"].sent) == pointing.PER_SECOND + 1


def test_who_floods_loses_the_peer_and_nobody_else_notices() -> None:
    room = Room("wang", "li", "chen")
    for _ in range(int(2 * pointing.FLOOD_PER_SECOND)):
        room.channels["wang"].receive(POINT)
    assert room.shut_out == ["wang"]
    room.pointing.tick()
    room.channels["li"].receive(POINT)
    assert len(room.channels["chen"].sent) == pointing.PER_SECOND + 1
    assert room.channels["wang"].sent == []


def test_a_member_who_does_not_read_is_passed_over_and_who_has_left_is_forgotten() -> None:
    room = Room("wang", "li")
    room.channels["li"].bufferedAmount = pointing.BACKLOG
    room.channels["wang"].receive(POINT)
    assert room.channels["li"].sent == []
    room.channels["li"].readyState = "closed"
    room.channels["wang"].receive(POINT)
    assert room.relay.by_socket_told == [("wang", frozenset({"wang"}))]


def test_who_leaves_messages_unfinished_loses_the_peer() -> None:
    room = Room("wang", "li")
    room.peers["wang"].pc.sctp._advertised_rwnd -= pointing.HELD_BYTES + 1
    room.pointing.tick()
    assert room.shut_out == ["wang"]


def test_only_the_first_channel_of_that_name_counts() -> None:
    room = Room("wang", "li")
    for second in (FakeChannel("files"), FakeChannel()):
        room.peers["wang"].pc.open(second)
        second.receive(POINT)
    assert room.channels["li"].sent == []
