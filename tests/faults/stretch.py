"""A stretch of a recorded call: which of the pictures sent in it the recording does not have."""

import asyncio
import io
import sys
import time

import av

from tests.faults.media import Call, holes, seconds
from tests.support.footage import missing, read_strip

# A hang-up makes a hole of its own, which begins with the last packet before it: up to 20 ms
# earlier by the voice, 100 ms by the camera.
BEYOND = 1.0


class Stretch:
    """From when it is made until `end`, which hangs up; afterwards, what was lost in it."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._began, self._first = time.time(), len(call.camera.sent)

    async def end(self) -> None:
        """The phone goes on beyond what is judged, so that only a loss is a hole in it."""
        self._ended, self._behind = time.time(), len(self._call.camera.sent)
        await asyncio.sleep(BEYOND)
        await self._call.hang_up()

    async def lost(self) -> int:
        """Pictures missing in the recording, and its holes."""
        wang = self._call.wang
        gaps = await holes(wang, self._began, self._ended)
        numbers: list[int | None] = []
        for segment in (await wang.recording())["segments"]:
            if seconds(segment["ended_at"]) > self._began and segment["video_frames"]:
                content = await wang.bytes_of(segment["url"])
                numbers += await asyncio.to_thread(_numbers, content)
        for gap in gaps:
            begins, ends = (seconds(gap[edge]) - self._ended for edge in ("from", "to"))
            sys.stdout.write(f"  {gap['cause']} from {begins:+.3f} to {ends:+.3f} s of the end\n")
        lost = missing(range(self._first, self._behind), numbers)
        last = self._behind - 1
        sys.stdout.write(f"  {lost} missing of the pictures {self._first} to {last}\n")
        return len(gaps) + lost


def _numbers(webm: bytes) -> list[int | None]:
    with av.open(io.BytesIO(webm), "r") as container:
        return [read_strip(frame) for frame in container.decode(video=0)]
