"""The server in front bounds every WebSocket; what of daphne and Twisted it leans on is there."""

import asyncio
import base64
import inspect
import json
import os
import select
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

import psutil  # type: ignore[import-untyped]
import pytest
from autobahn.websocket.protocol import WebSocketProtocol as Autobahn
from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet.protocol import Protocol
from twisted.internet.tcp import Connection

from signaling.front import Bounds, Outflow, unacknowledged, unsent
from tests.support.processes import Running, free_port, listening, spawned
from tests.support.until import until_async

PATIENCE = 60.0


class Client:
    """A WebSocket by hand, so that it can be as rude as it likes."""

    def __init__(self, port: int, path: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self._file = self._socket.makefile("rb")
        assert b" 101 " in self._file.readline()
        while self._file.readline() != b"\r\n":
            pass

    def say(self, size: int) -> None:
        length = (
            struct.pack("!BH", 0xFE, size) if size < 1 << 16 else struct.pack("!BQ", 0xFF, size)
        )
        # A mask of zeros leaves the text as it is.
        self._socket.sendall(b"\x81" + length + bytes(4) + b"x" * size)

    def hear(self) -> tuple[int, bytes]:
        """Opcode and payload of the next frame; pings are answered."""
        opcode, payload = self._frame()
        while opcode == 9:
            self._socket.sendall(b"\x8a\x80" + bytes(4))
            opcode, payload = self._frame()
        return opcode, payload

    def _frame(self) -> tuple[int, bytes]:
        opcode, length = self._file.read(2)
        if length == 126:
            (length,) = struct.unpack("!H", self._file.read(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", self._file.read(8))
        return opcode & 15, self._file.read(length)

    def hear_the_end(self) -> tuple[dict[str, object], int]:
        """The `bye` and the close code after it; what was said before is passed over."""
        opcode, payload = self.hear()
        while not payload.startswith(b"{"):
            opcode, payload = self.hear()
        bye = json.loads(payload)
        opcode, payload = self.hear()
        assert opcode == 8
        return bye, struct.unpack("!H", payload[:2])[0]

    def is_cut_off(self) -> bool:
        """Whether the server has ended the connection; nothing is read for it."""
        poll = select.poll()
        poll.register(self._socket, 0)
        return bool(poll.poll(PATIENCE * 1000))

    def leave(self) -> None:
        self._file.close()
        self._socket.close()


Enter: TypeAlias = Callable[[str], Client]


@pytest.fixture
def enter(served: tuple[Running, int]) -> Iterator[Enter]:
    """Makes clients that are gone after the test."""
    with ExitStack() as stack:

        def one(path: str) -> Client:
            client = Client(served[1], path)
            stack.callback(client.leave)
            return client

        yield one


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, int]]:
    port, folder = free_port(), tmp_path_factory.mktemp("front")
    command = [sys.executable, "-m", "tests.signaling.front_app", str(port)]
    with spawned(
        command, log=folder / "log", ready=lambda: listening(port), seconds=PATIENCE
    ) as running:
        yield running, port


def test_bytes_beyond_the_weight_close_the_socket_that_sent_them(enter: Enter) -> None:
    good, bad = enter("/"), enter("/")
    for _ in range(12):
        bad.say(60_000)
    while (answer := bad.hear())[1] == b"60000":
        pass
    assert json.loads(answer[1]) == {"type": "bye", "code": 4429, "reason": "flooded"}
    assert bad.hear()[1][:2] == struct.pack("!H", 4429)
    good.say(1000)
    assert good.hear() == (1, b"1000")


def test_a_message_over_64_kib_is_refused_by_its_head(enter: Enter) -> None:
    bad = enter("/")
    bad.say(64 * 1024)
    assert bad.hear() == (1, b"65536")
    bad.say(64 * 1024 + 1)
    assert bad.hear_the_end() == ({"type": "bye", "code": 4413, "reason": "too_large"}, 4413)


def test_a_client_that_reads_nothing_costs_little_and_is_cut_off(
    served: tuple[Running, int], enter: Enter
) -> None:
    process = psutil.Process(served[0].pid)
    before = process.memory_info().rss
    deaf = [enter("/talk") for _ in range(20)]
    reader = enter("/talk")
    for _ in range(200):
        assert len(reader.hear()[1]) == 120_000
    assert process.memory_info().rss - before < 20 * 2**20
    assert all(client.is_cut_off() for client in deaf)
    assert len(reader.hear()[1]) == 120_000


def test_a_client_that_is_told_nothing_and_answers_no_ping_is_cut_off(enter: Enter) -> None:
    assert enter("/").is_cut_off()


async def test_of_several_that_wait_for_room_one_goes_at_a_time() -> None:
    outflow, written = Outflow(), 0

    async def write() -> None:
        nonlocal written
        await outflow.room()
        written += 1
        outflow.pauseProducing()

    outflow.pauseProducing()
    tasks = [asyncio.create_task(write()) for _ in range(3)]
    for expected in (1, 2, 3):
        outflow.resumeProducing()
        await until_async(lambda n=expected: written >= n, seconds=40, what="room")  # type: ignore[misc]
        assert written == expected
    await asyncio.gather(*tasks)


def test_twisted_holds_what_the_kernel_does_not_take_where_we_look_for_it() -> None:
    from twisted.internet import reactor

    ours, theirs = socket.socketpair()
    with theirs:
        transport = Connection(ours, Protocol(), reactor)  # type: ignore[arg-type]
        transport.connected = True
        assert unsent(transport) == 0
        transport.write(b"x" * 4_000_000)
        assert unsent(transport) == 4_000_000
        transport.doWrite()
        taken = len(theirs.recv(1 << 22))
        assert taken and unsent(transport) == 4_000_000 - taken
        transport.connected = False
        transport.stopWriting()
        ours.close()


def test_what_the_other_side_has_not_confirmed_is_the_kernels_to_say() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as ours,
        server.accept()[0],
    ):
        ours.setblocking(False)
        assert unacknowledged(ours) == 0
        with pytest.raises(BlockingIOError):
            while True:
                ours.send(bytes(1 << 20))
        assert unacknowledged(ours) > 0
    assert unacknowledged(object()) == 0


def test_what_is_overridden_is_still_called_so() -> None:
    """Fails when daphne or autobahn changes under the module that leans on it."""
    wanted = {
        Autobahn.onMessageFrameBegin: ["self", "length"],
        WebSocketProtocol.onConnect: ["self", "request"],
        WebSocketProtocol.onMessage: ["self", "payload", "isBinary"],
        WebSocketProtocol.onClose: ["self", "wasClean", "code", "reason"],
        WebSocketProtocol.check_timeouts: ["self"],
        Autobahn.onPong: ["self", "payload"],
        Server.handle_reply: ["self", "protocol", "message"],
    }
    assert {name: list(inspect.signature(name).parameters) for name in wanted} == wanted
    assert WebSocketProtocol.muted is False
    run = inspect.getsource(Server.run)
    assert run.index("self.ws_factory = ") < run.index("self.ready_callable()")
    assert "self.application_queue.put_nowait" in inspect.getsource(WebSocketProtocol.onMessage)
    assert "protocol.check_timeouts()" in inspect.getsource(Server.timeout_checker)


def test_the_largest_answer_of_a_page_fits_four_times() -> None:
    assert Bounds().bytes_at_once >= 4 * 64 * 1024


def test_production_starts_it() -> None:
    composed = Path("docker-compose.yml").read_text("utf-8")
    assert "command: python -m signaling.front " in composed
