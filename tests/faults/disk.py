"""A disk that is full in the middle of a recording: a small tmpfs, filled while the call goes on.

Needs the right to mount; where that is missing the rows are not taken, which is not met.
"""

import asyncio
import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from signaling.media.events import AlarmCause, GapCause
from signaling.media.probe import probe_segment
from tests.faults.plan import Wish
from tests.signaling.media.rawlegs import ORIGIN, Rig, Sent, call, mono_of
from tests.support.rows import Row, at_most, exactly, not_taken

SIZE = 6 * 1024 * 1024
FLOOR = 1024 * 1024
BALLAST = 64 * 1024
FULL_AT = 8.0
FREE_AT = 14.0
SECONDS = 20.0


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def rows(_: Wish) -> list[Row]:
    """R13: the alarm's delay, the frames that are nowhere, and the earlier segments' digests."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            with small_disk(Path(folder)) as disk:
                return asyncio.run(_fill(disk))
        except (OSError, subprocess.CalledProcessError) as error:
            return [not_taken("R13.disk_full", repr(error))]


def _between(packets: list[Sent], start: float, end: float) -> list[Sent]:
    return [s for s in packets if start <= s.packet.arrival - ORIGIN < end]


async def _fill(disk: Path) -> list[Row]:
    rig = Rig(disk, floor_bytes=FLOOR)
    packets = call(SECONDS)
    rig.start()
    await rig.play(_between(packets, 0, FULL_AT))
    before = list(rig.segments)
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(BALLAST)) == BALLAST:
                pass
        except OSError:
            pass  # full is what it is for
    full_at = rig.mono
    alarm_after = float("inf")
    for step in range(round((FREE_AT - FULL_AT) * 4)):
        await rig.play(_between(packets, FULL_AT + step / 4, FULL_AT + (step + 1) / 4))
        if any(alarm.cause is AlarmCause.DISK_FULL for alarm in rig.alarms):
            alarm_after = min(alarm_after, rig.mono - full_at)
    ballast.unlink()
    await rig.play(_between(packets, FREE_AT, SECONDS))
    received = len({(s.kind, s.packet.timestamp) for s in packets})
    summary = await rig.close(received)
    changed = sum(
        hashlib.sha256(segment.path.read_bytes()).hexdigest() != segment.sha256
        or not probe_segment(segment.path).decodable
        for segment in before
    )
    last = max((mono_of(segment.ended_at) - ORIGIN for segment in rig.segments), default=0.0)
    nowhere = received - summary.frames_recorded - summary.frames_in_gaps
    unnamed = {gap.cause for gap in rig.gaps} - {GapCause.DISK_FULL, GapCause.BEFORE_KEY_FRAME}
    return [
        at_most("R13.alarm_after", alarm_after, "s", 3.0),
        exactly("R13.earlier_segments_changed", changed, "segments", 0),
        exactly("R13.frames_nowhere", nowhere, "frames", 0),
        exactly("R13.gaps_of_another_name", len(unnamed), "causes", 0),
        at_most("R13.not_recorded_again_after", SECONDS - last, "s", 0.5),
    ]


if __name__ == "__main__":
    for row in rows(Wish()):
        sys.stdout.write(f"{row.id:34} {row.value} {row.unit} {row.target} {row.met} {row.note}\n")
