"""Arrival times: the kernel's where there are any, and said loudly where there are none."""

import select
import socket
import time

import pytest

from signaling.media import kerneltime
from signaling.media.kerneltime import ArrivalClock


class Clocks:
    """A wall and a monotonic clock of the test's own."""

    def __init__(self) -> None:
        self.wall, self.mono = 1_800_000_000.0, 500.0

    def clock(self) -> ArrivalClock:
        return ArrivalClock(lambda: self.mono, lambda: self.wall)


def test_a_datagram_arrived_when_the_kernel_says_however_late_it_is_read() -> None:
    clocks = Clocks()
    clock, sent = clocks.clock(), clocks.wall
    clocks.wall += 2.5
    clocks.mono += 2.5
    clock.begin()
    assert clock.arrival(sent) == pytest.approx(500.0, abs=1e-5)


def test_without_a_stamp_it_arrived_now() -> None:
    clocks = Clocks()
    clock = clocks.clock()
    clock.begin()
    clocks.mono += 0.2
    assert clock.arrival(0.0) == clocks.mono


@pytest.mark.parametrize("step", [-3600.0, 3600.0])
def test_a_step_of_the_wall_clock_while_it_waited_makes_it_arrive_now(step: float) -> None:
    clocks = Clocks()
    clock, sent = clocks.clock(), clocks.wall
    clocks.wall += step
    clock.begin()
    assert clock.arrival(sent) == clocks.mono


def test_this_kernel_stamps_and_counts_what_it_had_no_room_for() -> None:
    assert kerneltime.available()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        own.bind(("127.0.0.1", 0))
        assert kerneltime.request(own)
        before = time.monotonic()
        for _ in range(100):
            own.sendto(bytes(1000), own.getsockname())
        after = time.monotonic()
        assert select.select([own], [], [], 40)[0]
        clock = ArrivalClock()
        clock.begin()
        _, ancillary, _, _ = own.recvmsg(2000, kerneltime.SPACE)
        assert before - 0.01 <= clock.arrival(kerneltime.stamp_of(ancillary)) <= after + 0.01
        assert kerneltime.overflowed(own) > 10
