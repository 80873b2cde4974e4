"""The dispatcher's board in a real browser, on the stored day of 22 delegates and 120 visits."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from fieldsvc.kernel.clock import ShiftedClock
from tests.e2e.dispatcher import Dispatcher
from tests.support import migrated
from tests.support.board_day import LOCAL, BoardDay
from tests.support.browser import DESK, chromium, context
from tests.support.processes import ROOT
from tests.support.product import Embedded, demo_of

MORNING = datetime(2026, 6, 3, 7, 40, tzinfo=LOCAL)
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    folder: Path = tmp_path_factory.mktemp("board")
    clock = folder / "clock"
    ShiftedClock.set(clock, MORNING)
    migrated.copy_to(folder / "db.sqlite3")
    running = Embedded(folder, {"DEMO_CLOCK": str(clock)})
    running.start()
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def filled(product: Embedded) -> BoardDay:
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.board_day", "--day", "2026-06-03", "--on-site"],
        cwd=ROOT,
        env={**os.environ, **product.environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return BoardDay(**json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture(scope="module")
def desk(player: Playwright) -> Iterator[BrowserContext]:
    with chromium(player) as browser:
        yield context(browser, {**DESK})


@pytest.fixture(scope="module")
def cheng(product: Embedded, filled: BoardDay, desk: BrowserContext) -> Dispatcher:
    """程调度 with the published day before them; the tests below follow each other."""
    dispatcher = Dispatcher(desk.new_page(), product.url, shoot)
    dispatcher.page.add_init_script(
        "window.refusals = [];"
        "document.addEventListener('securitypolicyviolation',"
        " (event) => window.refusals.push(event.violatedDirective + ' ' + event.blockedURI))"
    )
    dispatcher.sign_in(filled.dispatcher, filled.password)
    dispatcher.open_board()
    return dispatcher


def shoot(page: Page, name: str) -> None:
    """To the folder that BOARD_SHOTS names, if it names one."""
    folder = os.environ.get("BOARD_SHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def board(page: Page) -> dict[str, Any]:
    """The board as the server has it now."""
    found: dict[str, Any] = page.evaluate("fetch('/api/board').then((answer) => answer.json())")
    return found


def orders(page: Page) -> list[dict[str, Any]]:
    found = [one for one in board(page)["orders"] if one["state"] == "OFFERED"]
    return sorted(found, key=lambda one: str(one["starts_at"]))


def with_room_behind(page: Page) -> list[dict[str, Any]]:
    """Everybody's last order, first of those who have the longest way to the end of their shift."""
    day = board(page)
    ends = {one["id"]: minute(one["shift"]["until"]) for one in day["delegates"]}
    last = {one["staff"]: one for one in orders(page)}
    return sorted(last.values(), key=lambda one: minute(one["ends_at"]) - ends[one["staff"]])


def minute(instant: str) -> int:
    at = datetime.fromisoformat(instant).astimezone(LOCAL)
    return at.hour * 60 + at.minute


def complaints(page: Page) -> list[str]:
    page.evaluate(AXE.read_text("utf-8"))
    found: list[str] = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})"
        ".then((report) => report.violations.map((one) => one.id + ' ' + one.nodes[0].html))"
    )
    return found


def test_before_a_plan_every_visit_waits_on_the_left(cheng: Dispatcher, filled: BoardDay) -> None:
    assert cheng.waiting() == filled.visits
    assert complaints(cheng.page) == []


def test_a_plan_is_seen_as_a_draft_with_a_reason_for_every_visit_left_out(
    cheng: Dispatcher, filled: BoardDay
) -> None:
    cheng.plan()
    # The product keeps its orders on a grid of five minutes, so a few fewer than the bare solver.
    assert cheng.blocks() >= 105
    cards = cheng.page.locator("[data-testid=waiting] li")
    assert cards.count() == filled.visits - cheng.blocks()
    assert all(cards.get_by_test_id("reason").all_inner_texts())
    assert cards.get_by_test_id("reason").count() == cards.count()
    cheng.shot("draft")
    assert complaints(cheng.page) == []


def test_publishing_says_first_what_will_happen(cheng: Dispatcher) -> None:
    planned = cheng.blocks()
    cheng.click("publish")
    assert str(planned) in cheng.see("publish-fresh").inner_text()
    cheng.click("publish-submit")
    expect(cheng.see("said")).to_contain_text("已发布")
    expect(cheng.page.locator("[data-block][data-state=OFFERED]")).to_have_count(planned)


def test_a_visit_taken_back_is_dragged_home_and_the_step_undone(cheng: Dispatcher) -> None:
    page, order = cheng.page, orders(cheng.page)[40]
    visit = order["visit"]
    cheng.block(visit).click()
    cheng.click("unassign")
    cheng.click("unassign-submit")
    card = cheng.see(f"waiting-{visit}")
    cheng.hold(card)
    cheng.carry(order["staff"], minute(order["starts_at"]))
    expect(cheng.checked()).to_have_attribute("data-ok", "true")
    cheng.shot("drag-fits")
    cheng.drop()
    expect(cheng.block(visit)).to_be_visible()
    expect(cheng.see("said")).to_contain_text("已排给")
    page.keyboard.press("Control+z")
    cheng.see(f"waiting-{visit}")
    cheng.click("undo")
    expect(cheng.block(visit)).to_be_visible()


def test_a_drop_that_cannot_be_is_refused_with_its_reason(cheng: Dispatcher) -> None:
    first, *_, last = orders(cheng.page)
    cheng.hold(cheng.block(first["visit"]))
    cheng.carry(last["staff"], minute(last["starts_at"]))
    expect(cheng.checked()).to_have_attribute("data-ok", "false")
    cheng.shot("drag-refused")
    cheng.drop()
    expect(cheng.see("said")).to_contain_text("没有移动")
    expect(cheng.block(first["visit"])).to_be_visible()
    assert first in orders(cheng.page)


def test_the_same_is_done_with_the_keyboard_alone(cheng: Dispatcher) -> None:
    page, order = cheng.page, orders(cheng.page)[60]
    cheng.block(order["visit"]).focus()
    page.keyboard.press("m")
    dialog = cheng.see("assign-dialog")
    expect(dialog.get_by_test_id("assign-who")).to_be_focused()
    expect(dialog.get_by_test_id("check")).to_have_attribute("data-state", "known")
    expect(dialog.get_by_test_id("check")).to_have_attribute("data-ok", "true")
    assert complaints(page) == []
    cheng.shot("assign")
    page.get_by_test_id("assign-submit").focus()
    page.keyboard.press("Enter")
    expect(cheng.see("said")).to_contain_text("已排给")


def test_another_time_is_agreed_on_and_both_times_are_said(cheng: Dispatcher) -> None:
    page, order = cheng.page, orders(cheng.page)[70]
    cheng.block(order["visit"]).click()
    cheng.click("agree")
    cheng.see("promise-window").click()
    page.get_by_test_id("promise-note").fill("群众上午要去医院")
    assert complaints(page) == []
    cheng.shot("agree")
    cheng.click("promise-submit")
    expect(cheng.see("said")).to_contain_text("已约定")
    expect(cheng.block(order["visit"])).to_have_count(0)
    # The first hour free was tomorrow's: there the visit waits with its promise and a place held.
    cheng.open_board("2026-06-04")
    cheng.see(f"waiting-{order['visit']}").get_by_test_id("agree").click()
    old = cheng.see("promise-before").inner_text()
    cheng.see("promise-window").click()
    cheng.click("promise-submit")
    expect(cheng.see("said")).to_contain_text("已改约")
    expect(cheng.see("said")).to_contain_text(old.rsplit(" ", 1)[-1])
    cheng.open_board("2026-06-03")


def test_a_video_call_takes_the_place_of_a_trip_nobody_can_make(cheng: Dispatcher) -> None:
    page = cheng.page
    card = page.locator("[data-testid=waiting] li", has=page.get_by_test_id("order-video"))
    expect(card).to_have_count(1)
    hours = card.get_by_test_id("video").inner_text()
    assert "省" in hours
    card.get_by_test_id("order-video").click()
    cheng.see("video-dialog")
    cheng.shot("video")
    cheng.click("video-submit")
    expect(cheng.see("said")).to_contain_text("短信")
    expect(card).to_have_count(0)


def test_nothing_is_drawn_again_while_the_mouse_passes_over(cheng: Dispatcher) -> None:
    page = cheng.page
    page.evaluate(
        "window.drawn = 0; window.last = performance.now();"
        "new MutationObserver((all) =>"
        " { window.drawn += all.length; window.last = performance.now() })"
        ".observe(document.querySelector('[data-testid=timeline] .lanes'),"
        " {subtree: true, childList: true, attributes: true, characterData: true}); 0"
    )
    # The step before may still be told by the feed; what counts begins when that is over.
    page.wait_for_function("() => performance.now() - window.last > 2500")
    page.evaluate("window.drawn = 0")
    for block in page.locator("[data-block]").all()[:30]:
        block.hover()
    assert page.evaluate("window.drawn") == 0


def test_a_sick_delegate_gives_their_visits_back_and_the_day_is_planned_again(
    cheng: Dispatcher,
) -> None:
    page, order = cheng.page, orders(cheng.page)[50]
    cheng.click("absence")
    dialog = cheng.see("absence-dialog")
    dialog.get_by_test_id("absence-who").select_option(order["staff"])
    cheng.see("absence-effect")
    cheng.shot("absence")
    cheng.click("absence-submit")
    lane = page.get_by_test_id(f"lane-{order['staff']}")
    expect(lane.locator(".shade.absent")).to_be_visible()
    cheng.see("draft-note", timeout=60_000)
    cheng.shot("replanned")


def test_two_plans_stand_side_by_side(cheng: Dispatcher) -> None:
    cheng.click("compare")
    cheng.see("compare-a")
    cheng.see("compare-b")
    cheng.shot("compare")
    assert complaints(cheng.page) == []
    cheng.page.keyboard.press("Escape")


def test_two_desks_see_each_other_and_what_is_stale_is_refused(
    cheng: Dispatcher, product: Embedded, filled: BoardDay, player: Playwright
) -> None:
    with chromium(player) as browser:
        head = Dispatcher(context(browser, {**DESK}).new_page(), product.url, shoot)
        head.sign_in(filled.head, filled.password)
        head.open_board()
        # The head publishes what was planned anew; the dispatcher's own page follows by itself.
        head.publish()
        expect(cheng.page.get_by_test_id("draft-note")).to_have_count(0)
        first, second, *_ = with_room_behind(cheng.page)
        cheng.block(first["visit"]).click()
        cheng.click("unassign")
        cheng.click("unassign-submit")
        head.see(f"waiting-{first['visit']}")
        # What the head holds in hand is changed by the dispatcher: the drop is refused.
        head.hold(head.block(second["visit"]))
        # The hand holds the block some minutes behind its start.
        head.carry(second["staff"], minute(second["starts_at"]) + 20)
        cheng.block(second["visit"]).click()
        cheng.click("unassign")
        cheng.click("unassign-submit")
        head.see(f"waiting-{second['visit']}")
        head.drop()
        expect(head.see("conflict")).to_have_attribute("data-code", "stale_version")
        expect(head.see("conflict")).to_contain_text("最新安排")
        head.shot("stale")
        head.see(f"waiting-{second['visit']}")


def test_it_is_read_in_english_and_in_large_letters(cheng: Dispatcher) -> None:
    page = cheng.page
    page.evaluate("document.documentElement.style.fontSize = '140%'")
    cheng.shot("large")
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert over <= 0
    page.evaluate("document.documentElement.style.fontSize = ''")
    cheng.click("language")
    expect(cheng.see("replan")).to_contain_text("Plan")
    cheng.shot("english")
    assert complaints(page) == []
    cheng.click("language")


def test_a_day_that_is_over_can_only_be_looked_at(cheng: Dispatcher) -> None:
    cheng.page.goto(f"{cheng.url}/desk/board?day=2026-06-02")
    cheng.see("read-only")
    expect(cheng.page.get_by_test_id("replan")).to_have_count(0)
    cheng.shot("read-only")


def test_the_page_keeps_to_its_content_policy(cheng: Dispatcher) -> None:
    assert cheng.page.evaluate("window.refusals") == []


def test_an_inspector_finds_no_way_in(product: Embedded, player: Playwright) -> None:
    with chromium(player) as browser:
        other = Dispatcher(context(browser, {**DESK}).new_page(), product.url)
        other.sign_in("wang", demo_of(product.folder).staff["wang"])
        expect(other.page.get_by_test_id("nav-board")).to_have_count(0)
        other.page.goto(f"{product.url}/desk/board")
        expect(other.see("refused")).to_have_attribute("data-code", "board_not_yours")
