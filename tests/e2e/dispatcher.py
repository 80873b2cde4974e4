"""程调度 at the board: what a hand does there, by mouse and by keyboard."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

SLOW = 25_000  # ms


class Dispatcher:
    """One desk with the board. `shoot` is called with a name on each screen, for screenshots."""

    def __init__(
        self, page: Page, url: str, shoot: Callable[[Page, str], None] | None = None
    ) -> None:
        self.page, self.url = page, url
        self._shoot = shoot or (lambda _page, _name: None)
        page.set_default_timeout(SLOW)
        expect.set_options(timeout=SLOW)

    def see(self, testid: str, *, timeout: float = SLOW) -> Locator:
        found = self.page.get_by_test_id(testid).first
        expect(found).to_be_visible(timeout=timeout)
        return found

    def click(self, testid: str) -> None:
        self.page.get_by_test_id(testid).first.click()

    def shot(self, name: str) -> None:
        self._shoot(self.page, f"board-{name}")

    def sign_in(self, username: str, password: str) -> None:
        self.page.goto(f"{self.url}/desk/")
        self.see("username")
        self.page.get_by_test_id("username").fill(username)
        self.page.get_by_test_id("password").fill(password)
        self.click("sign-in")
        self.see("me")

    def open_board(self, day: str | None = None) -> None:
        if day is None:
            self.click("nav-board")
        else:
            self.page.goto(f"{self.url}/desk/board?day={day}")
        self.see("timeline")

    def waiting(self) -> int:
        return self.page.locator("[data-testid=waiting] li[data-testid^=waiting-]").count()

    def block(self, visit: str) -> Locator:
        return self.page.get_by_test_id(f"block-{visit}")

    def blocks(self) -> int:
        return self.page.locator("[data-block]").count()

    def plan(self) -> None:
        """Ask for a plan and wait for the draft."""
        self.click("replan")
        self.see("draft-note", timeout=60_000)

    def publish(self) -> None:
        self.click("publish")
        self.see("publish-dialog")
        self.shot("publish")
        self.click("publish-submit")
        expect(self.page.get_by_test_id("said")).to_be_visible()

    def hold(self, thing: Locator) -> None:
        """Take something in hand, near its left end and off its buttons."""
        thing.scroll_into_view_if_needed()
        box = thing.bounding_box()
        assert box is not None
        self.page.mouse.move(box["x"] + 6, box["y"] + box["height"] - 6)
        self.page.mouse.down()

    def carry(self, staff: str, minute: int) -> None:
        """Move what is in hand over somebody's lane, to a minute of the day; not let go yet."""
        x, y = self.point(staff, minute)
        self.page.mouse.move(x - 20, y, steps=4)
        self.page.mouse.move(x, y, steps=2)
        self.see("drag-card")

    def checked(self) -> Locator:
        """The check of where the hand is, once the server has answered."""
        check = self.page.get_by_test_id("drag-card").get_by_test_id("check")
        expect(check).to_have_attribute("data-state", "known")
        return check

    def drop(self) -> None:
        self.page.mouse.up()

    def point(self, staff: str, minute: int) -> tuple[float, float]:
        """Where a minute of somebody's lane is on the screen."""
        lane = self.page.get_by_test_id(f"lane-{staff}")
        lane.scroll_into_view_if_needed()
        at: list[float] = lane.evaluate(
            """(lane, minute) => {
                const track = lane.querySelector('.track').getBoundingClientRect()
                const marks = [...document.querySelectorAll('[data-testid=timeline] .hour')]
                const of = (mark) => Number(mark.textContent.slice(0, 2)) * 60
                const [first, second] = marks
                const step = second.getBoundingClientRect().x - first.getBoundingClientRect().x
                const x = first.getBoundingClientRect().x + ((minute - of(first)) / 60) * step
                return [x, track.y + track.height / 2]
            }""",
            minute,
        )
        return at[0], at[1]
