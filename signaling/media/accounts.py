"""Every packet of a raw journal is in a segment or in a named gap: checked, byte for byte.

Independent of how the segments were made: frames are put together here from packets of one
timestamp and looked up by digest among what a demuxer finds in the files. `python -m
signaling.media.accounts` is the check as a process of its own: job as JSON on stdin, result on
stdout; it takes minutes for a long call and none of the caller's time.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Final, TypedDict

import av

from signaling.media.rawread import Taken, read_journal, read_journal_head
from signaling.media.rtp import Packet
from signaling.media.sink import Kind

TOLERANCE: Final = timedelta(milliseconds=500)
"""A gap is told by its frames; the packets of its first and last one lie around these."""
PATIENCE: Final = 3.0
"""Seconds after which no packet of a frame can come any more."""


@dataclass(frozen=True, slots=True)
class Named:
    """A gap on the wall clock; `kind` empty for both."""

    started_at: datetime
    ended_at: datetime
    kind: str


@dataclass(slots=True)
class Account:
    """Packets of the journals. `missing` are in no segment and no gap; then `first_missing`."""

    packets: int = 0
    recorded: int = 0
    named: int = 0
    padding: int = 0
    missing: int = 0
    first_missing: str = ""

    @property
    def balanced(self) -> bool:
        return not self.missing


def account(journals: Iterable[Path], segments: Iterable[Path], gaps: list[Named]) -> Account:
    """Find every packet of one source's journals. Refuses JournalUnreadable."""
    found = _frames_in(segments)
    total = Account()
    for journal in journals:
        zero = read_journal_head(journal).wall_zero
        for group in _groups(journal, total):
            digest = _digest(group.kind, group.data())
            if found[digest] > 0:
                found[digest] -= 1
                total.recorded += len(group.packets)
                continue
            at = zero + timedelta(seconds=min(p.arrival for p in group.packets))
            if any(_explains(gap, group.kind, at) for gap in gaps):
                total.named += len(group.packets)
            else:
                total.missing += len(group.packets)
                total.first_missing = total.first_missing or at.isoformat()
    return total


def _explains(gap: Named, kind: Kind, at: datetime) -> bool:
    if gap.kind not in ("", kind):
        return False
    return gap.started_at - TOLERANCE <= at <= gap.ended_at + TOLERANCE


def _digest(kind: Kind, data: bytes) -> bytes:
    return blake2b(data, digest_size=12, key=kind.encode()).digest()


def _frames_in(segments: Iterable[Path]) -> Counter[bytes]:
    found: Counter[bytes] = Counter()
    for path in segments:
        with av.open(str(path)) as container:
            for packet in container.demux():
                if packet.size:
                    found[_digest(Kind(packet.stream.type), bytes(packet))] += 1
    return found


@dataclass(slots=True)
class _Group:
    """Packets of one timestamp."""

    kind: Kind
    since: float
    packets: list[Packet] = field(default_factory=list)

    def data(self) -> bytes:
        ordered = sorted(self.packets, key=lambda packet: packet.index)
        return b"".join(packet.payload[packet.data_at :] for packet in ordered)


def _groups(journal: Path, total: Account) -> Iterator[_Group]:
    waiting: dict[tuple[Kind, int], _Group] = {}
    for read in read_journal(journal):
        if not isinstance(read, Taken):
            continue
        kind, packet = read.kind, read.packet
        total.packets += 1
        if not packet.payload:
            total.padding += 1
            continue
        group = waiting.setdefault((kind, packet.timestamp), _Group(kind, packet.arrival))
        group.packets.append(packet)
        while (oldest := next(iter(waiting.values()))).since < packet.arrival - PATIENCE:
            yield oldest
            del waiting[oldest.kind, oldest.packets[0].timestamp]
    yield from waiting.values()


class GapJob(TypedDict):
    started_at: str
    ended_at: str
    kind: str


class AccountJob(TypedDict):
    """Local files and the gaps of one source."""

    journals: list[str]
    segments: list[str]
    gaps: list[GapJob]


def run(job: AccountJob) -> Account:
    gaps = [
        Named(
            datetime.fromisoformat(gap["started_at"]),
            datetime.fromisoformat(gap["ended_at"]),
            gap["kind"],
        )
        for gap in job["gaps"]
    ]
    return account(map(Path, job["journals"]), map(Path, job["segments"]), gaps)


if __name__ == "__main__":
    json.dump(asdict(run(json.load(sys.stdin))), sys.stdout)
