"""The raw journal of a leg: every clear RTP packet with its arrival, append-only, readable torn.

A file is one line of JSON (the head), then blocks. A block is `RTPB`, length and CRC-32 of what
follows, the arrival of its last packet; then records: type, kind, length, arrival, body. The body
of a packet is an RTP packet with a bare header (RFC 3550 5.1); every number is big-endian, every
time is monotonic seconds. The head's `zero` is the wall clock at monotonic 0.

The hot path only notes which packets came; one thread of the process encodes and writes those of
all legs, a batch in one piece. What a write call has taken outlives a kill -9; what fsync has taken
(at the end of the leg) outlives a loss of power, and only then does the name lose its `.part`.
"""

import asyncio
import errno
import json
import os
import struct
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import IntEnum
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

from signaling.media.events import AlarmCause
from signaling.media.gang import Gang
from signaling.media.rtp import Packet
from signaling.media.sink import Kind
from signaling.media.space import FreeSpace

VERSION: Final = 1
WAITING_LIMIT: Final = 14_000
"""Packets, some 16 MiB: a disk that is that far behind will not catch up."""
BLOCK: Final = struct.Struct("!4sIId")
MAGIC: Final = b"RTPB"
RECORD: Final = struct.Struct("!BBHd")
_PACKET: Final = struct.Struct("!BBHdBBHII")
_RTP_HEADER: Final = 12
_REPORT: Final = struct.Struct("!BBHdQI")
_WRITER: Final = Gang(ThreadPoolExecutor(max_workers=1, thread_name_prefix="raw-journal"))


Arrived = tuple[Kind, Packet]
Entry = Arrived | bytes  # a packet, or a record as it is written


class RecordType(IntEnum):
    """What a record is. A tick is kept only when something was given up on at it."""

    PACKET = 1
    REPORT = 2
    TICK = 3
    END = 4


_IS_PACKET: Final = int(RecordType.PACKET)
KIND_NUMBER: Final = {Kind.AUDIO: 0, Kind.VIDEO: 1}


@dataclass(frozen=True, slots=True)
class JournalHead:
    """Whose leg this is, and how its monotonic times lie on the wall clock."""

    room: str
    source: str
    peer: str
    leg: int
    kinds: tuple[str, ...]
    zero: str
    version: int = VERSION

    @property
    def wall_zero(self) -> datetime:
        return datetime.fromisoformat(self.zero)


def open_path(directory: Path, leg: int) -> Path:
    return directory / f"leg-{leg:06d}.rtp.part"


def closed_path(open_journal: Path) -> Path:
    return open_journal.with_name(open_journal.name.removesuffix(".part"))


def last_leg(directory: Path) -> int:
    """The highest leg number in a source's folder, 0 in a new one."""
    return max((int(p.name[4:10]) for p in directory.glob("leg-??????.rtp*")), default=0)


class JournalWriter:
    """One leg's journal. All methods are for the event loop and never wait for the disk."""

    def __init__(
        self, directory: Path, head: JournalHead, *, floor_bytes: int, space: FreeSpace
    ) -> None:
        self.path = open_path(directory, head.leg)
        self.failed: AlarmCause | None = None
        """Set by the writing thread: nothing more is taken; the segments go on without."""
        self._head = head
        self._floor, self._space = floor_bytes, space
        self._entries: list[Entry] = []
        self._latest = 0.0
        self._writing: asyncio.Future[None] | None = None
        self._file: BinaryIO | None = None

    def packets(self, arrived: Sequence[Arrived]) -> None:
        """Note packets in order; they are not copied, and nobody changes them any more."""
        self._latest = arrived[-1][1].arrival
        self._entries += arrived

    def report(self, kind: Kind, ntp: int, timestamp: int) -> None:
        """Note what a sender report says; it belongs to the packets before it."""
        self._entries.append(
            _REPORT.pack(RecordType.REPORT, KIND_NUMBER[kind], 12, 0.0, ntp, timestamp & 0xFFFFFFFF)
        )

    def tick(self, mono: float) -> None:
        """Note that packets were given up on here, so that a replay decides the same."""
        self._entries.append(RECORD.pack(RecordType.TICK, 0, 0, mono))

    def flush(self) -> None:
        """Hand what was noted to the writing thread, unless it still has the one before."""
        if self.failed is not None or not self._entries:
            self._entries.clear()
        elif self._writing is None or self._writing.done():
            entries, self._entries = self._entries, []
            self._writing = _WRITER.run(partial(self._write, entries, self._latest))
        elif len(self._entries) > WAITING_LIMIT:
            self.failed = AlarmCause.WRITE_FAILED

    @property
    def writing(self) -> "asyncio.Future[None] | None":
        """What the writing thread has in hand."""
        return self._writing

    def close(self, mono: float) -> "asyncio.Future[None]":
        """End the leg's journal: the rest written, synced, renamed; done when that is done."""
        entries, self._entries = self._entries, []
        entries.append(RECORD.pack(RecordType.END, 0, 0, mono))
        return _WRITER.run(partial(self._finish, entries, self._latest))

    # in the writing thread

    def _write(self, entries: list[Entry], latest: float) -> None:
        if self.failed is not None:
            return
        try:
            if self._space.short_of(self._floor, self.path.parent, latest):
                # The last space belongs to the segments; the journal repeats what is in them.
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            file = self._file or self._open()
            data = _encoded(entries)
            head = BLOCK.pack(MAGIC, len(data), zlib.crc32(data), latest)
            if os.writev(file.fileno(), (head, data)) < len(head) + len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            self.failed = AlarmCause.DISK_FULL if full else AlarmCause.WRITE_FAILED

    def _open(self) -> BinaryIO:
        file = self.path.open("xb", buffering=0)
        self._file = file
        file.write(json.dumps(asdict(self._head)).encode() + b"\n")
        return file

    def _finish(self, entries: list[Entry], latest: float) -> None:
        self._write(entries, latest)
        file, self._file = self._file, None
        if file is None:
            return
        try:
            with file:
                os.fsync(file.fileno())
            settle_name(self.path, closed_path(self.path))
        except OSError:
            self.failed = self.failed or AlarmCause.WRITE_FAILED


def _encoded(entries: list[Entry]) -> bytes:
    parts: list[bytes] = []
    pack, video, add = _PACKET.pack, Kind.VIDEO, parts.append
    for entry in entries:
        if isinstance(entry, bytes):
            add(entry)
            continue
        kind, packet = entry
        payload = packet.payload
        add(
            pack(
                _IS_PACKET,
                kind is video,
                _RTP_HEADER + len(payload),
                packet.arrival,
                0x80,
                packet.marker << 7 | packet.payload_type,
                packet.sequence,
                packet.timestamp,
                packet.ssrc,
            )
        )
        add(payload)
    return b"".join(parts)


def settle_name(path: Path, final: Path) -> None:
    """Rename and sync the folders down to it: from here on the name outlives a loss of power."""
    path.rename(final)
    for folder in (final.parent, *final.parent.parents[:2]):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
