"""Whatever goes wrong before or in the call is told in plain words, with a way on."""

import itertools
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.e2e.applicant import Applicant
from tests.e2e.approval import ApprovalSystem, links_to, wait_for_link
from tests.e2e.disturbed import DisturbedCall
from tests.e2e.inspector import Inspector
from tests.support.browser import DESK, SMALL_PHONE, camera_flags, chromium, context
from tests.support.product import Embedded, demo_of
from tests.support.until import until

_numbers = itertools.count(1)
FAKE_UI = "--use-fake-ui-for-media-stream"


def new_link(product: Embedded) -> tuple[str, str]:
    """Hand in a case; its number and the link that its SMS carries."""
    number = f"KY-E2E-{next(_numbers):04d}"
    answer = ApprovalSystem(product.url, demo_of(product.folder).api_key).hand_in(
        number, product.receiver.url
    )
    assert answer.status_code == 201, answer.text
    return number, wait_for_link(product.folder, number)


def goes_wrong(page: Page, link: str) -> str:
    page.goto(link)
    problem = page.get_by_test_id("link-problem")
    expect(problem).to_be_visible()
    assert page.get_by_role("heading", level=1).inner_text().strip()
    return problem.get_attribute("data-code") or ""


def to_device_check(page: Page, link: str) -> Applicant:
    applicant = Applicant(page)
    applicant.open(link)
    applicant.book()
    applicant.survey({}, {})
    applicant.consent()
    return applicant


@pytest.fixture(scope="module")
def phone(player: Playwright) -> Iterator[BrowserContext]:
    with chromium(player, *camera_flags()) as browser:
        yield context(browser, SMALL_PHONE)


def other_phone(phone: BrowserContext) -> BrowserContext:
    assert phone.browser is not None
    return context(phone.browser, SMALL_PHONE)


def test_a_wrong_link_says_so(product: Embedded, phone: BrowserContext) -> None:
    page = other_phone(phone).new_page()
    assert goes_wrong(page, f"{product.url}/j/#nobody-ever-sent-this") == "link_unknown"


def test_no_link_at_all_asks_for_the_one_in_the_message(
    product: Embedded, phone: BrowserContext
) -> None:
    assert goes_wrong(other_phone(phone).new_page(), f"{product.url}/j/") == "sign_in_needed"


def test_a_link_used_on_another_phone_is_sent_anew_to_the_registered_one(
    product: Embedded, phone: BrowserContext
) -> None:
    number, link = new_link(product)
    Applicant(other_phone(phone).new_page()).open(link)
    page = other_phone(phone).new_page()
    assert goes_wrong(page, link) == "link_used"
    page.get_by_test_id("link-resend").click()
    expect(page.get_by_test_id("link-resent")).to_contain_text("138****1234")
    fresh = until(lambda: links_to(product.folder, number)[1:], what="the new SMS")[0]
    assert fresh != link
    Applicant(page).open(fresh)


def test_an_older_link_has_expired_once_a_newer_one_was_sent(
    product: Embedded, phone: BrowserContext
) -> None:
    number, link = new_link(product)
    page = other_phone(phone).new_page()
    ask = "() => fetch('/api/join/resend', {method: 'POST', headers: {'content-type':"
    ask += " 'application/json', 'x-csrftoken': document.cookie.split('csrftoken=')[1]},"
    ask += f" body: JSON.stringify({{token: '{link.rpartition('#')[2]}'}})}}).then(r => r.status)"
    page.goto(f"{product.url}/j/")
    assert page.evaluate(ask) == 200
    until(lambda: links_to(product.folder, number)[1:], what="the new SMS")
    assert goes_wrong(other_phone(phone).new_page(), link) == "link_expired"


def test_a_foreign_link_offers_to_go_on_with_the_own_case(
    product: Embedded, phone: BrowserContext
) -> None:
    mine = other_phone(phone)
    Applicant(mine.new_page()).open(new_link(product)[1])
    page = mine.new_page()
    assert goes_wrong(page, new_link(product)[1]) == "link_foreign"
    page.get_by_test_id("link-continue").click()
    expect(page.get_by_test_id("screen-book")).to_be_visible()


@pytest.mark.parametrize(
    ("trouble", "drop", "extra"),
    [
        ("denied", frozenset({FAKE_UI}), (*camera_flags(), f"{FAKE_UI}=deny")),
        ("no_camera", frozenset[str](), ()),
    ],
)
def test_a_camera_that_is_not_there_has_its_page_and_the_visit_is_one_tap_away(
    player: Playwright,
    product: Embedded,
    trouble: str,
    drop: frozenset[str],
    extra: tuple[str, ...],
) -> None:
    with chromium(player, *extra, drop=drop) as browser:
        page = context(browser, SMALL_PHONE, permissions=["geolocation"]).new_page()
        applicant = to_device_check(page, new_link(product)[1])
        applicant.tap("check-start")
        expect(page.get_by_test_id("device-problem")).to_have_attribute("data-trouble", trouble)
        applicant.tap("on-site")
        applicant.tap("on-site-confirm")
        applicant.see("screen-transferred")


def test_a_browser_without_video_calls_is_told_which_to_use(
    product: Embedded, phone: BrowserContext
) -> None:
    page = other_phone(phone).new_page()
    page.add_init_script("delete window.RTCPeerConnection")
    applicant = to_device_check(page, new_link(product)[1])
    applicant.tap("check-start")
    expect(page.get_by_test_id("device-problem")).to_have_attribute("data-trouble", "unsupported")
    applicant.see("copy-link")


def test_an_insecure_address_says_that_the_camera_needs_https(
    player: Playwright, product: Embedded
) -> None:
    link = new_link(product)[1].replace("localhost", "demo.test")
    resolver = "--host-resolver-rules=MAP demo.test 127.0.0.1"
    with chromium(player, *camera_flags(), resolver) as browser:
        page = context(browser, SMALL_PHONE, permissions=[]).new_page()
        applicant = to_device_check(page, link)
        applicant.tap("check-start")
        expect(page.get_by_test_id("device-problem")).to_have_attribute("data-trouble", "insecure")


def test_a_call_bears_what_happens_to_the_phone_and_both_sides_read_why(
    product: Embedded, phone: BrowserContext
) -> None:
    assert phone.browser is not None
    number, link = new_link(product)
    page = other_phone(phone).new_page()
    call = DisturbedCall(page, Inspector(context(phone.browser, DESK).new_page(), product.url))
    applicant = to_device_check(page, link)
    applicant.check_devices()
    applicant.enter_lobby()
    call.desk.sign_in("wang", demo_of(product.folder).staff["wang"])
    call.desk.open_inspection(number)
    call.desk.admit()
    call.desk.see_picture()
    call.is_live()
    call.the_desk_points_and_draws_into_the_picture_of_the_phone()
    call.the_desk_turns_the_camera_of_the_phone()
    call.a_page_in_the_background_is_named_at_the_desk()
    call.a_weak_line_is_stepped_down_to_voice_and_up_again()
    call.the_socket_alone_comes_back_and_the_media_never_went()
    call.the_media_alone_come_back_and_the_socket_never_went()
