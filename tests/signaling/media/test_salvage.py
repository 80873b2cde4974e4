"""What a crash left is made whole from the raw journal, and nothing is called whole that is not."""

import hashlib
import os
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest

from signaling.media.accounts import Named, account
from signaling.media.events import GapCause, MediaEvent, RecordingGap, SegmentClosed
from signaling.media.manifest import read_manifest
from signaling.media.probe import probe_segment
from signaling.media.salvage import salvage_all
from signaling.media.sink import Kind
from tests.signaling.media.rawlegs import ORIGIN, FakeLeg, Rig, Sent, call, mono_of, video, wall
from tests.signaling.media.test_segmenter import numbers

NOW = wall(ORIGIN + 100)


def closed(events: list[MediaEvent]) -> list[SegmentClosed]:
    return [event for event in events if isinstance(event, SegmentClosed)]


def holes(events: list[MediaEvent]) -> list[RecordingGap]:
    return [event for event in events if isinstance(event, RecordingGap)]


async def crashed_after(seconds: float, folder: Path, *, packets: list[Sent] | None = None) -> Rig:
    rig = Rig(folder / "before")
    rig.start()
    await rig.play(packets or call(seconds), until=ORIGIN + seconds)
    return rig


def pictures_of(folder: Path) -> list[int | None]:
    return [n for path in sorted(folder.rglob("*.webm")) for n in numbers(path)]


@pytest.mark.parametrize("seconds", [0.9, 1.95, 3.4, 5.2])
async def test_at_most_a_third_of_a_second_is_lost_whenever_the_kill_comes(
    tmp_path: Path, seconds: float
) -> None:
    rig = await crashed_after(seconds, tmp_path)
    left = rig.crash(tmp_path / "after")
    events = list(salvage_all(left, NOW))
    (hole,) = holes(events)
    assert hole.cause is GapCause.CRASH
    assert ORIGIN + seconds - mono_of(hole.started_at) <= 0.3
    assert hole.ended_at == NOW
    seen = pictures_of(left)
    assert seen == list(range(len(seen)))
    assert len(seen) >= (seconds - 0.3) * 30
    assert all(segment.salvaged for segment in closed(events))
    await rig.close()


async def test_what_was_closed_before_the_kill_is_not_touched_and_the_rest_follows_it(
    tmp_path: Path,
) -> None:
    rig = await crashed_after(5.2, tmp_path)
    left = rig.crash(tmp_path / "after")
    before = {p.name: p.read_bytes() for p in left.rglob("*.webm")}
    assert len(before) == 2
    (salvaged,) = closed(list(salvage_all(left, NOW)))
    assert {p.name: p.read_bytes() for p in left.rglob("*.webm") if p.name in before} == before
    last = rig.segments[-1]
    assert salvaged.number == last.number + 1
    assert abs(salvaged.started_at - last.ended_at) < timedelta(milliseconds=60)
    assert probe_segment(salvaged.path).decodable
    assert hashlib.sha256(salvaged.path.read_bytes()).hexdigest() == salvaged.sha256
    await rig.close()


async def test_picture_and_voice_stay_together_in_what_is_made_of_the_journal(
    tmp_path: Path,
) -> None:
    rig = await crashed_after(5.2, tmp_path)
    (salvaged,) = closed(list(salvage_all(rig.crash(tmp_path / "after"), NOW)))
    probe = probe_segment(salvaged.path)
    assert abs(probe.first_video_ms - probe.first_audio_ms) <= 40
    assert salvaged.last_video_rtp is not None
    assert salvaged.last_audio_rtp is not None
    video_end = salvaged.last_video_rtp / 90_000
    audio_end = (salvaged.last_audio_rtp - 7_000) / 48_000
    assert abs(video_end - audio_end) < 0.1
    await rig.close()


async def test_every_packet_of_the_journal_is_in_a_segment_or_a_named_gap_after_a_crash(
    tmp_path: Path,
) -> None:
    packets = call(5.2)
    gone = next(n for n, s in enumerate(packets) if s.kind is Kind.VIDEO and n > 250)
    rig = await crashed_after(5.2, tmp_path, packets=packets[:gone] + packets[gone + 1 :])
    left = rig.crash(tmp_path / "after")
    events = list(salvage_all(left, NOW))
    gaps = [Named(g.started_at, g.ended_at, g.kind) for g in (*rig.gaps, *holes(events))]
    books = account(left.rglob("leg-*.rtp"), left.rglob("*.webm"), gaps)
    assert books.packets > 300
    assert books.balanced, books
    await rig.close()


async def test_a_packet_that_was_still_missing_at_the_kill_hides_no_key_frame_behind_it(
    tmp_path: Path,
) -> None:
    packets = call(4.3)
    gone = next(s for s in packets if s.kind is Kind.VIDEO and s.packet.timestamp == 118 * 3000)
    rig = await crashed_after(4.3, tmp_path, packets=[s for s in packets if s is not gone])
    left = rig.crash(tmp_path / "after")
    events = list(salvage_all(left, NOW))
    seen = pictures_of(left)
    assert seen[:118] == list(range(118))
    behind = seen[118:]
    assert len(behind) > 3
    assert behind == list(range(120, 120 + len(behind))), "from the key frame on"
    lost, crash = holes(events)
    assert (lost.cause, crash.cause) == (GapCause.PACKET_LOSS, GapCause.CRASH)
    assert lost.ended_at < crash.started_at
    await rig.close()


async def test_a_second_start_finds_nothing_more_to_do(tmp_path: Path) -> None:
    rig = await crashed_after(3.4, tmp_path)
    left = rig.crash(tmp_path / "after")
    assert closed(list(salvage_all(left, NOW)))
    assert list(salvage_all(left, NOW)) == []
    assert sorted(p.name for p in left.rglob("*.*") if p.is_file()) == [
        "000001.webm",
        "000002.webm",
        "leg-000001.rtp",
        "manifest.jsonl",
    ]
    await rig.close()


async def test_a_salvage_that_is_broken_off_is_taken_up_again(tmp_path: Path) -> None:
    rig = await crashed_after(3.4, tmp_path)
    left = rig.crash(tmp_path / "after")
    part = next(left.rglob("*.webm.part"))
    part.rename(part.with_name("aside-000002.webm"))
    part.with_name("000002.json").rename(part.with_name("aside-000002.json"))
    part.write_bytes(b"half a segment")
    (salvaged,) = closed(list(salvage_all(left, NOW)))
    assert salvaged.number == 2
    assert pictures_of(left) == list(range(len(pictures_of(left))))
    assert not list(left.rglob("aside-*"))
    await rig.close()


async def test_a_listed_segment_that_had_not_got_its_name_gets_it(tmp_path: Path) -> None:
    rig = await crashed_after(3.4, tmp_path)
    left = rig.crash(tmp_path / "after")
    first = next(left.rglob("000001.webm"))
    next(left.rglob("000002.webm.part")).unlink()
    next(left.rglob("leg-*")).unlink()
    first.rename(first.with_name("000001.webm.part"))
    assert closed(list(salvage_all(left, NOW))) == [read_manifest(first.parent).listed[0].segment]
    assert first.exists()
    await rig.close()


async def test_without_a_journal_the_torn_segment_is_kept(tmp_path: Path) -> None:
    rig = await crashed_after(3.4, tmp_path)
    left = rig.crash(tmp_path / "after")
    next(left.rglob("leg-*")).unlink()
    (salvaged,) = closed(list(salvage_all(left, NOW)))
    assert salvaged.number == 2
    assert probe_segment(salvaged.path).decodable
    await rig.close()


async def test_a_journal_that_ended_early_does_not_replace_a_segment_that_got_further(
    tmp_path: Path,
) -> None:
    rig = await crashed_after(1.9, tmp_path)
    left = rig.crash(tmp_path / "after")
    journal = next(left.rglob("leg-*"))
    os.truncate(journal, journal.stat().st_size // 8)
    events = list(salvage_all(left, NOW))
    kept = sum(s.video_frames + s.audio_frames for s in closed(events))
    assert kept >= 60
    await rig.close()


async def test_an_unreadable_journal_is_set_aside_and_said_once(tmp_path: Path) -> None:
    rig = await crashed_after(1.9, tmp_path)
    left = rig.crash(tmp_path / "after")
    next(left.rglob("leg-*")).write_bytes(b"\0" * 4096)
    assert len(holes(list(salvage_all(left, NOW)))) == 1
    assert list(salvage_all(left, NOW)) == []
    await rig.close()


FOLDER = -1


class Power:
    """What of a folder would be there after a loss of power: only what fsync has taken."""

    def __init__(self, folder: Path, told: Callable[[], int]) -> None:
        self.folder = folder
        self.count_told = told
        self.told: list[int] = []
        self.contents: dict[int, bytes] = {}
        self.names: dict[Path, dict[str, int]] = {}
        self.at_each: list[tuple[dict[Path, dict[str, int]], dict[int, bytes]]] = []

    def note(self, descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if not path.is_relative_to(self.folder):
            return
        if path.is_dir():
            self.names[path] = {
                p.name: p.stat().st_ino if p.is_file() else FOLDER for p in path.iterdir()
            }
        else:
            self.contents[path.stat().st_ino] = path.read_bytes()
        self.told.append(self.count_told())
        self.at_each.append((dict(self.names), dict(self.contents)))

    def cut(self, step: int, into: Path) -> None:
        names, contents = self.at_each[step]
        into.mkdir()
        for folder, entries in sorted(names.items()):
            target = into / folder.relative_to(self.folder)
            for name, inode in entries.items() if target.exists() else ():
                if inode == FOLDER:
                    (target / name).mkdir()
                else:
                    (target / name).write_bytes(contents.get(inode, b""))


@contextmanager
def watched(power: Power) -> Iterator[None]:
    real = os.fsync

    def fsync(descriptor: int) -> None:
        real(descriptor)
        power.note(descriptor)

    with mock.patch("os.fsync", fsync):
        yield


async def test_power_lost_after_any_sync_leaves_no_segment_that_is_called_whole_and_is_not(
    tmp_path: Path,
) -> None:
    rig = Rig(tmp_path / "before")
    power = Power(tmp_path / "before", lambda: len(rig.segments))
    with watched(power):
        rig.start()
        await rig.play(call(6.5))
    assert len(power.at_each) >= 9
    for step in range(len(power.at_each)):
        left = tmp_path / f"cut-{step}"
        power.cut(step, left)
        found = {p.name: p for p in left.rglob("*.webm")}
        events = list(salvage_all(left, NOW))
        for segment in (*closed(events), *rig.segments[: power.told[step]]):
            path = left / "r1" / "li" / segment.path.name
            assert hashlib.sha256(path.read_bytes()).hexdigest() == segment.sha256
        assert all(probe_segment(path).decodable for path in found.values())
    await rig.close()


async def test_a_full_disk_at_the_salvage_loses_nothing_that_was_there(tmp_path: Path) -> None:
    rig = await crashed_after(3.4, tmp_path)
    left = rig.crash(tmp_path / "after")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, limits[1]))
        list(salvage_all(left, NOW))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    kept = [p for p in left.rglob("*") if p.suffix in {".webm", ".part", ".torn"}]
    assert len(kept) == 2
    await rig.close()


async def test_two_legs_one_after_the_other_are_salvaged_by_their_own_journals(
    tmp_path: Path,
) -> None:
    rig = Rig(tmp_path / "before")
    rig.start()
    await rig.play(video(100)[:], until=ORIGIN + 3.5)
    rig.start(FakeLeg("p2"))
    later = [Sent(s.kind, s.packet) for s in video(60)]
    for sent in later:
        sent.packet.arrival += 4
        sent.packet.timestamp += 123
    await rig.play(later, until=ORIGIN + 5.5)
    left = rig.crash(tmp_path / "after")
    events = list(salvage_all(left, NOW))
    assert {s.peer for s in closed(events)} == {"p2"}
    seen = pictures_of(left)
    assert seen[:100] == list(range(100))
    assert seen[100:] == list(range(len(seen) - 100))
    assert len(seen) >= 135
    await rig.close()
