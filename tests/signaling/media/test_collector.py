"""Full collections come after a room or many peers have gone, and not in the middle of calls."""

import gc
import time
import weakref
from pathlib import Path

import pytest

from signaling.media.collector import (
    AFTER_LEAVING,
    AT_LEAST,
    MANY,
    NEVER,
    Collector,
    give_back,
    take_over,
)
from signaling.media.config import EngineConfig
from signaling.media.engine import MediaEngine
from tests.signaling.media.peers import Stage, Voice, until, utc_now


class Clock:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def counted() -> tuple[Collector, Clock, list[float]]:
    clock, done = Clock(), list[float]()
    return Collector(clock, lambda: done.append(clock.at)), clock, done


def test_nothing_is_collected_while_no_room_has_closed_until_it_is_long_ago() -> None:
    collector, clock, done = counted()
    for _ in range(int(AT_LEAST)):
        collector.tick(idle=False)
        clock.at += 1
    assert done == []
    collector.tick(idle=False)
    assert done == [clock.at]


def test_many_rooms_that_close_beside_others_are_collected_together() -> None:
    collector, clock, done = counted()
    for _ in range(int(2 * AFTER_LEAVING)):
        collector.room_closed()
        collector.tick(idle=False)
        clock.at += 1
    assert len(done) == 1


@pytest.mark.parametrize(("peers", "collections"), [(MANY - 1, 0), (MANY, 1)])
def test_only_many_peers_that_left_rooms_that_go_on_are_something_to_collect(
    peers: int, collections: int
) -> None:
    collector, clock, done = counted()
    for _ in range(peers):
        collector.peer_left()
    collector.tick(idle=False)
    assert done == []
    for _ in range(2):
        clock.at += AFTER_LEAVING
        collector.tick(idle=False)
    assert len(done) == collections


def test_the_last_rooms_leavings_are_collected_at_once() -> None:
    collector, clock, done = counted()
    clock.at += 1
    collector.room_closed()
    collector.tick(idle=True)
    collector.tick(idle=True)
    assert done == [clock.at]


def test_python_collects_by_itself_again_when_the_engine_is_closed() -> None:
    before = gc.get_threshold()
    take_over()
    assert gc.get_threshold()[2] == NEVER
    give_back()
    assert gc.get_threshold() == before


async def test_what_peers_leave_behind_is_collected_while_their_room_goes_on(
    tmp_path: Path,
) -> None:
    on = [0.0]
    config = EngineConfig(tmp_path, host_addresses=("127.0.0.1",), free_space_floor_bytes=1 << 20)
    engine = MediaEngine(config, lambda _: None, now=utc_now, mono=lambda: time.monotonic() + on[0])
    stage = Stage(engine, [])
    await engine.open_room("r1")
    try:
        pc = await stage.publish("li", Voice())
        held = weakref.ref(engine._rooms["r1"].peers["li-up"].pc)
        gc.collect()  # old now: from here on only a full collection looks at it
        for _ in range(MANY - 1):
            engine._collector.peer_left()
        assert not engine._collector._left
        await engine.close_peer("li-up")
        await until(lambda: not engine._rooms["r1"]._closing, what="the connection's end")
        assert engine._collector._left
        await pc.close()
        on[0] = AFTER_LEAVING

        def gone_after_many_more_left() -> bool:
            if not engine._collector._left:  # a timer may hold the peer for one collection more
                on[0] += AFTER_LEAVING
                for _ in range(MANY):
                    engine._collector.peer_left()
            return held() is None

        await until(gone_after_many_more_left, what="the collection")
    finally:
        await stage.close()
