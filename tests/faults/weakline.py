"""W1 and W2: a weak publisher and a weak viewer, real Chromiums over `tbf`.

As root, with Debian's Chromium; some five minutes. `make faults ARGS="--only W1"` or, with every
change of a level as it comes, `python -m tests.faults.weakline`. The namespaces go away with it.
"""

import asyncio
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from signaling.media.events import UplinkLevel, ViewLevel
from tests.bench.bare_server import ROOM
from tests.faults.linelab import NEVER, WIDE, Lab, lines
from tests.faults.plan import Wish, part
from tests.support.footage import camera_mjpeg, microphone_wav
from tests.support.rows import Row, at_most, exactly, machine, report

FOLDER = Path("var/faults").resolve()
SETTLED = 15.0
NARROW = 45.0
BACK = 30.0
SOON = 10.0
SD, HD, VOICE = UplinkLevel.SD.value, UplinkLevel.HD.value, UplinkLevel.VOICE_STILLS.value
LESS = {level.value for level in ViewLevel if level is not ViewLevel.FULL}


async def weak_publisher(lab: Lab) -> list[Row]:
    """4 Mbit/s, 150 kbit/s, 4 Mbit/s, 64 kbit/s, 4 Mbit/s on the way up."""
    rows: list[Row] = []
    async with lines("weak") as (line,), lab.page(line) as page:
        await lab.publish(page, "li")
        await asyncio.sleep(SETTLED)
        rows.append(exactly("W1.changes_while_wide", len(lab.levels("li")), "changes", 0))
        line.up(150)
        seconds = await lab.until_level("li", {SD}, NARROW)
        rows.append(at_most("W1.150_sd_after", seconds, "s", 10))
        await asyncio.sleep(NARROW)
        voiced = [level for _, level in lab.levels("li") if level == VOICE]
        rows.append(exactly("W1.150_voice_only", len(voiced), "times", 0))
        line.up(WIDE)
        rows.append(at_most("W1.150_up_again_after", await _steadily_hd(lab), "s", SOON))
        line.up(64)
        seconds = await lab.until_level("li", {VOICE}, NARROW)
        rows.append(at_most("W1.64_down_to_voice_after", seconds, "s", 20))
        await asyncio.sleep(NARROW)
        line.up(WIDE)
        rows.append(at_most("W1.64_up_again_after", await _steadily_hd(lab), "s", SOON))
        del lab.senders["li"]
    return rows


async def _steadily_hd(lab: Lab) -> float:
    """Seconds until HD is there to stay; it may just be being tried when the line widens."""
    began, now = time.monotonic(), lab.levels("li")[-1][1]
    seconds = 0.0 if now == HD else await lab.until_level("li", {HD}, 2 * BACK)
    if await lab.until_level("li", {SD}, SETTLED) == float("inf"):
        return seconds
    again = await lab.until_level("li", {HD}, 2 * BACK)
    return time.monotonic() - began if again < NEVER else NEVER


async def weak_viewer(lab: Lab) -> list[Row]:
    """700 kbit/s on the way down to one of two viewers of a healthy source."""
    async with (
        lines("view") as (line,),
        lab.page() as source,
        lab.page() as good,
        lab.page(line) as weak,
    ):
        await lab.publish(source, "chen")
        await good.evaluate("subscribe('zhou', 'chen', 'zhou-1')")
        await weak.evaluate("subscribe('wang', 'chen', 'wang-1')")
        await asyncio.sleep(SETTLED)
        before = len(lab.levels("wang"))
        line.down(700)
        less = await lab.until_level("wang", LESS, NARROW)
        await asyncio.sleep(SETTLED)
        line.down(WIDE)
        full = await lab.until_level("wang", {ViewLevel.FULL.value}, NARROW)
        del lab.senders["chen"]
    (summary,) = [s for s in (await lab.engine.close_room(ROOM)).sources if s.source == "chen"]
    return [
        exactly("W2.viewer_changes_while_wide", before, "changes", 0),
        at_most("W2.viewer_less_after", less, "s", 10),
        at_most("W2.viewer_full_again_after", full, "s", 40),
        exactly("W2.other_viewer_changes", len(lab.levels("zhou")), "changes", 0),
        exactly("W2.source_changes", len(lab.levels("chen")), "changes", 0),
        exactly(
            "W2.frames_neither_recorded_nor_named",
            summary.frames_received - summary.frames_recorded - summary.frames_in_gaps,
            "frames",
            0,
        ),
    ]


PARTS = {"W1": weak_publisher, "W2": weak_viewer}


async def _rows(folder: Path, wish: Wish) -> list[Row]:
    footage = camera_mjpeg(folder, frames=60, strip=True), microphone_wav(folder, seconds=2)
    rows: list[Row] = []
    async with Lab(folder, footage).open() as lab:
        for name, taking in PARTS.items():
            if wish.wants(name):
                rows += await part(name, taking(lab))
    return rows


def led(wish: Wish) -> list[Row]:
    """How soon lines that became narrow, and wide again, are seen to be."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_rows(Path(folder), wish))


def main() -> int:
    where = machine()
    rows = [replace(row, machine=where) for row in led(Wish())]
    return report(rows, FOLDER / "lines.json")


if __name__ == "__main__":
    sys.exit(main())
