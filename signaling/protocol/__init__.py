"""The room's WebSocket protocol, version 1: both ways, one source, no framework.

`python -m signaling.protocol --ts` prints the TypeScript types, `--md` the document.
"""

from signaling.protocol.client import CLIENT_MESSAGES, ClientMessage, parse
from signaling.protocol.codes import ERRORS, MAX_MESSAGE_BYTES, VERSION, Close
from signaling.protocol.matrix import MESSAGE_MATRIX, OK, Standing
from signaling.protocol.schema import MessageRefused
from signaling.protocol.server import SERVER_MESSAGES, ServerMessage, encode, error

__all__ = [
    "CLIENT_MESSAGES",
    "ERRORS",
    "MAX_MESSAGE_BYTES",
    "MESSAGE_MATRIX",
    "OK",
    "SERVER_MESSAGES",
    "VERSION",
    "ClientMessage",
    "Close",
    "MessageRefused",
    "ServerMessage",
    "Standing",
    "encode",
    "error",
    "parse",
]
