"""A program behind the real server in front: says back what it hears, or talks without end.

Started by test_front.py with quick bounds; argument: the port.
"""

import sys
from dataclasses import replace

from signaling.front import BoundedServer, BoundedSocket

BIG = "说" * 40_000


async def application(scope: dict[str, object], receive: object, send: object) -> None:
    """`/talk` talks, anything else echoes the length of what it hears."""
    assert callable(receive) and callable(send)
    if scope["type"] != "websocket":
        raise NotImplementedError
    await receive()
    await send({"type": "websocket.accept"})
    while scope["path"] == "/talk":
        await send({"type": "websocket.send", "text": BIG})
    while (heard := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": str(len(heard["text"]))})


if __name__ == "__main__":
    BoundedSocket.bounds = replace(BoundedSocket.bounds, taken_within=0.5, answered_within=3.0)
    endpoint = f"tcp:{sys.argv[1]}:interface=127.0.0.1"
    BoundedServer(application=application, endpoints=[endpoint]).run()
