"""kill -9 of the process that holds the media, and what is left of a torn file."""

import asyncio
import hashlib
import random
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from signaling.media.ebml import whole_length
from signaling.media.events import GapCause, MediaEvent, RecordingGap, SegmentClosed
from signaling.media.probe import probe_segment
from signaling.media.salvage import salvage_all
from tests.bench.media_cost import Server
from tests.signaling.media.encoded import video_frames
from tests.signaling.media.peers import NumberedCamera, Voice, negotiate, new_pc, until, utc_now
from tests.signaling.media.test_segmenter import Recording

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


async def _post(port: int, path: str, body: str) -> str:
    def send() -> str:
        url = f"http://127.0.0.1:{port}{path}"
        with urllib.request.urlopen(url, body.encode(), timeout=60) as reply:
            answer: bytes = reply.read()
        return answer.decode()

    return await asyncio.to_thread(send)


async def test_a_killed_process_loses_at_most_two_seconds_and_closed_segments_verify(
    tmp_path: Path,
) -> None:
    chance = random.Random(20261122)
    for number in range(2):
        storage = tmp_path / f"{number}"
        server = Server("ours", storage, segment_seconds=2.0)
        camera = NumberedCamera()
        pc = new_pc()
        pc.addTransceiver(camera, direction="sendonly")
        pc.addTransceiver(Voice(), direction="sendonly")
        await negotiate(
            pc,
            lambda sdp, port=server.port: _post(port, "/publish?member=li&peer=p", sdp),  # type: ignore[misc]
        )
        wanted = 75 + int(chance.random() * 30)
        await until(lambda: len(camera.sent) > wanted, 60, "pictures")  # noqa: B023  awaited in its own turn
        killed_at = time.time()
        server.kill()
        await pc.close()
        closed = {p: hashlib.sha256(p.read_bytes()).digest() for p in storage.rglob("*.webm")}
        events: list[MediaEvent] = list(salvage_all(storage, utc_now()))
        gaps = [e for e in events if isinstance(e, RecordingGap)]
        assert [g.cause for g in gaps] == [GapCause.CRASH]
        assert killed_at - gaps[0].started_at.timestamp() <= 2.0
        for salvaged in (e for e in events if isinstance(e, SegmentClosed)):
            assert salvaged.salvaged
            assert probe_segment(salvaged.path).decodable
            assert hashlib.sha256(salvaged.path.read_bytes()).hexdigest() == salvaged.sha256
        for path, digest in closed.items():
            assert hashlib.sha256(path.read_bytes()).digest() == digest
            assert probe_segment(path).decodable
        assert closed
        assert not list(storage.rglob("*.part"))
        assert not list(storage.rglob("*.json"))


def test_whatever_is_left_of_a_torn_file_is_kept_and_readable(tmp_path: Path) -> None:
    recording = Recording(tmp_path, segment_seconds=60)
    recording.frames(video_frames(60))
    torn = recording.folder / "000001.webm.part"
    whole = torn.read_bytes()
    chance = random.Random(3)
    for number, length in enumerate([0, 3, 200, *(chance.randrange(len(whole)) for _ in range(8))]):
        folder = tmp_path / f"cut-{number}" / "r1" / "li"
        folder.mkdir(parents=True)
        part = folder / "000001.webm.part"
        part.write_bytes(whole[:length])
        (folder / "000001.json").write_bytes((recording.folder / "000001.json").read_bytes())
        events = list(salvage_all(folder, NOW))
        closed = [e for e in events if isinstance(e, SegmentClosed)]
        (gap,) = [e for e in events if isinstance(e, RecordingGap)]
        assert gap.ended_at == NOW
        if closed:
            assert (closed[0].room, closed[0].source, closed[0].peer) == ("r1", "li", "p1")
            assert closed[0].path.read_bytes() == whole[: closed[0].size_bytes]
            probe = probe_segment(closed[0].path)
            assert probe.decodable
            assert probe.video_frames == closed[0].video_frames
        else:
            assert (folder / "000001.torn").stat().st_size == length
    recording.finish()


def test_a_file_of_noise_has_nothing_whole(tmp_path: Path) -> None:
    noise = tmp_path / "noise"
    noise.write_bytes(random.Random(1).randbytes(5000))
    assert whole_length(noise) == 0


def test_numbering_goes_on_after_a_crash(tmp_path: Path) -> None:
    first = Recording(tmp_path)
    first.frames(video_frames(60))
    first.finish()
    second = Recording(tmp_path)
    second.frames(video_frames(60, at=300.0))
    second.finish()
    assert [s.number for s in first.segments + second.segments] == [1, 2]
