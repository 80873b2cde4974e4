"""A call to which things happen: what the phone's page does, and what the desk reads of it."""

import re

from playwright.sync_api import Locator, Page, TimeoutError, expect

from tests.e2e.inspector import Inspector

SLOW = 40_000  # ms
# The desk sees the phone's picture; what a busy machine makes of the line is no part of this.
SEEN = re.compile("live|sd|weak|notice")
# The page's own sockets and peer connections, so that one of them can be broken alone.
WATCH = """
window.sockets = []; window.peers = [];
window.WebSocket = class extends WebSocket {
  constructor(...args) { super(...args); window.sockets.push(this) }
};
window.lanes = []; window.pointed = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...args) { super(...args); window.peers.push(this) }
  createDataChannel(...args) {
    const lane = super.createDataChannel(...args);
    window.lanes.push(lane);
    lane.addEventListener('message', () => window.pointed.push(Date.now()));
    const send = lane.send.bind(lane);
    lane.send = (text) => { window.pointed.push(Date.now()); send(text) };
    return lane;
  }
};
window.sending = () => window.peers.filter((pc) =>
  pc.connectionState === 'connected' && pc.getSenders().some((sender) => sender.track));
window.hide = (hidden) => {
  const state = hidden ? 'hidden' : 'visible';
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
};
"""
# What is seen only for a moment: every word said over a picture from now on, the first ring and
# whether a stroke was drawn, whether the video was ever paused at its sender.
REMEMBER = """
() => {
  window.told = [];
  const look = () => {
    const layer = document.querySelector('[data-testid=mark-layer]');
    const ring = layer?.querySelector('[data-kind=ring] circle');
    const own = document.querySelector('[data-testid=own-video]')?.getBoundingClientRect();
    if (ring && own) {
      window.ring ??= [
        Number(ring.getAttribute('cx')) - own.width / 2,
        Number(ring.getAttribute('cy')) - own.height / 2,
      ];
    }
    window.stroke ||= Boolean(layer?.querySelector('[data-kind=stroke]'));
    for (const name of ['note', 'text']) {
      const found = document.querySelector(`[data-${name}]`)?.getAttribute(`data-${name}`);
      if (found && window.told.at(-1) !== found) window.told.push(found);
    }
    const senders = window.sending?.()[0]?.getSenders() ?? [];
    const video = senders.find((sender) => sender.track?.kind === 'video');
    window.paused ||= video?.getParameters().encodings[0]?.active === false;
  };
  setInterval(look, 20);
}
"""

# Where a picture stopped: the camera, the encoder, the line, the decoder or the screen.
FIGURES = """
async () => {
  const told = [...document.querySelectorAll('video')].map((video) => [
    video.dataset.testid, video.paused, video.readyState, video.currentTime,
    (video.srcObject?.getTracks() ?? []).map((it) => [it.kind, it.readyState, it.muted]),
  ]);
  const kinds = new Set(['media-source', 'outbound-rtp', 'inbound-rtp']);
  for (const peer of window.peers) {
    const entries = [...(await peer.getStats()).values()].filter(({ type }) => kinds.has(type));
    told.push([peer.connectionState, ...entries.filter(({ kind }) => kind === 'video')]);
  }
  return JSON.stringify(told);
}
"""


class DisturbedCall:
    """One phone and one desk; both pages are watched from before their first script."""

    def __init__(self, phone: Page, desk: Inspector) -> None:
        self.phone, self.desk = phone, desk
        for page in (phone, desk.page):
            page.add_init_script(WATCH)

    @property
    def _call(self) -> Locator:
        return self.phone.get_by_test_id("screen-call")

    def is_live(self) -> None:
        expect(self._call).to_have_attribute("data-phase", "live", timeout=SLOW)

    def _desk_notes(self, note: str | re.Pattern[str]) -> None:
        picture = self.desk.page.get_by_test_id("picture")
        expect(picture).to_have_attribute("data-note", note, timeout=SLOW)

    def _picture_runs(self) -> None:
        """New pictures arrive at the desk."""
        self.desk.page.evaluate(
            "() => { window.seen = document.querySelector('[data-testid=remote-video]')"
            ".getVideoPlaybackQuality().totalVideoFrames }"
        )
        try:
            self.desk.page.wait_for_function(
                "() => { const v = document.querySelector('[data-testid=remote-video]');"
                " const now = v.getVideoPlaybackQuality().totalVideoFrames;"
                " if (now < window.seen) window.seen = now;"
                " return now > window.seen + 10 }",
                polling=200,  # ms; a page that is not painted still counts
                timeout=SLOW,
            )
        except TimeoutError as stalled:
            told = {"phone": self.phone.evaluate(FIGURES), "desk": self.desk.page.evaluate(FIGURES)}
            raise AssertionError(f"the picture stands still: {told}") from stalled

    def the_desk_points_and_draws_into_the_picture_of_the_phone(self) -> None:
        video = self.desk.page.get_by_test_id("remote-video")
        box = video.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        for page in (self.phone, self.desk.page):
            page.evaluate(REMEMBER)
            page.wait_for_function(
                "() => window.lanes.some((lane) => lane.readyState === 'open')", timeout=SLOW
            )
        self.desk.page.mouse.click(x, y)
        self.phone.wait_for_function("() => window.ring && window.pointed.length", timeout=SLOW)
        # By the data channel; both pages read the same clock, and how long it took is for the log.
        sent, heard = (page.evaluate("window.pointed[0]") for page in (self.desk.page, self.phone))
        print(f"pointer by data channel: {heard - sent} ms")
        # The middle of the picture is the middle of a screen that shows it cut on both sides.
        assert all(abs(off) < 5 for off in self.phone.evaluate("window.ring"))
        self.desk.page.mouse.move(x, y)
        self.desk.page.mouse.down()
        self.desk.page.mouse.move(x + 60, y + 40, steps=12)
        self.desk.page.mouse.up()
        self.phone.wait_for_function("() => window.stroke", timeout=SLOW)
        # Nothing of it stays.
        expect(self.phone.get_by_test_id("mark-layer")).not_to_be_attached(timeout=SLOW)

    def the_desk_turns_the_camera_of_the_phone(self) -> None:
        flip = self.desk.page.get_by_test_id("flip")
        expect(flip).to_have_attribute("data-facing", "environment", timeout=SLOW)
        peers = self.phone.evaluate("window.peers.length")
        flip.click()
        expect(flip).to_have_attribute("data-facing", "user", timeout=SLOW)
        self._picture_runs()
        assert self.phone.evaluate("window.peers.length") == peers

    def a_page_in_the_background_is_named_at_the_desk(self) -> None:
        self.phone.evaluate("window.hide(true)")
        expect(self._call).to_have_attribute("data-hindrance", "background", timeout=SLOW)
        self._desk_notes("hindered")
        note = self.desk.page.get_by_test_id("picture-note")
        expect(note).to_contain_text("切到了其他页面", timeout=SLOW)
        self.phone.evaluate("window.hide(false)")
        self._desk_notes(SEEN)
        self.is_live()

    def a_weak_line_is_stepped_down_to_voice_and_up_again(self) -> None:
        """The server steps up again by itself when the line allows: what was told is recorded."""
        self._tell_level("VOICE_STILLS", "bandwidth")
        self.phone.wait_for_function(
            "() => window.told.includes('call_level_VOICE_STILLS') && window.paused", timeout=SLOW
        )
        self.desk.page.wait_for_function("() => window.told.includes('voice_stills')", timeout=SLOW)
        self._tell_level("HD", "recovered")
        self._desk_notes(SEEN)
        self._picture_runs()

    def _tell_level(self, level: str, reason: str) -> None:
        """As a page does that steps itself; the server hands it to everybody as its own level."""
        message = {"type": "media.level", "id": "level", "level": level, "reason": reason}
        self.phone.evaluate("(it) => window.sockets.at(-1).send(JSON.stringify(it))", message)

    def the_socket_alone_comes_back_and_the_media_never_went(self) -> None:
        before = self._count()
        self.phone.evaluate("window.kept = window.sending()[0]; window.sockets.at(-1).close()")
        self.phone.wait_for_function(
            f"() => window.sockets.length > {before['sockets']}"
            " && document.querySelector('[data-phase=live]') !== null",
            timeout=SLOW,
        )
        assert self.phone.evaluate("window.kept.connectionState") == "connected"
        assert self._count()["peers"] == before["peers"]
        self._picture_runs()

    def the_media_alone_come_back_and_the_socket_never_went(self) -> None:
        before = self._count()
        self.phone.evaluate("window.sending()[0].close()")
        self.phone.wait_for_function(f"() => window.peers.length > {before['peers']}", timeout=SLOW)
        self.is_live()
        self._picture_runs()
        assert self._count()["sockets"] == before["sockets"]
        assert self.phone.evaluate("window.sockets.at(-1).readyState") == 1

    def _count(self) -> dict[str, int]:
        found: dict[str, int] = self.phone.evaluate(
            "() => ({ sockets: window.sockets.length, peers: window.peers.length })"
        )
        return found
