"""周代办 on the road: what a delegate's finger does on each screen of the field page."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.e2e.applicant import write_name

SLOW = 25_000  # ms


class Delegate:
    """One phone. `shoot` is called with a name on each screen, for screenshots."""

    def __init__(
        self, page: Page, url: str, shoot: Callable[[Page, str], None] | None = None
    ) -> None:
        self.page, self.url = page, url
        self._shoot = shoot or (lambda _page, _name: None)
        page.set_default_timeout(SLOW)

    def see(self, testid: str, *, timeout: float = SLOW) -> None:
        expect(self.page.get_by_test_id(testid).first).to_be_visible(timeout=timeout)

    def tap(self, testid: str) -> None:
        self.page.get_by_test_id(testid).first.click()

    def shot(self, name: str) -> None:
        self._shoot(self.page, f"field-{name}")

    def open(self) -> None:
        self.page.goto(f"{self.url}/field/")

    def sign_in(self, username: str, password: str) -> None:
        self.open()
        self.see("screen-sign-in")
        self.shot("0-sign-in")
        self.page.get_by_test_id("username").fill(username)
        self.page.get_by_test_id("password").fill(password)
        self.tap("sign-in")
        self.see("screen-day")

    def wait_offline_ready(self) -> None:
        """Until the page would open without a network."""
        self.see("offline-ready")

    def stop(self, order: str | None = None) -> Locator:
        chosen = f'[data-testid="stop"][data-order="{order}"]' if order else '[data-testid="stop"]'
        return self.page.locator(chosen).first

    def open_visit(self, order: str | None = None) -> None:
        self.stop(order).get_by_test_id("open-visit").click()
        self.see("screen-visit")

    def see_state(self, state: str) -> None:
        expect(self.page.get_by_test_id("screen-visit")).to_have_attribute(
            "data-state", state, timeout=SLOW
        )

    def unsent(self) -> int:
        """What the sign says: how many things are still only on this phone."""
        return int(self.page.get_by_test_id("unsent-sign").get_attribute("data-count") or "0")

    def see_all_sent(self) -> None:
        expect(self.page.get_by_test_id("unsent-sign")).to_have_attribute(
            "data-count", "0", timeout=SLOW
        )

    def accept(self) -> None:
        self.tap("accept")
        self.see_state("ACCEPTED")

    def decline(self, code: str, reason: str = "") -> None:
        self.tap("decline")
        self.see("reason-sheet")
        self.page.get_by_test_id(f"reason-{code}").check()
        self.page.get_by_test_id("reason-text").fill(reason)
        self.tap("reason-submit")
        self.see_state("DECLINED")

    def depart(self) -> None:
        self.tap("depart")
        self.see_state("EN_ROUTE")

    def arrive(self, code: str) -> None:
        """With the digits that the applicant has: all six, or those the phone does not know."""
        self.tap("arrive")
        self.see("arrive-sheet")
        head = self.page.get_by_test_id("code-head")
        digits = code[3:] if head.count() else code
        self.page.get_by_test_id("arrive-code").fill(digits)
        self.shot("3-arrive")
        self.tap("arrive-do")
        self.see_state("ARRIVED")

    def arrive_by_photo(self, photo: Path) -> None:
        """Nobody to read the digits out: the door instead, sent before the arrival."""
        self.tap("arrive")
        self.see("arrive-sheet")
        self.page.get_by_test_id("arrive-photo").set_input_files(photo)
        self.see_state("ARRIVED")

    def subscribe_calendar(self) -> str:
        """A new calendar address, as the page shows it this once."""
        self.open()
        self.tap("open-me")
        self.tap("calendar-make")
        address = self.page.get_by_test_id("calendar-address")
        expect(address).to_be_visible(timeout=SLOW)
        self.shot("11-me")
        return address.inner_text()

    def stop_calendar(self) -> None:
        self.tap("calendar-revoke")
        self.tap("calendar-do")
        self.see("calendar-told")

    def photograph(self, material: str, photo: Path) -> None:
        row = self.page.locator(f'[data-testid="material"][data-material="{material}"]').first
        row.get_by_test_id("take-photo").set_input_files(photo)

    def see_receipt(self, material: str) -> str:
        """The digest that the server's receipt for the material names."""
        row = self.page.locator(f'[data-testid="material"][data-material="{material}"]').first
        receipt = row.get_by_test_id("receipt").first
        expect(receipt).to_be_visible(timeout=SLOW)
        return receipt.get_attribute("data-sha256") or ""

    def finish_steps(self) -> int:
        """Tick every open step of every item in sight; how many there were."""
        done = 0
        while self.page.get_by_test_id("step-do").count():
            before = self.page.get_by_test_id("step-do").count()
            self.tap("step-do")
            expect(self.page.get_by_test_id("step-do")).to_have_count(before - 1)
            done += 1
        return done

    def receive(self, title: str) -> None:
        self._hand_over("receive", title)

    def give_back(self, title: str) -> None:
        self._hand_over("return", title)

    def _hand_over(self, button: str, title: str) -> None:
        before = self.page.get_by_test_id("hand-over").count()
        self.tap(button)
        self.see("hand-over-sheet")
        self.page.get_by_test_id("hand-over-title").fill(title)
        self.shot("5-hand-over")
        self.tap("hand-over-do")
        expect(self.page.get_by_test_id("hand-over")).to_have_count(before + 1)

    def sign_paper(self, kind: str) -> None:
        """Let everybody who is asked to sign on this phone sign the paper."""
        row = self.page.locator(f'[data-testid="paper"][data-kind="{kind}"]').first
        row.get_by_test_id("paper-sign").click()
        self.see("screen-sign-paper")
        self.see("paper-page")
        self.shot("4-paper")
        while self.page.get_by_test_id("sign-who").is_visible():
            signer = self.page.get_by_test_id("sign-who").get_attribute("data-signer")
            canvas = self.page.get_by_test_id("sign-canvas")
            canvas.evaluate("element => element.scrollIntoView({block: 'center'})")
            write_name(self.page, canvas)
            self.page.get_by_test_id("sign-will").check()
            self.tap("sign-confirm")
            expect(
                self.page.locator(f'[data-testid="sign-who"][data-signer="{signer}"]')
            ).to_have_count(0)
        self.see("screen-visit")

    def finish(self, summary: str) -> None:
        self.tap("finish")
        self.see("finish-sheet")
        self.page.get_by_test_id("summary").fill(summary)
        self.shot("6-finish")
        self.tap("finish-do")
        self.see_state("DONE")
