"""A delegate's day on the phone, in a real browser: with a network, without one, and killed."""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect
from playwright.sync_api import Error as PlaywrightError

from fieldsvc.kernel.clock import ShiftedClock
from tests.demo.week.sessions import Staff, newest_link
from tests.e2e.applicant import write_name
from tests.e2e.delegate import Delegate
from tests.e2e.served_bureau import DELEGATE, MORNING, Bureau
from tests.support import migrated
from tests.support.browser import PHONE, SMALL_PHONE, chromium, context
from tests.support.product import Embedded, demo_of
from tests.support.until import until

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    folder = tmp_path_factory.mktemp("field")
    clock_file = folder / "clock"
    ShiftedClock.set(clock_file, MORNING)
    migrated.copy_to(folder / "product" / "db.sqlite3")
    product = Embedded(folder / "product", {"DEMO_CLOCK": str(clock_file)})
    product.start()
    try:
        passwords = demo_of(product.folder).staff
        feng = Staff(product.url, "feng", passwords["feng"])
        yield Bureau(product, feng, passwords[DELEGATE])
    finally:
        product.stop()


@pytest.fixture(scope="module")
def browser(player: Playwright) -> Iterator[Browser]:
    with chromium(player) as running:
        yield running


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("photos")
    made = []
    for number in range(6):
        path = folder / f"photo-{number}.jpg"
        Image.new("RGB", (640, 480), (40 * number, 90, 200 - 30 * number)).save(path, "JPEG")
        made.append(path)
    return made


@pytest.fixture
def shoot(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    folder = ROOT / "var" / "shots" / "field"
    folder.mkdir(parents=True, exist_ok=True)

    def take(page: Page, name: str) -> None:
        page.screenshot(path=folder / f"{name}.png", full_page=True)

    return take


def phone_of(browser: Browser, **more: object) -> BrowserContext:
    return context(
        browser,
        SMALL_PHONE,
        geolocation={"longitude": 117.8613, "latitude": 36.8106, "accuracy": 15},
        **more,
    )


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_visit_from_the_offer_to_the_end(
    bureau: Bureau, browser: Browser, photos: list[Path], shoot: Callable[[Page, str], None]
) -> None:
    """Both phones: the delegate's own page, and the applicant's from the message."""
    made = bureau.order("13805331001", "张桂兰")
    delegate = Delegate(phone_of(browser).new_page(), bureau.product.url, shoot)
    delegate.sign_in(DELEGATE, bureau.password)
    delegate.shot("1-day")
    delegate.open_visit()
    delegate.shot("2-visit")
    delegate.accept()
    delegate.depart()
    delegate.see_all_sent()
    applicant = applicant_page(browser, bureau, "13805331001")
    expect(applicant.get_by_test_id("visit-code")).to_be_visible()
    expect(applicant.get_by_test_id("delegate")).to_contain_text("刘洋")
    shoot(applicant, "applicant-visit")
    code = re.sub(r"\D", "", applicant.get_by_test_id("visit-code").inner_text())
    delegate.arrive(code)
    delegate.see_all_sent()
    delegate.page.reload()
    delegate.see("screen-visit")
    delegate.sign_paper("MANDATE")
    delegate.see_all_sent()
    wait_for_mandate(bureau, made["id"])
    material = made["items"][0]["materials"][0]["code"]
    delegate.photograph(material, photos[0])
    assert delegate.see_receipt(material) == digest(photos[0])
    delegate.receive("户口簿（原件）")
    assert delegate.finish_steps() == len(made["items"][0]["steps"])
    delegate.give_back("户口簿（原件）")
    delegate.shot("5-visit-worked")
    delegate.finish("社保卡已在家补办，原件当面交还。")
    delegate.see_all_sent()
    everything_arrived(bureau, made["id"], photos[0])
    subscribe(delegate)
    rate(browser, bureau, "13805331001", shoot)


def everything_arrived(bureau: Bureau, delegation: str, photo: Path) -> None:
    now = bureau.read(delegation)
    assert {step["state"] for item in now["items"] for step in item["steps"]} == {"DONE"}
    assert [file["sha256"] for file in now["files"]] == [digest(photo)]
    assert len(now["hand_overs"]) == 2
    assert now["mandate"]["state"] == "SIGNED"
    bureau.feng.post(f"/delegations/{delegation}/deliver", {"version": now["version"]})


def subscribe(delegate: Delegate) -> None:
    """The address works as long as the delegate lets it."""
    address = delegate.subscribe_calendar()
    feed = delegate.page.request.get(address)
    assert "BEGIN:VEVENT" in feed.text()
    delegate.stop_calendar()
    assert delegate.page.request.get(address).status == 404


def rate(browser: Browser, bureau: Bureau, phone: str, shoot: Callable[[Page, str], None]) -> None:
    """Once, with words; afterwards the page never shows what was said."""
    page = context(browser, SMALL_PHONE).new_page()
    link = newest_link(bureau.product.folder, phone, "RATING")
    page.goto(f"{bureau.product.url}/j/#{link}")
    page.get_by_test_id("rate-do").click()
    expect(page.get_by_test_id("rate-hint")).to_be_visible()
    page.get_by_test_id("grade-5").check()
    page.get_by_test_id("tag-POLITE").check()
    page.get_by_test_id("rate-text").fill("很有耐心。")
    shoot(page, "applicant-rating")
    page.get_by_test_id("rate-do").click()
    expect(page.get_by_test_id("rate-done")).to_be_visible()
    page.reload()
    expect(page.get_by_test_id("rate-done")).to_be_visible()
    expect(page.get_by_text("很有耐心")).to_have_count(0)


def test_nothing_is_lost_or_doubled_without_a_network_after_a_reload_and_a_killed_page(
    bureau: Bureau, browser: Browser, photos: list[Path], shoot: Callable[[Page, str], None]
) -> None:
    made = bureau.order("13805331002", "欧阳慕容买买提江")
    phone = phone_of(browser)
    delegate = Delegate(phone.new_page(), bureau.product.url, shoot)
    order = set_out(delegate, bureau)
    delegate.page.reload()
    delegate.see("screen-visit")

    phone.set_offline(True)
    door, *papers = photos[:5]
    work_offline(delegate, door, made["items"][0]["materials"][0]["code"], papers)
    # The page is gone without a word, as when the phone takes the memory for its camera.
    kill(delegate.page)
    again = Delegate(phone.new_page(), bureau.product.url, shoot)
    actions = finish_offline(again, order)

    phone.set_offline(False)
    again.see_all_sent()
    again.shot("9-all-sent")
    now = bureau.read(made["id"])
    sent = sorted(file["sha256"] for file in now["files"])
    assert sent == sorted(digest(photo) for photo in photos[:5])
    assert {step["state"] for item in now["items"] for step in item["steps"]} == {"DONE"}
    assert len(now["hand_overs"]) == 1
    kinds = [line["kind"] for line in now["timeline"]]
    for once in ("order.accepted", "order.departed", "order.arrived", "order.finished"):
        assert kinds.count(once) == 1, (once, kinds)
    print(f"offline visit: {actions} actions, a reload, a killed page: 0 lost, 0 doubled")


def set_out(delegate: Delegate, bureau: Bureau) -> str:
    """Sign in, accept the one offer and depart; the order's id."""
    delegate.sign_in(DELEGATE, bureau.password)
    delegate.wait_offline_ready()
    open_offer(delegate)
    delegate.accept()
    delegate.depart()
    delegate.see_all_sent()
    return delegate.page.get_by_test_id("screen-visit").get_attribute("data-order") or ""


def open_offer(delegate: Delegate) -> None:
    offered = '[data-testid="stop"][data-state="OFFERED"] [data-testid="open-visit"]'
    delegate.page.locator(offered).click()
    delegate.see("screen-visit")


def work_offline(delegate: Delegate, door: Path, material: str, photos: list[Path]) -> None:
    """Arrive by a photo of the door, let the mandate be signed, reload, take photos: seven things
    that stay here."""
    delegate.arrive_by_photo(door)
    delegate.sign_paper("MANDATE")
    see_count(delegate, 3)
    delegate.page.reload()
    delegate.see("screen-visit")
    delegate.see_state("ARRIVED")
    see_count(delegate, 3)
    for photo in photos:
        delegate.photograph(material, photo)
    see_count(delegate, 7)
    delegate.shot("8-offline")


def finish_offline(delegate: Delegate, order: str) -> int:
    """Open the page anew without a network and finish; how many things wait now."""
    delegate.open()
    delegate.see("screen-day")
    see_count(delegate, 7)
    delegate.open_visit(order)
    steps = delegate.finish_steps()
    delegate.receive("户口簿（原件）")
    delegate.finish("离线办结：材料已收，回到有信号处上传。")
    see_count(delegate, 7 + steps + 2)
    delegate.tap("unsent-sign")
    delegate.shot("9-unsent")
    return 7 + steps + 2


def see_count(delegate: Delegate, count: int) -> None:
    sign = delegate.page.get_by_test_id("unsent-sign")
    expect(sign).to_have_attribute("data-count", str(count))


def test_what_the_dispatcher_took_back_is_decided_by_the_delegate(
    bureau: Bureau, browser: Browser, shoot: Callable[[Page, str], None]
) -> None:
    made = bureau.order("13805331003", "李建国")
    phone = phone_of(browser)
    delegate = Delegate(phone.new_page(), bureau.product.url, shoot)
    delegate.sign_in(DELEGATE, bureau.password)
    delegate.wait_offline_ready()
    open_offer(delegate)
    phone.set_offline(True)
    delegate.accept()
    visit = bureau.read(made["id"])["visit"]
    bureau.feng.post("/board/unassign", {"visit": visit["id"], "version": visit["version"]})
    phone.set_offline(False)
    sign = delegate.page.get_by_test_id("unsent-sign")
    expect(sign).to_have_attribute("data-conflicts", "1", timeout=25_000)
    delegate.tap("unsent-sign")
    conflict = delegate.page.get_by_test_id("conflict")
    expect(conflict).to_have_attribute("data-code", "order_changed")
    expect(conflict.get_by_test_id("theirs-state")).to_contain_text("已撤回")
    delegate.shot("10-conflict")
    # Nothing leaves the phone silently: not by signing out either.
    delegate.page.get_by_role("link", name="返回列表").click()
    delegate.tap("sign-out")
    expect(delegate.page.get_by_test_id("sign-out-do")).to_have_count(0)
    delegate.page.keyboard.press("Escape")
    delegate.tap("unsent-sign")
    delegate.tap("conflict-drop")
    delegate.tap("conflict-drop-do")
    delegate.see_all_sent()
    expect(delegate.page.get_by_test_id("trace").first).to_have_attribute("data-outcome", "dropped")
    delegate.page.get_by_role("link", name="返回列表").click()
    delegate.tap("sign-out")
    delegate.tap("sign-out-do")
    delegate.see("screen-sign-in")
    left = delegate.page.evaluate(COUNT_ROWS)
    assert left == {"keys": 0, "actions": 0, "files": 0, "cache": 0}


def test_the_applicant_signs_then_reports_a_stranger_and_takes_the_mandate_back(
    bureau: Bureau, browser: Browser, shoot: Callable[[Page, str], None]
) -> None:
    made = bureau.order("13805331004", "孙桂芝")
    bureau.set_out(made["id"])
    page = applicant_page(browser, bureau, "13805331004")
    sign_own_mandate(page, shoot)
    page.get_by_test_id("report-other").click()
    page.get_by_test_id("report-text").fill("说是社区的，没有工牌。")
    page.get_by_test_id("report-do").click()
    expect(page.get_by_test_id("reported")).to_contain_text("先不要开门")
    page.get_by_test_id("revoke").click()
    page.get_by_test_id("revoke-do").click()
    expect(page.get_by_test_id("revoke-reason")).to_be_visible()
    page.get_by_test_id("revoke-reason").fill("家里人自己去办。")
    page.get_by_test_id("revoke-do").click()
    expect(page.get_by_test_id("visit-mandate")).to_have_attribute("data-state", "REVOKED")
    shoot(page, "applicant-revoked")
    now = bureau.read(made["id"])
    assert now["mandate"]["state"] == "REVOKED"
    assert "door.report_made" in [line["kind"] for line in now["timeline"]]


def sign_own_mandate(page: Page, shoot: Callable[[Page, str], None]) -> None:
    """On the applicant's own phone: the paper that waits for them stands first."""
    paper = page.get_by_test_id("paper").first
    expect(paper).to_have_attribute("data-wanted", "true")
    shoot(page, "applicant-papers")
    paper.get_by_test_id("paper-open").click()
    expect(page.get_by_test_id("paper-page").first).to_be_visible()
    assert page.request.get(page.get_by_test_id("paper-pdf").evaluate("link => link.href")).ok
    page.get_by_test_id("sign-confirm").click()
    expect(page.get_by_test_id("sign-hint")).to_be_visible()
    canvas = page.get_by_test_id("sign-canvas")
    canvas.evaluate("element => element.scrollIntoView({block: 'center'})")
    write_name(page, canvas)
    page.get_by_test_id("sign-will").check()
    shoot(page, "applicant-paper")
    page.get_by_test_id("sign-confirm").click()
    expect(page.get_by_test_id("paper-signed")).to_be_visible()
    page.get_by_test_id("paper-back").click()
    expect(page.get_by_test_id("visit-mandate")).to_have_attribute("data-state", "SIGNED")


COUNT_ROWS = """() => new Promise((resolve, reject) => {
  const open = indexedDB.open('fieldsvc-field')
  open.onerror = () => reject(open.error)
  open.onsuccess = async () => {
    const found = {}
    for (const name of ['keys', 'actions', 'files', 'cache']) {
      found[name] = await new Promise((done) => {
        open.result.transaction(name).objectStore(name).count().onsuccess = (event) =>
          done(event.target.result)
      })
    }
    open.result.close()
    resolve(found)
  }
})"""


def applicant_page(browser: Browser, bureau: Bureau, phone: str) -> Page:
    """The applicant taps the newest link of the message."""
    page = context(browser, PHONE).new_page()
    link = newest_link(bureau.product.folder, phone, "VISIT")
    page.goto(f"{bureau.product.url}/j/#{link}")
    expect(page.get_by_test_id("screen-visit")).to_be_visible()
    return page


def wait_for_mandate(bureau: Bureau, delegation: str) -> None:
    until(
        lambda: bureau.read(delegation)["mandate"]["state"] == "SIGNED", what="the signed mandate"
    )


def kill(page: Page) -> None:
    """End the renderer at once: no unload handler runs."""
    with page.expect_event("crash"), suppress(PlaywrightError):
        page.goto("chrome://crash")
    page.close()
