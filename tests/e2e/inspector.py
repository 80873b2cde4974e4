"""王勘验 and 陈勘验 at the desk: what a hand does in the call workspace."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.applicant import write_name

SLOW = 25_000  # ms


class Inspector:
    """One desk. `shoot` is called with a name on each screen, for screenshots."""

    def __init__(
        self, page: Page, url: str, shoot: Callable[[Page, str], None] | None = None
    ) -> None:
        self.page, self.url = page, url
        self._shoot = shoot or (lambda _page, _name: None)
        page.set_default_timeout(SLOW)

    def see(self, testid: str, *, timeout: float = SLOW) -> None:
        expect(self.page.get_by_test_id(testid).first).to_be_visible(timeout=timeout)

    def click(self, testid: str) -> None:
        self.page.get_by_test_id(testid).first.click()

    def shot(self, name: str) -> None:
        self._shoot(self.page, f"desk-{name}")

    def sign_in(self, username: str, password: str) -> None:
        self.page.goto(f"{self.url}/desk/")
        self.see("username")
        self.shot("0-sign-in")
        self.page.get_by_test_id("username").fill(username)
        self.page.get_by_test_id("password").fill(password)
        self.click("sign-in")
        self.see("me")

    def open_inspection(self, case_number: str) -> None:
        row = self.page.get_by_test_id(f"today-row-{case_number}")
        expect(row).to_be_visible()
        self.shot("1-today")
        row.get_by_test_id("open-inspection").click()
        self.see("checklist")

    def admit(self) -> None:
        self.see("admit")
        self.shot("2-lobby")
        self.click("admit")

    def see_picture(self) -> None:
        """Wait until the applicant's video is decoded here."""
        self.page.wait_for_function(
            "() => { const v = document.querySelector('[data-testid=remote-video]');"
            " return v && v.videoWidth > 0 && v.currentTime > 0 }"
        )

    def hear_challenge(self) -> None:
        """Show the digits of the newest checkpoint and note that they were read out."""
        self.click("challenge-show")
        self.see("challenge-code")
        self.shot("3-challenge")
        self.click("challenge-heard")
        self.see("challenge-spoken")

    def choose(self, item: str) -> None:
        row = self.page.get_by_test_id(f"item-row-{item}")
        if row.get_attribute("aria-expanded") != "true":
            row.click()
        expect(row).to_have_attribute("aria-expanded", "true")

    def take_still(self, item: str) -> None:
        """Ask the phone's camera for a picture of the item and wait for its receipt."""
        self.choose(item)
        before = self.page.get_by_test_id("evidence-thumb").count()
        self.click("item-still")
        expect(self.page.get_by_test_id("evidence-thumb")).not_to_have_count(before)

    def judge(self, item: str, result: str, note: str = "") -> None:
        self.choose(item)
        if note:
            self.page.get_by_test_id("note").fill(note)
        self.click(f"result-{result}")
        expect(self.page.get_by_test_id(f"item-{item}")).to_have_attribute("data-result", result)

    def say(self, text: str) -> None:
        self.page.get_by_test_id("chat-input").fill(text)
        self.click("chat-send")

    def blockers(self) -> list[str]:
        """Try to conclude; the sentences that say why not."""
        self.click("conclude")
        self.see("conclude-dialog")
        self.click("conclude-submit")
        self.see("blockers")
        self.shot("4-blocked")
        return self.page.get_by_test_id("blockers").locator("li").all_inner_texts()

    def conclude(self, *, days: int | None = None, opinion: str = "") -> None:
        if not self.page.get_by_test_id("conclude-dialog").is_visible():
            self.click("conclude")
        self.see("verdict")
        if days is not None:
            self.page.get_by_test_id("rectification-days").locator("input").fill(str(days))
        if opinion:
            self.page.get_by_test_id("opinion").fill(opinion)
        self.shot("5-conclude")
        self.click("conclude-submit")

    def sign(self) -> None:
        self.see("record-panel")
        self.click("sign")
        self.see("signature-dialog")
        write_name(self.page, self.page.get_by_test_id("signature-canvas"))
        self.page.get_by_test_id("signature-agree").check()
        self.page.get_by_test_id("signature-will").check()
        self.shot("6-sign")
        self.click("signature-submit")
        expect(self.page.get_by_test_id("signature-dialog")).not_to_be_visible(timeout=60_000)

    def see_sealed(self) -> str:
        """Wait for the seal; the head digest of the dossier as the desk shows it."""
        self.see("sealed", timeout=40_000)
        self.shot("7-sealed")
        return self.page.get_by_test_id("dossier-head").inner_text()

    def review(self, case_number: str) -> None:
        self.page.goto(f"{self.url}/desk/")
        row = self.page.get_by_test_id(f"today-row-{case_number}")
        expect(row).to_be_visible()
        row.get_by_test_id("open-review").click()
        self.see("rectification-state")

    def decide(self, item: str, decision: str, opinion: str) -> None:
        """Accept or return one item of the rectification."""
        card = self.page.get_by_test_id(f"rectification-{item}")
        card.get_by_test_id("review-opinion").fill(opinion)
        card.get_by_test_id(f"review-{decision}").click()
        expect(card.get_by_test_id("review-accept")).not_to_be_visible()
