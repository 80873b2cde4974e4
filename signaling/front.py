"""The web server: daphne, with every WebSocket bounded in both directions (daphne#170).

`python -m signaling.front -b 0.0.0.0 -p 8000 fieldsvc.asgi:application`. Nothing else of the
product touches what is daphne's, autobahn's or Twisted's own; tests/signaling/test_front.py fails
when they change.
"""

import asyncio
import fcntl
import socket
import struct
import termios
import time
from dataclasses import dataclass
from typing import ClassVar, Final

from daphne.cli import CommandLineInterface
from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet.interfaces import IPushProducer
from twisted.protocols.policies import ProtocolWrapper
from zope.interface import implementer

from signaling import metrics
from signaling.bucket import Bucket
from signaling.protocol import MAX_MESSAGE_BYTES, Close, encode
from signaling.protocol.server import Bye

LARGEST_SENT: Final = 2**20
"""Above every room's state: 200 lines of 500 characters in at most 4 bytes each, and the rest."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one socket may cost before its application hears of it; spans in seconds."""

    bytes_per_second: float = 64 * 1024
    bytes_at_once: float = 256 * 1024
    taken_within: float = 4.0
    answered_within: float = 5.0
    slowest: float = 8 * 1024  # bytes/s of a line that is slow, not deaf
    kernel_bytes: int = 64 * 1024


def unsent(transport: object) -> int:
    """Bytes that Twisted holds for a client because the kernel would not take them yet."""
    tcp = transport.transport if isinstance(transport, ProtocolWrapper) else transport
    return int(len(tcp.dataBuffer) - tcp.offset + tcp._tempDataLen)  # type: ignore[attr-defined]  # noqa: SLF001


def unacknowledged(handle: object) -> int:
    """Bytes that wait in the kernel for the client's to confirm them (tcp(7), SIOCOUTQ)."""
    if not isinstance(handle, socket.socket):  # TLS: what is under way is not known
        return 0
    return int(struct.unpack("i", fcntl.ioctl(handle, termios.TIOCOUTQ, bytes(4)))[0])


@implementer(IPushProducer)
class Outflow:
    """Whether there is room for more: none from when the transport's buffer is full to empty."""

    def __init__(self) -> None:
        self._free = asyncio.Event()
        self._free.set()

    async def room(self) -> None:
        # Of several that waited only the first may find the buffer empty.
        while not self._free.is_set():
            await self._free.wait()

    def pauseProducing(self) -> None:
        self._free.clear()

    def resumeProducing(self) -> None:
        self._free.set()

    def stopProducing(self) -> None:
        self._free.set()


class BoundedSocket(WebSocketProtocol):  # type: ignore[misc]
    """One WebSocket: weighed as it comes in, and closed when its client takes nothing."""

    bounds: ClassVar[Bounds] = Bounds()
    muted: bool = False

    def onConnect(self, request: object) -> object:
        self.outflow = Outflow()
        self._weight = Bucket(self.bounds.bytes_per_second, self.bounds.bytes_at_once)
        self._taken, self._taken_at = 0, time.monotonic()
        self._answer_due: float | None = None
        # What came before the upgrade is registered still, and would stop reading in our place.
        self.transport.unregisterProducer()
        self.transport.registerProducer(self.outflow, streaming=True)
        handle = self.transport.getHandle()
        if isinstance(handle, socket.socket):
            handle.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self.bounds.kernel_bytes)
        return super().onConnect(request)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: FBT001  daphne's own
        if self.muted:
            return
        if self._weight.take(len(payload)):
            super().onMessage(payload, isBinary)
        else:
            self.refuse(Close.FLOODED)

    def onMessageFrameBegin(self, length: int) -> None:
        """At a frame's head; autobahn has one limit for both ways and drops without a word."""
        if not self.muted and self.message_data_total_length + length > MAX_MESSAGE_BYTES:
            self.failedByMe = True
            self.refuse(Close.TOO_LARGE)
        super().onMessageFrameBegin(length)

    def check_timeouts(self) -> None:
        """Every 2 seconds; a client that took none of what waits for it is let go.

        So is one whose program reads nothing while its kernel still takes: it answers no ping.
        """
        super().check_timeouts()
        if self.state != self.STATE_OPEN or self.muted:
            return
        waiting, now = unsent(self.transport), time.monotonic()
        self._look_for_an_answer(waiting, now)
        taken = self.trafficStats.outgoingOctetsWireLevel - waiting
        if not waiting or taken != self._taken:
            self._taken, self._taken_at = taken, now
        elif now - self._taken_at >= self.bounds.taken_within:
            self.refuse(Close.TOO_LARGE)

    def _look_for_an_answer(self, waiting: int, now: float) -> None:
        if self._answer_due is None:
            # The ping comes after all that is under way, and that may be a while.
            ahead = waiting + unacknowledged(self.transport.getHandle())
            self._answer_due = now + self.bounds.answered_within + ahead / self.bounds.slowest
            self.sendPing(b"")
        elif now >= self._answer_due:
            self.refuse(Close.TOO_LARGE)

    def onPong(self, payload: bytes) -> None:
        self._answer_due = None
        super().onPong(payload)

    def refuse(self, close: Close) -> None:
        """Say `bye` and close: nothing more is read, and what waits for the application is gone.

        Whoever does not answer the close within a second is cut off by autobahn.
        """
        if self.muted or self.state != self.STATE_OPEN:
            return
        metrics.SOCKETS_CLOSED.labels(close.name.lower()).inc()
        self.sendMessage(encode(Bye(code=close.value, reason=close.name.lower())).encode())
        self.sendClose(code=close.value)
        self.transport.pauseProducing()
        self.muted = True
        while not self.application_queue.empty():
            self.application_queue.get_nowait()
        self.application_queue.put_nowait({"type": "websocket.disconnect", "code": close.value})
        self.outflow.stopProducing()

    def onClose(self, *why: object) -> None:
        super().onClose(*why)
        if hasattr(self, "outflow"):  # not in a handshake that never came to an end
            self.outflow.stopProducing()


class BoundedServer(Server):  # type: ignore[misc]
    """daphne's server, whose applications wait with a message until there is room for it."""

    def __init__(self, *args: object, **options: object) -> None:
        bounded = {
            # Of what is sent, too: a room's state with all its chat is far over 64 KiB.
            "websocket_max_message_size": LARGEST_SENT,
            "ready_callable": self._bound,
        }
        super().__init__(*args, **{**options, **bounded})

    def _bound(self) -> None:
        self.ws_factory.protocol = BoundedSocket

    async def handle_reply(self, protocol: object, message: dict[str, object]) -> None:
        if isinstance(protocol, BoundedSocket) and message["type"] == "websocket.send":
            await protocol.outflow.room()
        await super().handle_reply(protocol, message)


class CommandLine(CommandLineInterface):  # type: ignore[misc]
    """daphne's own options."""

    server_class = BoundedServer


if __name__ == "__main__":
    CommandLine.entrypoint()
