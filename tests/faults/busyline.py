"""`python -m tests.faults.busyline`: a call on loopback while processes that only compute fight it.

Two real Chromiums (one sends 720p, one watches) and the node, which fits lines, share the cores
with `--burn` of them. No machine's delay may be taken for a line's: the source stays at HD, its
viewer at everything, and the recording holds at least 20 pictures a second (decoded and counted).
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import av

from signaling.media.events import SegmentClosed
from tests.bench.bare_server import ROOM
from tests.faults.linelab import Lab
from tests.support.footage import camera_mjpeg, microphone_wav
from tests.support.rows import Row, at_least, exactly, machine, report

FOLDER = Path("var/faults").resolve()
SECONDS = 40.0
LEAST_FPS = 20.0


@contextmanager
def burners(count: int) -> Iterator[None]:
    """Processes that do nothing but compute."""
    running = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def pictures(segment: SegmentClosed) -> int:
    """How many pictures of 720 lines a decoder finds in a segment."""
    with av.open(str(segment.path)) as container:
        return sum(frame.height == 720 for frame in container.decode(video=0))


async def run(folder: Path, burn: int, *, fit_lines: bool) -> list[Row]:
    footage = camera_mjpeg(folder, frames=60, strip=True), microphone_wav(folder, seconds=2)
    async with (
        Lab(folder, footage, fit_lines=fit_lines).open() as lab,
        lab.page() as source,
        lab.page() as viewer,
    ):
        await lab.publish(source, "li")
        await viewer.evaluate("subscribe('wang', 'li', 'wang-1')")
        with burners(burn):
            await asyncio.sleep(SECONDS)
        del lab.senders["li"]
        seen = await viewer.evaluate("figures()")
        summary = await lab.engine.close_room(ROOM)
    segments = [s for one in summary.sources for s in one.segments if s.video_frames]
    frames = await asyncio.to_thread(lambda: sum(map(pictures, segments)))
    seconds = sum(s.media_ms for s in segments) / 1000
    kbps = sum(s.size_bytes for s in segments) * 8 / 1000 / seconds
    return [
        Row(id="busy.recorded_kbps", value=round(kbps), unit="kbit/s"),
        exactly("busy.source_changes", len(lab.levels("li")), "changes", 0),
        exactly("busy.viewer_changes", len(lab.levels("wang")), "changes", 0),
        at_least("busy.recorded_720p_fps", frames / seconds, "fps", LEAST_FPS),
        Row(id="busy.viewer_frames_decoded", value=seen["decoded"], unit="frames"),
    ]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--burn", type=int, default=2)
    options.add_argument("--without", action="store_true", help="do not fit lines, to compare")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = asyncio.run(run(Path(folder), given.burn, fit_lines=not given.without))
    where = machine()
    return report([replace(row, machine=where) for row in rows], FOLDER / "busyline.json")


if __name__ == "__main__":
    sys.exit(main())
