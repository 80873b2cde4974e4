"""李申请 at the phone: what a finger does on each screen, in the order of a case."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

SLOW = 25_000  # ms; a step that starts from the outbox or a paper
SIGNING = 60_000  # ms; a record made anew, a message sent, a certificate issued
MOVED_ON = (
    "told => { const p = document.querySelector('[data-testid=read-progress]');"
    " return !p || p.innerText !== told }"
)
expect.set_options(timeout=SLOW)


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

    def see_call(self) -> None:
        self.see("screen-call")
        self.see("recording")

    def read_results(self) -> None:
        self.see("screen-results", timeout=SIGNING)
        self.shot("7-results")
        self.tap("to-record")
        self.see("screen-read")
        self.see("record-page")
        self.page.wait_for_function(
            "() => [...document.querySelectorAll('[data-testid=record-page] img')]"
            ".every(image => image.complete && image.naturalWidth > 100)"
        )
        self.shot("8-record")
        self._turn_pages()

    def _turn_pages(self) -> None:
        """Press on through the unread pages; each press shows the next, the last one goes on."""
        asked = self.page.get_by_test_id("screen-ask")
        for _ in range(60):
            told = self.page.get_by_test_id("read-progress").inner_text()
            self.tap("read-on")
            self.page.wait_for_function(MOVED_ON, arg=told, timeout=SIGNING)
            if asked.is_visible():
                break
        self.see("screen-ask")
        self.shot("8-record-ask")

    def object(self, text: str) -> None:
        """Say what is wrong; the record comes again with these words in it, and is read again."""
        self.tap("ask-object")
        self.page.get_by_test_id("object-text").fill(text)
        self.shot("8-record-objection")
        self.tap("object-do")
        self.see("new-edition", timeout=SIGNING)
        self.see("record-page")
        self.shot("8-record-again")
        self._turn_pages()

    def identify(self, code_for: Callable[[str], str]) -> None:
        """Agree to sign and enter the code; `code_for` reads the message, given the fingerprint."""
        self.tap("ask-none")
        self.see("screen-signing-consent")
        self.page.get_by_test_id("signing-consent-tick").check()
        self.shot("9-sign-consent")
        self.tap("signing-consent-do")
        self.see("code-input", timeout=SIGNING)
        self.shot("9-sign-code")
        fingerprint = self.page.get_by_test_id("code-fingerprint").get_attribute("data-digits")
        assert fingerprint is not None
        self.page.get_by_test_id("code-input").fill(code_for(fingerprint))
        self.tap("code-do")
        self.see("screen-sign", timeout=SIGNING)

    def sign(self) -> None:
        expect(self.page.get_by_test_id("screen-sign")).to_have_attribute("data-key", "device")
        write_name(self.page, self.page.get_by_test_id("sign-canvas"))
        self.page.get_by_test_id("sign-will").check()
        self.shot("9-sign")
        self.tap("sign-confirm")
        self.see("screen-done", timeout=SIGNING)

    def rectify(self, uploads: dict[str, Path]) -> None:
        """Show what was put right, item by item, and hand it in."""
        self.see("screen-rectify")
        self.shot("11-rectify")
        for item, file in uploads.items():
            card = self.page.locator(f'[data-testid="rectify-item"][data-item="{item}"]')
            before = card.get_by_test_id("photo-stored").count()
            card.get_by_test_id("photo-input").set_input_files(file)
            expect(card.get_by_test_id("photo-stored")).to_have_count(before + 1)
        self.shot("11-rectify-uploaded")
        self.tap("rectify-submit")
        expect(self.page.get_by_test_id("screen-rectify")).to_have_attribute(
            "data-state", "SUBMITTED"
        )

    def see_returned(self, item: str) -> None:
        card = self.page.locator(f'[data-testid="rectify-item"][data-item="{item}"]')
        expect(card).to_have_attribute("data-state", "RETURNED", timeout=SLOW)
        self.shot("12-returned")


def write_name(page: Page, canvas: Locator) -> None:
    """Three pen strokes, as a hand would draw them."""
    box = canvas.bounding_box()
    assert box is not None
    strokes = (
        [(0.2, 0.3), (0.35, 0.25), (0.45, 0.35), (0.3, 0.7)],
        [(0.5, 0.2), (0.52, 0.5), (0.5, 0.8)],
        [(0.42, 0.45), (0.6, 0.42), (0.75, 0.4), (0.7, 0.75), (0.55, 0.65)],
    )
    for stroke in strokes:
        (x, y), *rest = [
            (box["x"] + dx * box["width"], box["y"] + dy * box["height"]) for dx, dy in stroke
        ]
        page.mouse.move(x, y)
        page.mouse.down()
        for px, py in rest:
            page.mouse.move(px, py, steps=6)
        page.mouse.up()
