"""A seeded delay for everything a mast forwards: netem is not in every kernel, a TUN device is.

`python -m tests.faults.delay DEVICE --ms 150 --jitter 50 --seed 20261122`, run inside the mast's
namespace: what is routed into the device comes out of it again later, each packet after a time of
its own, so that later ones may overtake. The draws follow the seed; when packets come does not.
"""

import argparse
import fcntl
import heapq
import os
import random
import select
import struct
import time
from itertools import count
from pathlib import Path

TUN = Path("/dev/net/tun")
LONGEST = 65_536
QUEUE = 10_000  # packets; a line that holds more would not be one
_TUNSETIFF = 0x400454CA
_IFF_TUN, _IFF_NO_PI = 0x0001, 0x1000


def open_device(name: str) -> int:
    """A TUN device of this name in the namespace of the process; gone when it is closed."""
    device = os.open(TUN, os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH14x", name.encode(), _IFF_TUN | _IFF_NO_PI))
    return device


def hold_back(device: int, ms: float, jitter: float, seed: int) -> None:
    """For ever: take packets, give each back after `ms` ± `jitter` milliseconds."""
    chance, number = random.Random(seed), count()
    held: list[tuple[float, int, bytes]] = []
    while True:
        wait = max(0.0, held[0][0] - time.monotonic()) if held else None
        ready, _, _ = select.select([device], [], [], wait)
        if ready:
            packet = os.read(device, LONGEST)
            due = time.monotonic() + (ms + chance.uniform(-jitter, jitter)) / 1000
            if len(held) < QUEUE:
                heapq.heappush(held, (due, next(number), packet))
        while held and held[0][0] <= time.monotonic():
            os.write(device, heapq.heappop(held)[2])


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.faults.delay")
    asked.add_argument("device")
    asked.add_argument("--ms", type=float, required=True)
    asked.add_argument("--jitter", type=float, default=0.0)
    asked.add_argument("--seed", type=int, required=True)
    given = asked.parse_args()
    hold_back(open_device(given.device), given.ms, given.jitter, given.seed)


if __name__ == "__main__":
    main()
