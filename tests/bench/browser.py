"""Debian's Chromium under Playwright with a fake camera: one list of flags for all runs."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

EXECUTABLE = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream=device-count=2,fps=30",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
)


@asynccontextmanager
async def chromium(
    camera: Path | None = None,
    microphone: Path | None = None,
    *,
    executable: str = EXECUTABLE,
    more_flags: Sequence[str] = (),
) -> AsyncIterator[Browser]:
    """A headless browser whose camera and microphone play the given files (absolute paths)."""
    flags = [*FLAGS, *more_flags]
    if camera is not None:
        flags.append(f"--use-file-for-fake-video-capture={camera}")
    if microphone is not None:
        flags.append(f"--use-file-for-fake-audio-capture={microphone}")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=flags)
        try:
            yield browser
        finally:
            await browser.close()


async def open_page(browser: Browser, port: int, host: str = "localhost") -> Page:
    """The bare page in a context of its own."""
    page = await (await browser.new_context()).new_page()
    await page.goto(f"http://{host}:{port}/")
    return page


async def figures(page: Page) -> dict[str, Any]:
    """What the page's receiver or sender counted so far."""
    counted: dict[str, Any] = await page.evaluate("figures()")
    return counted


async def figures_once(page: Page, said: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The first figures of which that can be said; a page's own wait takes any promise for true."""
    deadline = time.monotonic() + 40
    while not said(counted := await figures(page)):
        assert time.monotonic() < deadline, counted
        await asyncio.sleep(0.05)
    return counted
