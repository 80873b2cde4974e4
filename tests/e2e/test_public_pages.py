"""A citizen on a phone: from the roster to the number, and the dispatcher who sees it come in."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.e2e.dispatcher import Dispatcher
from tests.support.browser import DESK, SMALL_PHONE, chromium, context
from tests.support.processes import ROOT
from tests.support.product import Embedded, demo_of

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
SLOW = 30_000  # ms
PHONE_NUMBER = "13905330088"
LONG = "山东省淄博市周村区丝绸路街道新建中路社区居民委员会银子市小区 12 号楼 3 单元 1502 室"
WATCH = """window.refusals = [];
document.addEventListener('securitypolicyviolation', (event) =>
  window.refusals.push(event.violatedDirective + ' ' + event.blockedURI))"""


class Citizen:
    """One phone with the bureau's page; screenshots go to the folder that PUBLIC_SHOTS names."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        page.set_default_timeout(SLOW)
        page.add_init_script(WATCH)
        self.posts: list[str] = []
        page.on("request", lambda one: self.posts.append(one.url) if one.method == "POST" else None)

    def open(self, path: str = "") -> None:
        self.page.goto(f"{self.url}/p/370306/{path}")

    def see(self, testid: str) -> None:
        expect(self.page.get_by_test_id(testid).first).to_be_visible(timeout=SLOW)

    def click(self, testid: str) -> None:
        self.page.get_by_test_id(testid).first.click()

    def fill(self, testid: str, text: str) -> None:
        self.page.get_by_test_id(testid).fill(text)

    def shoot(self, name: str) -> None:
        folder = os.environ.get("PUBLIC_SHOTS")
        if folder:
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    def clean(self, name: str) -> None:
        """Nothing for axe to complain of, nothing refused by the content policy, nothing wider
        than the phone."""
        self.shoot(name)
        self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate(
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})"
            ".then((report) => report.violations.map((one) => one.id + ' ' + one.nodes[0].html))"
        )
        assert found == []
        assert self.page.evaluate("window.refusals") == []
        assert self.page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )


@pytest.fixture(scope="module")
def browser(player: Playwright) -> Iterator[Browser]:
    with chromium(player) as running:
        yield running


@pytest.fixture
def citizen(product: Embedded, browser: Browser) -> Iterator[Citizen]:
    phone = context(browser, SMALL_PHONE, reduced_motion="reduce")
    yield Citizen(phone.new_page(), product.url)
    phone.close()


def test_a_wish_goes_from_the_roster_to_the_dispatcher(
    citizen: Citizen, product: Embedded, browser: Browser
) -> None:
    page = citizen.page
    citizen.open()
    expect(page.get_by_test_id("delegate")).to_have_count(6, timeout=SLOW)
    expect(page.get_by_test_id("hotline").first).to_have_attribute("href", "tel:0533-6190000")
    expect(page.get_by_test_id("responsibility")).to_contain_text("包联领导")
    expect(page.get_by_test_id("teams")).to_contain_text("民生事项专家组")
    citizen.clean("roster")
    page.get_by_test_id("by-skill").select_option("手语")
    expect(page.get_by_test_id("delegate")).to_have_count(1)
    citizen.click("choose")
    citizen.see("item-SBK")
    expect(page.get_by_test_id("staff").locator("option:checked")).to_contain_text("孙莉")

    citizen.click("submit")
    expect(page.get_by_test_id("phone")).to_be_focused()
    citizen.clean("apply-wrong")
    fill_in(citizen)
    expect(page.get_by_test_id("trouble").locator(".notice")).to_have_count(0)
    citizen.clean("apply-full")
    assert citizen.posts == []

    page.reload()
    citizen.see("papers")
    expect(page.get_by_test_id("address")).to_have_value(LONG)
    expect(page.get_by_test_id("unplace")).to_be_visible()
    lose_the_answer(citizen)
    page.get_by_test_id("submit").dblclick()
    citizen.see("number")
    number = page.get_by_test_id("number").inner_text()
    expect(page.get_by_test_id("callback")).to_contain_text("前给您回电")
    citizen.clean("done")

    repeat(citizen, number)
    dispatcher_sees(product, browser, number)


def fill_in(citizen: Citizen) -> None:
    page = citizen.page
    citizen.fill("phone", PHONE_NUMBER)
    citizen.fill("contact", "欧阳建国")
    page.get_by_test_id("item-SBK").check()
    expect(page.get_by_test_id("papers")).to_contain_text("社会保障卡补领登记表")
    citizen.fill("address", LONG)
    citizen.click("place")
    citizen.see("unplace")
    page.get_by_test_id("when").select_option(index=3)
    page.get_by_test_id("need-SIGN_LANGUAGE").check()
    citizen.fill("wish", "老人听不见，社保卡丢了，想在家里补办。")
    page.get_by_test_id("agree").check()


def lose_the_answer(citizen: Citizen) -> None:
    """The first submission reaches the server, its answer never reaches the phone."""
    page = citizen.page
    lost: list[int] = []

    def lose(route) -> None:  # type: ignore[no-untyped-def]
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    page.route("**/api/public/*/delegations", lose)


def repeat(citizen: Citizen, number: str) -> None:
    """The same again, in large letters: told so, with the number this phone remembers."""
    page = citizen.page
    citizen.click("another")
    citizen.click("elder-switch")
    fill_in(citizen)
    citizen.click("submit")
    citizen.see("duplicate")
    expect(page.get_by_test_id("duplicate")).to_contain_text(number)
    citizen.clean("duplicate-elder")
    page.goto(f"{citizen.url}/p/000000/")
    citizen.see("unknown")


def dispatcher_sees(product: Embedded, browser: Browser, number: str) -> None:
    desk = Dispatcher(context(browser, {**DESK}).new_page(), product.url)
    desk.sign_in("feng", demo_of(product.folder).staff["feng"])
    desk.page.goto(f"{product.url}/desk/delegations")
    row = desk.see("delegations-table").locator("tr", has_text=number)
    expect(row).to_have_count(1)
    row.get_by_role("link").click()
    desk.see("delegation")
    expect(desk.page.get_by_test_id("delegation")).to_contain_text("老人听不见")
    expect(desk.page.get_by_test_id("wanted-staff")).to_contain_text("孙莉")
    expect(desk.page.get_by_test_id("preferred")).to_be_visible()
    desk.page.goto(f"{product.url}/desk/people")
    expect(desk.see("public-roster")).to_have_attribute("href", "/p/370306/")
