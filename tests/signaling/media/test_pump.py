"""One turn reads every socket that has something, and sends only then."""

import asyncio
import socket
from functools import partial

from signaling.media.pump import Pump
from tests.support.until import until_async


def waiting_pair() -> tuple[socket.socket, socket.socket]:
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    far.send(b"?")
    return near, far


async def test_all_is_read_before_anything_is_sent_and_one_fault_stops_nobody() -> None:
    pump, told = Pump.of(asyncio.get_running_loop()), list[str]()
    pairs = [waiting_pair() for _ in range(3)]

    def read(own: socket.socket) -> None:
        assert pump.turning
        own.recv(10)
        told.append("read")
        pump.at_end(partial(told.append, "sent"))
        if len(told) == 1:
            raise ValueError

    for near, _ in pairs:
        pump.add(near.fileno(), partial(read, near))
    await until_async(lambda: len(told) == 6, seconds=40, what="all of it")
    assert told == ["read"] * 3 + ["sent"] * 3
    for near, far in pairs:
        pump.remove(near.fileno())
        near.close()
        far.close()


async def test_while_much_arrives_it_looks_by_the_clock_and_then_waits_again() -> None:
    pump, heard = Pump.of(asyncio.get_running_loop()), list[bytes]()
    seen = asyncio.Event()
    pairs = [waiting_pair() for _ in range(4)]

    def answer(near: socket.socket, far: socket.socket) -> None:
        heard.append(near.recv(10))
        if not seen.is_set():
            far.send(b"more")

    for near, far in pairs:
        pump.add(near.fileno(), partial(answer, near, far))
    assert not pump.by_clock
    await until_async(lambda: pump.by_clock, seconds=40, what="looking by the clock")
    seen.set()
    await until_async(lambda: not pump.by_clock, seconds=40, what="waiting to be awakened")
    pairs[0][1].send(b"late")
    await until_async(lambda: heard[-1] == b"late", seconds=40, what="one more")
    for near, far in pairs:
        pump.remove(near.fileno())
        near.close()
        far.close()
