"""Full collections come after a room has closed, and not in the middle of calls."""

import gc

from signaling.media.collector import AFTER_CLOSE, AT_LEAST, NEVER, Collector, give_back, take_over


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
    for _ in range(int(2 * AFTER_CLOSE)):
        collector.room_closed()
        collector.tick(idle=False)
        clock.at += 1
    assert len(done) == 1


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
