"""李申请's phone: a real Chromium, phone-sized, in a namespace of its own, with a fake camera."""

import asyncio
import os
import shutil
import signal
import stat
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

from tests.e2e.applicant import Applicant
from tests.e2e.disturbed import WATCH
from tests.faults.radio import Radio, run
from tests.support import footage
from tests.support.browser import CHROMIUM, FLAGS, SMALL_PHONE, camera_flags, context, playwright

_T = TypeVar("_T")
# Small pictures: two slow cores encode them here besides all else that a call needs.
SIZE = (640, 360)
FRAMES_SENT = """
async () => {
  let sent = 0
  for (const pc of window.peers) for (const one of (await pc.getStats()).values())
    if (one.type === 'outbound-rtp' && one.kind === 'video') sent += one.framesSent ?? 0
  return sent
}
"""


class Phone:
    """Playwright wants one thread of its own; `do` runs something on it."""

    def __init__(self, radio: Radio, url: str) -> None:
        self._radio, self._url = radio, url
        self._thread = ThreadPoolExecutor(1, "phone")
        self._stack = ExitStack()
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self.hand: Applicant

    async def do(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def arrive(self, link: str) -> None:
        """From the link to the lobby, by hand."""
        await self.do(self._open)
        for step in (
            lambda: self.hand.open(link),
            self.hand.book,
            lambda: self.hand.survey({}, {}),
            self.hand.consent,
            self.hand.check_devices,
            self.hand.enter_lobby,
        ):
            await self.do(step)

    def _open(self) -> None:
        camera = footage.camera_mjpeg(self._folder, size=SIZE, frames=300, strip=True, quality=70)
        voice = footage.microphone_wav(self._folder)
        inside = self._folder / "chromium"
        words = f"exec ip netns exec {self._radio.phone} {CHROMIUM}"
        inside.write_text(f'#!/bin/sh\n{words} "$@"\n', "ascii")
        inside.chmod(inside.stat().st_mode | stat.S_IXUSR)
        player = self._stack.enter_context(playwright())
        flags = [*FLAGS, *camera_flags(camera, voice)]
        flags.append(f"--unsafely-treat-insecure-origin-as-secure={self._url}")
        browser = player.chromium.launch(executable_path=str(inside), args=flags)
        page = context(browser, SMALL_PHONE).new_page()
        page.add_init_script(WATCH)
        self.hand = Applicant(page)
        page.set_default_timeout(60_000)

    async def frames_sent(self) -> int:
        return int(await self.do(lambda: self.hand.page.evaluate(FRAMES_SENT)))

    async def peers(self) -> int:
        """Peer connections made so far."""
        return int(await self.do(lambda: self.hand.page.evaluate("window.peers.length")))

    def kill(self) -> None:
        """SIGKILL for every process in the phone's namespace: no goodbye of any kind."""
        for pid in run("ip", "netns", "pids", self._radio.phone).split():
            try:
                os.kill(int(pid), signal.SIGKILL)
            except ProcessLookupError:
                continue

    async def close(self) -> None:
        self.kill()
        # A browser that was killed cannot be closed in order; only its driver ends.
        try:
            await asyncio.wait_for(self.do(self._stack.close), 20)
        except Exception:  # noqa: BLE001  the driver complains of the browser that is gone
            shutil.rmtree(self._folder, ignore_errors=True)
        self._thread.shutdown(wait=False, cancel_futures=True)
