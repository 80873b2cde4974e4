"""Reading a raw journal back, whole or torn: packets as the recorder got them."""

import json
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from signaling.media.items import Report, Tick
from signaling.media.journal import (
    BLOCK,
    KIND_NUMBER,
    MAGIC,
    RECORD,
    VERSION,
    JournalHead,
    RecordType,
)
from signaling.media.rtp import Packet, describe, parse, unwrap
from signaling.media.sink import Kind

_KINDS = {number: kind for kind, number in KIND_NUMBER.items()}
_REPORT_BODY = struct.Struct("!QI")


class JournalUnreadable(ValueError):
    """The head of a journal is missing, torn or of another version."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One packet as it was handed to the recorder."""

    kind: Kind
    packet: Packet


Read = Taken | Report | Tick


def read_journal_head(path: Path) -> JournalHead:
    """Refuses JournalUnreadable."""
    with path.open("rb") as file:
        return _head(file)


def _head(file: BinaryIO) -> JournalHead:
    line = file.readline(65536)
    try:
        raw = json.loads(line)
        head = JournalHead(**{**raw, "kinds": tuple(raw["kinds"])})
    except (ValueError, TypeError, KeyError) as error:
        raise JournalUnreadable("head") from error
    if not line.endswith(b"\n") or head.version != VERSION:
        raise JournalUnreadable("head")
    return head


def read_journal(path: Path, *, since: float = float("-inf")) -> Iterator[Read]:
    """What was written, in order, from the first block that reaches past `since`.

    Ends quietly at the first block that is torn or whose checksum is wrong: nothing behind it is
    known to follow what came before. Refuses JournalUnreadable.
    """
    numbering = _Numbering()
    with path.open("rb") as file:
        _head(file)
        for data in _blocks(file, since):
            yield from _records(data, numbering)


def whole_journal_length(path: Path) -> int:
    """Bytes up to the end of the last whole block."""
    with path.open("rb") as file:
        _head(file)
        end = file.tell()
        for _ in _blocks(file, float("-inf")):
            end = file.tell()
    return end


def _blocks(file: BinaryIO, since: float) -> Iterator[bytes]:
    total = os.fstat(file.fileno()).st_size
    while len(head := file.read(BLOCK.size)) == BLOCK.size:
        magic, length, crc, latest = BLOCK.unpack(head)
        if magic != MAGIC or file.tell() + length > total:
            return
        if latest < since:
            file.seek(length, os.SEEK_CUR)
            continue
        since = float("-inf")
        data = file.read(length)
        if zlib.crc32(data) != crc:
            return
        yield data


class _Numbering:
    """Sequence numbers without their 16-bit limit, as ingress gives them."""

    def __init__(self) -> None:
        self._highest: dict[Kind, int] = {}

    def number(self, kind: Kind, sequence: int) -> int:
        before = self._highest.get(kind, sequence + (1 << 16))
        index = unwrap(before, sequence, 16)
        self._highest[kind] = max(before, index)
        return index


def _records(data: bytes, numbering: _Numbering) -> Iterator[Read]:
    at = 0
    while at + RECORD.size <= len(data):
        number, kind, length, arrival = RECORD.unpack_from(data, at)
        at += RECORD.size
        body = data[at : at + length]
        at += length
        if number == RecordType.PACKET:
            yield Taken(_KINDS[kind], _packet(body, _KINDS[kind], arrival, numbering))
        elif number == RecordType.REPORT:
            ntp, timestamp = _REPORT_BODY.unpack(body)
            yield Report(_KINDS[kind], ntp, timestamp)
        elif number == RecordType.TICK:
            yield Tick(arrival)


def _packet(body: bytes, kind: Kind, arrival: float, numbering: _Numbering) -> Packet:
    packet = parse(body, 0)
    packet.arrival = arrival
    packet.index = numbering.number(kind, packet.sequence)
    if kind is Kind.VIDEO and packet.payload:
        describe(packet)
    return packet
