"""Real Chromium with the project's one list of flags; camera and microphone come from files."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
)
PHONE = {
    "viewport": {"width": 393, "height": 852},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
SMALL_PHONE = PHONE | {"viewport": {"width": 360, "height": 800}}
DESK = {"viewport": {"width": 1440, "height": 900}}


def camera_flags(video: Path | None = None, audio: Path | None = None) -> tuple[str, ...]:
    """Flags of a fake camera; without files Chromium draws its own test picture at 30 fps."""
    flags = ["--use-fake-device-for-media-stream=device-count=2,fps=30"]
    if video is not None:
        flags.append(f"--use-file-for-fake-video-capture={video.resolve()}")
    if audio is not None:
        flags.append(f"--use-file-for-fake-audio-capture={audio.resolve()}")
    return tuple(flags)


@contextmanager
def chromium(
    playwright: Playwright, *extra: str, drop: frozenset[str] = frozenset()
) -> Iterator[Browser]:
    """One browser process; `drop` leaves out flags (for denied permission, no device)."""
    args = [flag for flag in FLAGS if flag not in drop] + list(extra)
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=args)
    try:
        yield browser
    finally:
        browser.close()


def context(browser: Browser, shape: dict[str, object], **more: object) -> BrowserContext:
    """A fresh person: own cookies, Chinese, Shanghai time, location at the demo premises."""
    settings: dict[str, object] = {
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "geolocation": {"longitude": 117.8698, "latitude": 36.8036, "accuracy": 12},
        "permissions": ["geolocation", "camera", "microphone"],
        "ignore_https_errors": True,
    }
    return browser.new_context(**(settings | shape | more))  # type: ignore[arg-type]


@contextmanager
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started
