"""From tapping 进入 to the first decoded picture at the inspector, on the real product."""

import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page

from tests.e2e import play
from tests.e2e.approval import wait_for_link
from tests.support.product import Embedded, demo_of
from tests.support.rows import Row, at_most

PICTURE_SECONDS = 2.5
HD_SECONDS = 3.0
START_SECONDS = 10.0
HD = (
    "() => { const v = document.querySelector('[data-testid=remote-video]');"
    " return v && Math.min(v.videoWidth, v.videoHeight) >= 720 }"
)


def rows(calls: int = 3) -> list[Row]:
    """A few calls on one product; the slowest counts."""
    with tempfile.TemporaryDirectory(prefix="fieldsvc-bench-") as name:
        folder = Path(name)
        # Two inspectors have one slot each half hour; the later calls' rooms must be open, too.
        product = Embedded(folder / "var", {"INSPECTION_ROOM_OPENS_MINUTES": "1440"})
        try:
            product.start()
            found = [_call(product, folder, number) for number in range(calls)]
        finally:
            product.stop()
    pictures, sharp = [one[0] for one in found], [one[1] for one in found]
    said = ", ".join(f"{lobby:.2f} + {rest:.2f}" for lobby, rest in (one[2] for one in found))
    return [
        at_most("enter.first_picture_max", max(pictures), "s", PICTURE_SECONDS, note=said),
        at_most("enter.first_picture_to_720p_max", max(sharp), "s", HD_SECONDS),
    ]


def _call(product: Embedded, folder: Path, number: int) -> tuple[float, float, tuple[float, float]]:
    """Seconds to the picture, from it to 720p, and of the first: to the lobby, from admission."""
    case = f"KY-BENCH-{number:04d}"
    with play.stage(product, product.receiver, folder / "props") as it:
        answer = it.approval.hand_in(case, product.receiver.url)
        assert answer.status_code == 201, answer.text
        it.applicant.open(wait_for_link(product.folder, case))
        it.applicant.book()
        it.applicant.survey({}, {"CY12": "YES"})
        it.applicant.consent()
        it.applicant.check_devices()
        it.wang.sign_in("wang", demo_of(product.folder).staff["wang"])
        it.wang.open_inspection(case)
        tapped = time.monotonic()
        it.applicant.tap("enter")
        # Not `expect`, which looks only every half second or so.
        it.wang.page.wait_for_selector("[data-testid=admit]")
        # What the inspector takes to look up and decide is not the product's time.
        lobby = time.monotonic() - tapped
        admitted = time.monotonic()
        it.wang.click("admit")
        it.wang.see_picture()
        picture = time.monotonic()
        sharp = _seconds_to_hd(it.wang.page, picture)
        shown = picture - admitted
        return lobby + shown, sharp, (lobby, shown)


def _seconds_to_hd(page: Page, since: float) -> float:
    page.wait_for_function(HD, timeout=30_000)
    return time.monotonic() - since


def start_rows() -> list[Row]:
    """`manage.py serve --demo` on a folder that has been served before."""
    with tempfile.TemporaryDirectory(prefix="fieldsvc-bench-") as name:
        product = Embedded(Path(name))
        try:
            product.start()
            product.stop()
            began = time.monotonic()
            product.start()
            took = time.monotonic() - began
        finally:
            product.stop()
    return [at_most("start.second_serve_demo", took, "s", START_SECONDS)]
