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
