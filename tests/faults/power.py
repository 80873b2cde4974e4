"""The power goes: only what was synced is there afterwards (R3).

The recorder runs as always, on packets of a fake clock; every fsync is noted. At seeded moments a
copy is made of what a disk would hold that keeps nothing else: names as of the last sync of their
folder, contents up to their last own sync. Salvage runs on the copy, as at a node's next start.
"""

import asyncio
import hashlib
import os
import random
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from signaling.media.events import SegmentClosed
from signaling.media.manifest import read_manifest
from signaling.media.salvage import salvage_all
from tests.faults.plan import SEED, Wish
from tests.signaling.media.rawlegs import ORIGIN, Rig, Sent, call, mono_of, wall
from tests.support.rows import Row, at_most, exactly

SEGMENT_SECONDS = 8.0
CUTS = 40
LOST_AT_MOST = 10.0


@dataclass
class Disk:
    """What has been synced: sizes by inode, and per folder which name is which inode."""

    root: Path
    sizes: dict[int, int] = field(default_factory=dict)
    names: dict[Path, dict[str, int]] = field(default_factory=dict)
    syncs: int = 0

    def note(self, descriptor: int) -> None:
        self.syncs += 1
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode):
            folder = Path(f"/proc/self/fd/{descriptor}").readlink()
            self.names[folder] = {p.name: p.stat().st_ino for p in folder.iterdir()}
        else:
            self.sizes[found.st_ino] = found.st_size

    def cut_power(self, into: Path) -> None:
        """Copy what would be left into another folder."""
        now = {p.stat().st_ino: p for p in self.root.rglob("*") if p.is_file()}
        into.mkdir()
        for folder, names in self.names.items():
            if not folder.is_relative_to(self.root):
                continue
            target = into / folder.relative_to(self.root)
            target.mkdir(parents=True, exist_ok=True)
            for name, inode in names.items():
                if inode in now:
                    content = now[inode].read_bytes()[: self.sizes.get(inode, 0)]
                    (target / name).write_bytes(content)


@contextmanager
def watched(disk: Disk) -> Iterator[None]:
    sync = os.fsync

    def noted(descriptor: int) -> None:
        sync(descriptor)
        disk.note(descriptor)

    with mock.patch("os.fsync", noted):
        yield


def lost(wish: Wish) -> list[Row]:
    """R3: power cut at seeded moments of one recording; what is missing, what is falsely sealed."""
    return asyncio.run(_lost(wish.seconds))


async def _lost(span: float) -> list[Row]:
    chance = random.Random(SEED)
    cuts = sorted(chance.uniform(1.0, span) for _ in range(CUTS))
    missing: list[float] = []
    false = 0
    with tempfile.TemporaryDirectory(prefix="faults-") as name:
        folder = Path(name)
        (folder / "live").mkdir()
        disk = Disk(folder / "live")
        rig = Rig(folder / "live", segment_seconds=SEGMENT_SECONDS)
        packets = call(span)
        with watched(disk):
            rig.start()
            done = 0.0
            for number, at in enumerate(cuts):
                await rig.play(_between(packets, done, at), until=ORIGIN + at)
                done = at
                disk.cut_power(folder / f"cut-{number}")
                end, wrong = _after(folder / f"cut-{number}", rig.mono)
                missing.append(at - end)
                false += wrong
            await rig.close()
    note = f"{CUTS} cuts in {span:g} s, segments of {SEGMENT_SECONDS:g} s, {disk.syncs} syncs seen"
    return [
        at_most("R3.recording_lost_max", max(missing), "s", LOST_AT_MOST, note=note),
        exactly("R3.falsely_sealed", false, "segments", 0),
    ]


def _between(packets: list[Sent], start: float, end: float) -> list[Sent]:
    return [s for s in packets if start <= s.packet.arrival - ORIGIN < end]


def _after(copy: Path, mono: float) -> tuple[float, int]:
    """Up to where the recording is there after a restart, and the segments that are not as said."""
    found = [one for one in salvage_all(copy, wall(mono)) if isinstance(one, SegmentClosed)]
    for folder in {path.parent for path in copy.rglob("manifest.jsonl")}:
        found += [listed.segment for listed in read_manifest(folder).listed]
    end, false = 0.0, 0
    for segment in found:
        path = segment.path
        if not path.is_relative_to(copy):
            path = next(iter(copy.rglob(path.name)), path)
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == segment.sha256:
            end = max(end, mono_of(segment.ended_at) - ORIGIN)
        else:
            false += 1
    return end, false
