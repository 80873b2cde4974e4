"""Figures for the operators' own monitoring. No person, room, case or address is ever a label."""

import asyncio
import logging
import re
import threading
import time
from collections import Counter as Tally
from collections.abc import Callable
from typing import Final

from prometheus_client import Counter, Gauge, Histogram, start_http_server

from signaling.media.events import PeerStats, RoomStats

logger = logging.getLogger(__name__)

LAG_SECONDS: Final = 0.25

SOCKETS: Final = Gauge("fieldsvc_sockets", "Open WebSockets of this process.", ["kind"])
SOCKETS_CLOSED: Final = Counter(
    "fieldsvc_sockets_closed", "WebSockets that the server closed, by its reason.", ["reason"]
)
MESSAGES: Final = Histogram(
    "fieldsvc_message_seconds",
    "From a room message's turn to its end, by type.",
    ["type"],
    buckets=(0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)
ROOMS: Final = Gauge("fieldsvc_media_rooms", "Rooms that this media node holds.")
PEERS: Final = Gauge("fieldsvc_media_peers", "Peer connections of this media node.", ["direction"])
KBPS: Final = Gauge("fieldsvc_media_kbps", "Media through this node, kbit/s.", ["direction"])
DROPPED: Final = Gauge(
    "fieldsvc_media_dropped_packets", "Packets not sent on to viewers that are connected now."
)
LOSS: Final = Histogram(
    "fieldsvc_media_loss_ratio",
    "Part of a publisher's packets lost, one look every two seconds.",
    buckets=(0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1),
)
RTT: Final = Histogram(
    "fieldsvc_media_rtt_seconds",
    "Round trip of a publisher, one look every two seconds.",
    buckets=(0.01, 0.03, 0.06, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2),
)
RECORDING: Final = Gauge("fieldsvc_recordings", "Rooms of this node by state.", ["state"])
KERNEL_TIMES: Final = Gauge(
    "fieldsvc_media_kernel_times",
    "1 when packets bear the kernel's arrival times; 0: no line is fitted on this node.",
)
COMPILED: Final = Gauge(
    "fieldsvc_media_compiled",
    "1 when this node runs the compiled packet path; 0: a call costs a quarter more.",
)
LAG: Final = Histogram(
    "fieldsvc_media_loop_lag_seconds",
    "How much later than asked for the media node's event loop came round.",
    buckets=(0.001, 0.005, 0.01, 0.03, 0.06, 0.15, 0.3, 1, 3),
)
TASKS: Final = Gauge("fieldsvc_loop_tasks", "Tasks of this process's event loop.")
POOLED: Final = Gauge(
    "fieldsvc_pool_threads", "Threads of pools, which grow to their fixed size by need."
)
# An executor that nobody named has no fixed place in the process: it may be one of ever more.
_OF_A_POOL: Final = re.compile(r"(?!ThreadPoolExecutor-).+_\d+")


def looked(rooms: list[RoomStats], loss: dict[str, float], states: Tally[str]) -> None:
    """Take over one look at all rooms of a node: stats, part lost by peer, rooms by recording."""
    peers = [peer for room in rooms for peer in room.peers]
    ROOMS.set(len(rooms))
    for direction in ("publish", "subscribe"):
        those = [peer for peer in peers if peer.role.value == direction]
        PEERS.labels(direction).set(len(those))
        KBPS.labels(direction).set(sum(peer.kbps for peer in those))
    DROPPED.set(sum(peer.packets_dropped for peer in peers))
    for state in ("OFF", "ON", "ALARM"):
        RECORDING.labels(state).set(states[state])
    for peer in peers:
        if peer.role.value == "publish" and peer.connected:
            _line(peer, loss.get(peer.peer, 0.0))


def _line(peer: PeerStats, loss: float) -> None:
    LOSS.observe(loss)
    if peer.rtt_ms is not None:
        RTT.observe(peer.rtt_ms / 1000)


def count_tasks() -> None:
    """From now on tasks are the running loop's, they and threads counted when it is asked for."""
    loop = asyncio.get_running_loop()
    TASKS.set_function(lambda: len(asyncio.all_tasks(loop)))
    POOLED.set_function(pooled)


def pooled() -> int:
    """Threads of this process that belong to a pool with a name, each name once."""
    names = {thread.name for thread in threading.enumerate()}
    return sum(_OF_A_POOL.fullmatch(name) is not None for name in names)


async def watch_lag() -> None:
    """Measure the running loop's lag for as long as the task lives."""
    while True:
        asked = time.monotonic()
        await asyncio.sleep(LAG_SECONDS)
        LAG.observe(max(0.0, time.monotonic() - asked - LAG_SECONDS))


def serve(port: int) -> Callable[[], None]:
    """Answer `GET /metrics` on loopback only, for a process without pages; returns its end."""
    server, thread = start_http_server(port, addr="127.0.0.1")

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join(5)

    return stop
