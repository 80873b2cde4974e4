"""Digests and canonical bytes: what may be signed, chained and compared."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias

import rfc8785

JSONValue: TypeAlias = (
    "str | int | float | bool | Sequence[JSONValue] | Mapping[str, JSONValue] | None"
)

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Digests:
    sha256: str
    sm3: str
    size: int


def sha256_hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def digest_stream(file: BinaryIO) -> Digests:
    """Read `file` to its end once and return SHA-256, SM3 (GB/T 32905) and the size in bytes."""
    meter = Meter()
    while chunk := file.read(_CHUNK):
        meter.update(chunk)
    return meter.digests()


class Meter:
    """Digests of bytes that pass by in pieces."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self._sm3 = hashlib.new("sm3")
        self._size = 0

    def update(self, chunk: bytes) -> None:
        self._sha256.update(chunk)
        self._sm3.update(chunk)
        self._size += len(chunk)

    def digests(self) -> Digests:
        return Digests(self._sha256.hexdigest(), self._sm3.hexdigest(), self._size)


def canonical(obj: JSONValue) -> bytes:
    """The one byte form of a JSON value (RFC 8785); refuses NaN and integers beyond 2^53."""
    return rfc8785.dumps(_plain(obj))


def salted(salt: str, value: str) -> str:
    """SHA-256 over salt and value: proves a value later without showing it now."""
    return sha256_hex(f"{salt}\x00{value}".encode())


def _plain(obj: JSONValue) -> JSONValue:
    """rfc8785 knows dict and list only; mappings and tuples of our own are turned into them."""
    if isinstance(obj, Mapping):
        return {key: _plain(value) for key, value in obj.items()}
    if isinstance(obj, Sequence) and not isinstance(obj, str):
        return [_plain(value) for value in obj]
    return obj
