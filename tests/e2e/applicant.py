"""李申请 at the phone: what a finger does on each screen, in the order of a case."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

SLOW = 20_000  # ms; a step that starts from the outbox or a paper


class Applicant:
    """One phone. `shoot` is called with a name on each screen, for screenshots."""

    def __init__(self, page: Page, shoot: Callable[[Page, str], None] | None = None) -> None:
        self.page = page
        self._shoot = shoot or (lambda _page, _name: None)
        page.set_default_timeout(SLOW)

    def see(self, testid: str, *, timeout: float = SLOW) -> None:
        expect(self.page.get_by_test_id(testid).first).to_be_visible(timeout=timeout)

    def tap(self, testid: str) -> None:
        self.page.get_by_test_id(testid).first.click()

    def shot(self, name: str) -> None:
        self._shoot(self.page, f"phone-{name}")

    def open(self, link: str) -> None:
        self.page.goto(link)
        self.see("screen-book")
        self.shot("1-book")

    def book(self) -> None:
        """Take the first slot offered."""
        self.tap("slot")
        self.tap("slot-confirm")
        self.see("screen-survey")
        self.shot("2-survey")

    def survey(self, photos: dict[str, Path], answers: dict[str, str]) -> None:
        """Answer the given items (YES, NO, UNSURE), add the given photos, hand in."""
        for item, answer in answers.items():
            self.page.locator(f'[data-testid="survey-row"][data-item="{item}"]').click()
            self.see("screen-survey-item")
            self.page.get_by_test_id(f"self-{answer}").check()
            if item in photos:
                self.page.get_by_test_id("photo-input").set_input_files(photos[item])
                self.see("photo-stored")
                self.shot("2-survey-item")
            self.tap("survey-list")
            self.see("screen-survey")
        self.shot("2-survey-done")
        self.tap("survey-submit")
        self.see("screen-consent")

    def consent(self) -> None:
        self.shot("3-consent")
        self.page.get_by_test_id("consent-place").check()
        self.tap("consent-accept")
        self.see("screen-check")

    def check_devices(self) -> None:
        self.shot("4-check-before")
        self.tap("check-start")
        expect(self.page.get_by_test_id("check-line")).to_have_attribute(
            "data-state", "done", timeout=SLOW
        )
        self.shot("4-check")

    def enter_lobby(self) -> None:
        self.tap("enter")
        self.see("screen-lobby")
        expect(self.page.get_by_test_id("screen-lobby")).to_have_attribute("data-status", "open")
        self.shot("5-lobby")
