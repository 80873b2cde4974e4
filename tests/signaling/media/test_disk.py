"""Space that runs out: said at once, the journal gives way first, the call goes on (R13)."""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from signaling.media.events import AlarmCause
from signaling.media.rawread import Taken, read_journal
from signaling.media.space import FreeSpace
from tests.signaling.media.rawlegs import ORIGIN, Rig, Sent, call

FLOOR = 10_000_000


@dataclass
class Disk:
    """What the recorder is told of the free space."""

    free: int = 100_000_000
    looked_up: int = 0


@contextmanager
def disk_of(disk: Disk) -> Iterator[None]:
    usage = type(shutil.disk_usage("/"))

    def told(_path: object) -> object:
        disk.looked_up += 1
        return usage(200_000_000, 200_000_000 - disk.free, disk.free)

    with mock.patch("shutil.disk_usage", told):
        yield


def between(packets: list[Sent], start: float, end: float) -> list[Sent]:
    return [s for s in packets if start <= s.packet.arrival - ORIGIN < end]


async def test_the_alarm_comes_within_three_seconds_and_the_segments_go_on(
    tmp_path: Path,
) -> None:
    disk = Disk()
    rig = Rig(tmp_path, floor_bytes=FLOOR)
    packets = call(9)
    with disk_of(disk):
        rig.start()
        await rig.play(between(packets, 0, 4))
        assert rig.alarms == []
        disk.free = FLOOR - 1
        full_at = rig.mono
        for start in range(4, 9):
            await rig.play(between(packets, start, start + 1))
            if start == 4:
                assert [alarm.cause for alarm in rig.alarms] == [AlarmCause.DISK_FULL]
                assert rig.mono - full_at <= 3.0
        summary = await rig.close(len({(s.kind, s.packet.timestamp) for s in packets}))
    assert [alarm.cause for alarm in rig.alarms] == [AlarmCause.DISK_FULL]
    assert summary.balanced
    assert summary.frames_in_gaps == 0
    for segment in rig.segments:
        assert hashlib.sha256(segment.path.read_bytes()).hexdigest() == segment.sha256


def test_the_space_is_looked_up_once_a_second_for_all_and_each_time_while_it_is_short(
    tmp_path: Path,
) -> None:
    disk, space = Disk(), FreeSpace()
    with disk_of(disk):
        assert not any(space.short_of(FLOOR, tmp_path, 50 + n / 10) for n in range(20))
        assert disk.looked_up == 2
        disk.free = FLOOR - 1
        assert [space.short_of(FLOOR, tmp_path, at) for at in (51.95, 52.05, 52.1)] == [
            False,
            True,
            True,
        ]
        disk.free = FLOOR
        assert not space.short_of(FLOOR, tmp_path, 52.11)


async def test_the_last_space_is_for_the_segments_and_the_next_leg_has_a_journal_again(
    tmp_path: Path,
) -> None:
    disk = Disk()
    rig = Rig(tmp_path, floor_bytes=FLOOR)
    packets = call(6)
    with disk_of(disk):
        rig.start()
        await rig.play(between(packets, 0, 2))
        disk.free = FLOOR - 1
        await rig.play(between(packets, 2, 4))
        size = sum(path.stat().st_size for path in rig.source.glob("leg-*"))
        disk.free = FLOOR * 2
        rig.start()
        await rig.play(between(packets, 4, 6))
        await rig.close()
    first, second = sorted(rig.source.glob("leg-*.rtp"))
    assert first.stat().st_size == size
    arrivals = [read.packet.arrival for read in read_journal(first) if isinstance(read, Taken)]
    assert max(arrivals) < ORIGIN + 2.4
    assert second.stat().st_size > 0


async def test_a_journal_that_cannot_be_written_is_said_and_costs_no_frame(
    tmp_path: Path,
) -> None:
    rig = Rig(tmp_path)
    packets = call(4)
    rig.start()
    (rig.source / "leg-000001.rtp.part").mkdir()
    await rig.play(packets)
    await rig.close()
    assert [alarm.cause for alarm in rig.alarms] == [AlarmCause.WRITE_FAILED]
    assert rig.recorder.frames_recorded == len({(s.kind, s.packet.timestamp) for s in packets})
    assert rig.recorder.frames_in_gaps == 0
