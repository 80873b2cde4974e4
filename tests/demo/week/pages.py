"""The pages of the week in a real browser: the clerk's, the board, the phone, the meeting."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.demo.week.calls import Call
from tests.support import browser
from tests.support.product import demo_of

if TYPE_CHECKING:
    from tests.demo.week.course import Week

# The call that is typed in, not posted.
TYPED = Call(
    0, 540, "姜淑珍", "13805330026", ("SBK",),
    "淄博市周村区丝绸路街道和平社区 3 号楼 1 单元 302", 117.8590, 36.8080,
    "社保卡磁条坏了，取不出养老金。", needs=("ELDERLY",), words="老人不用跑了，好。",
)  # fmt: skip


class Desk:
    """The windows of the clerk and of the head, and one delegate's phone, at the week's time."""

    def __init__(self, week: "Week", chromium: Browser, to: Path) -> None:
        self._week, self._chromium, self._to = week, chromium, to
        self._pages: dict[str, Page] = {}
        self.intake_seconds = 0.0

    def take_a_call(self) -> None:
        """The clerk types what the caller says; the page says what fits."""
        page = self._open("/desk/intake", "feng")
        page.get_by_test_id("intake-phone").fill(TYPED.phone)
        page.get_by_test_id("intake-contact").fill(TYPED.name)
        page.get_by_test_id("intake-item-SBK").check()
        page.get_by_test_id("intake-address").fill(TYPED.place)
        page.get_by_test_id("intake-area").select_option(label="城区片")
        page.get_by_test_id("intake-need-ELDERLY").check()
        page.get_by_test_id("intake-wish").fill(TYPED.wish)
        expect(page.get_by_test_id("intake-window").first).to_be_visible(timeout=15_000)
        page.get_by_test_id("intake-window").first.check()
        self._shoot(page, "01-登记代办")
        page.get_by_test_id("intake-submit").click()
        done = page.get_by_test_id("intake-done")
        expect(done).to_be_visible(timeout=15_000)
        took = page.get_by_test_id("intake-took").inner_text()
        self.intake_seconds = float("".join(one for one in took if one.isdigit()))
        self._shoot(page, "02-念给来电人")
        self._week.adopt(TYPED)

    def look_at_the_board(self) -> None:
        page = self._open("/desk/board", "feng")
        expect(page.get_by_text("刘洋").first).to_be_visible(timeout=15_000)
        page.wait_for_load_state("networkidle")
        self._shoot(page, "03-调度台")

    def look_at_the_phone(self) -> None:
        page = self._open("/field/", "liuyang")
        page.wait_for_load_state("networkidle")
        self._shoot(page, "04-专员手机")

    def look_at_the_meeting(self) -> None:
        monday = (self._week.now - timedelta(days=7) + timedelta(hours=8)).date().isoformat()
        page = self._open(f"/desk/weeks/{monday}", "sun")
        expect(page.get_by_test_id("week")).to_be_visible(timeout=15_000)
        self._shoot(page, "05-周例会")
        page = self._open("/desk/ledger", "sun")
        page.wait_for_load_state("networkidle")
        self._shoot(page, "06-台账")

    def _open(self, path: str, username: str) -> Page:
        product = self._week.product
        if username not in self._pages:
            shape = browser.PHONE if path.startswith("/field/") else browser.DESK
            page = browser.context(self._chromium, shape).new_page()
            page.clock.set_system_time(self._week.now)
            page.goto(f"{product.url}{path}")
            page.get_by_test_id("username").fill(username)
            page.get_by_test_id("password").fill(demo_of(product.folder).staff[username])
            page.get_by_test_id("sign-in").click()
            page.get_by_test_id("username").wait_for(state="detached")
            self._pages[username] = page
        page = self._pages[username]
        page.clock.set_system_time(self._week.now)
        page.goto(f"{product.url}{path}")
        return page

    def _shoot(self, page: Page, name: str) -> None:
        page.screenshot(path=self._to / f"{name}.png", full_page=True)


@contextmanager
def open_desk(week: "Week", to: Path) -> Iterator[Desk]:
    with sync_playwright() as playwright, browser.chromium(playwright) as chromium:
        yield Desk(week, chromium, to)
