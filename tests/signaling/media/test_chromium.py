"""A real browser: publisher with real footage, viewer, rotation; the recording is decoded."""

from base64 import b64encode
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest

from signaling.media.events import SegmentClosed
from signaling.media.forward import Viewer
from signaling.media.numbering import TOP_LAYER
from signaling.media.probe import probe_segment
from signaling.media.sink import Kind
from tests.bench.bare_server import BareServer
from tests.bench.browser import chromium, figures, figures_once, open_page
from tests.signaling.media.peers import Stage, until
from tests.support.footage import camera_mjpeg, microphone_wav, read_strip

FRAMES = 60


@pytest.fixture(scope="session")
def footage(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("footage")
    return camera_mjpeg(folder, frames=FRAMES, strip=True), microphone_wav(folder, seconds=2)


async def test_chromium_publishes_720p_at_once_a_late_viewer_sees_it_and_every_frame_is_recorded(
    stage: Stage, footage: tuple[Path, Path]
) -> None:
    server = BareServer(stage.engine)
    port = await server.start()
    async with chromium(*footage) as browser:
        publisher = await open_page(browser, port)
        await publisher.evaluate("publish('li', 'li-1', 1280, 720, 30)")
        await until(lambda: stage.engine._rooms["r1"].source("li").frames_received > 60, 40)
        viewer = await open_page(browser, port)
        await viewer.evaluate("subscribe('wang', 'li', 'wang-1')")
        await viewer.wait_for_function("firstPictureMs() > 0", timeout=40_000)
        seen = await figures_once(viewer, lambda now: now["decoded"] > 20)
        assert (seen["width"], seen["height"]) == (1280, 720)
        await _fewer_pictures(stage, viewer)
        await publisher.evaluate("resize(640, 480)")
        await figures_once(viewer, lambda now: now["width"] == 640)
        still = await stage.engine.grab_frame("r1", "li")
        assert still.startswith(b"\xff\xd8")
        summary = await stage.engine.close_room("r1")
        await _plays(viewer, summary.sources[0].segments[0])
    await server.stop()
    (source,) = summary.sources
    assert source.balanced
    sizes = {(s.width, s.height) for s in source.segments if s.width}
    assert sizes == {(1280, 720), (640, 480)}
    for segment in source.segments:
        assert probe_segment(segment.path).decodable
    read = [_numbers(segment.path) for segment in source.segments if segment.width == 1280]
    assert sum(map(len, read)) > 30
    for numbers in read:
        assert all(0 < (b - a) % FRAMES < FRAMES // 2 for a, b in pairwise(numbers))


async def _fewer_pictures(stage: Stage, page: Any) -> None:
    """Layers left out and brought back: the browser's decoder misses nothing it must ask for."""
    tap = stage.engine._rooms["r1"].peers["wang-1"].tap
    assert isinstance(tap, Viewer)
    for ceiling in (0, TOP_LAYER):
        tap._streams[Kind.VIDEO].numbers.ceiling = ceiling
        if not ceiling:
            await until(lambda: tap.packets_dropped > 0, what="packets left out")
        before = await figures(page)
        after = await figures_once(page, partial(_fifteen_more, before))
        assert after["pli"] - before["pli"] <= 1


def _fifteen_more(before: dict[str, Any], now: dict[str, Any]) -> bool:
    return bool(now["decoded"] > before["decoded"] + 15)


async def _plays(page: Any, segment: SegmentClosed) -> None:
    """The browser knows the file's length at once and finds its way in it."""
    shown = await page.evaluate(
        """async ([data, to]) => {
          const video = document.createElement("video");
          const told = (name) => new Promise((resolve, reject) => {
            video.addEventListener(name, resolve, { once: true });
            video.addEventListener("error", () => reject(new Error(video.error.message)));
          });
          const known = told("loadedmetadata");
          video.src = "data:video/webm;base64," + data;
          await known;
          const there = told("seeked");
          video.currentTime = to;
          await there;
          const ended = told("ended");
          await video.play();
          await ended;
          return [video.duration, video.videoWidth, video.currentTime];
        }""",
        [b64encode(segment.path.read_bytes()).decode(), segment.media_ms / 2000],
    )
    assert shown[0] == pytest.approx(segment.media_ms / 1000, abs=0.001)
    assert shown[1] == segment.width
    assert shown[2] == pytest.approx(segment.media_ms / 1000, abs=0.2)


def _numbers(path: Path) -> list[int]:
    with av.open(str(path)) as container:
        read = [read_strip(frame) for frame in container.decode(video=0)]
    return [n for n in read if n is not None]
