"""How long a pointer takes from one Chromium to the other, by the data channel through the node."""

import asyncio
import statistics
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page

from signaling.media.config import EngineConfig
from signaling.media.engine import MediaEngine
from signaling.protocol.relayed import told_of
from tests.bench.bare_server import utc_now
from tests.bench.browser import chromium
from tests.support.rows import Row, at_most

POINTS = 100
JOIN = """async () => {
  const pc = new RTCPeerConnection({ iceServers: [] });
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  for (const track of stream.getTracks()) pc.addTransceiver(track, { direction: 'sendonly' });
  window.lane = pc.createDataChannel('pointer', { ordered: false, maxRetransmits: 0 });
  window.heard = {};
  window.lane.onmessage = ({ data }) => { window.heard[JSON.parse(data).stroke] ??= Date.now(); };
  await pc.setLocalDescription(await pc.createOffer());
  await new Promise((resolve) => {
    const look = () => pc.iceGatheringState === 'complete' && resolve();
    pc.onicegatheringstatechange = look;
    look();
  });
  const sdp = await window.publish(pc.localDescription.sdp);
  await pc.setRemoteDescription({ type: 'answer', sdp });
  window.pc = pc;
}"""
POINT = """async (count) => {
  const sent = {};
  for (let number = 0; number < count; number += 1) {
    const stroke = `s${number}`;
    sent[stroke] = Date.now();
    window.lane.send(JSON.stringify(
      { type: 'pointer', id: 'point', source: 'li', x: 0.5, y: 0.5, stroke }));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return sent;
}"""


class NoSockets:
    """Nobody in this room listens by socket."""

    def told(self, member: str, text: str) -> str | None:
        return told_of(member, text)

    def by_socket(self, room: str, member: str, text: str, reached: frozenset[str]) -> None:
        raise AssertionError("both have a channel")


async def _join(browser: Browser, engine: MediaEngine, member: str) -> Page:
    page = await (await browser.new_context()).new_page()

    async def publish(sdp: str) -> str:
        return await engine.publish("room", member, f"{member}-up", sdp)

    await page.expose_function("publish", publish)
    await page.goto("chrome://version")
    await page.evaluate(JOIN)
    await page.wait_for_function("() => window.lane.readyState === 'open'", timeout=60_000)
    return page


async def measure() -> list[float]:
    """Milliseconds of each point that arrived, while both publish picture and sound."""
    with tempfile.TemporaryDirectory() as folder:
        config = EngineConfig(Path(folder), free_space_floor_bytes=1 << 20)
        engine = MediaEngine(config, lambda _: None, now=utc_now, relay=NoSockets())
        await engine.open_room("room")
        try:
            async with chromium() as browser:
                desk = await _join(browser, engine, "wang")
                phone = await _join(browser, engine, "li")
                sent = await desk.evaluate(POINT, POINTS)
                heard = await phone.evaluate("() => window.heard")
        finally:
            await engine.close()
    return sorted(heard[stroke] - at for stroke, at in sent.items() if stroke in heard)


def rows() -> list[Row]:
    """A pointer from desk to phone by data channel, 20 a second beside two recorded calls."""
    took = asyncio.run(measure())
    note = f"{len(took)} of {POINTS} arrived"
    p95 = took[int(0.95 * len(took))] if took else float("inf")
    found = at_most("pointer.channel_p95_ms", p95, "ms", 100.0, note=note)
    median = statistics.median(took) if took else float("inf")
    return [found, Row(id="pointer.channel_median_ms", value=median, unit="ms", note=note)]
