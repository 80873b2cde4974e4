"""The demo bureau being served, as its dispatcher and one delegate use it over HTTP."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.demo.week.sessions import Citizen, Staff
from tests.support.product import Embedded

# A Monday at half past eight in Beijing; the browser's own clock says something else.
MORNING = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
TOO_LONG = "山东省淄博市周村区丝绸路街道新建中路社区居民委员会银子市小区 12 号楼 3 单元 1502 室"
DELEGATE = "liuyang"


@dataclass
class Bureau:
    """The running product, its dispatcher, and the delegate's sign-in."""

    product: Embedded
    feng: Staff
    password: str
    taken: int = 0

    def order(self, phone: str, name: str) -> dict[str, Any]:
        """Register a wish, accept it, draft its mandate, give it to the delegate."""
        taken, self.taken = self.taken, self.taken + 1
        made = self.feng.post("/delegations", _wish(phone, name))
        found = self.feng.post(f"/delegations/{made['id']}/accept", {"version": made["version"]})
        mandate = {
            "scope": [one["code"] for one in found["possible_scope"]],
            "valid_until": (MORNING + timedelta(days=60)).date().isoformat(),
        }
        self.feng.post(f"/delegations/{made['id']}/mandate", mandate)
        staff = self.staff_id()
        starts = MORNING + timedelta(hours=1, minutes=90 * taken)
        board = self.feng.get("/board", day=MORNING.date().isoformat())
        visit = next(one for one in board["visits"] if one["id"] == found["visit"]["id"])
        move = {"visit": visit["id"], "staff": staff, "starts_at": _iso(starts)}
        self.feng.post("/board/move", {**move, "version": visit["version"]})
        return self.read(str(made["id"]))

    def set_out(self, delegation: str) -> None:
        """The delegate accepts and departs, by another phone: only now the applicant has a link."""
        liuyang = Staff(self.product.url, DELEGATE, self.password)
        orders = liuyang.get("/field/day", day=MORNING.date().isoformat())["orders"]
        order = next(one for one in orders if one["delegation"] == delegation)
        for verb in ("accept", "depart"):
            body = {"version": order["version"], "occurred_at": _iso(MORNING)}
            order = liuyang.post(f"/field/orders/{order['id']}/{verb}", body)

    def staff_id(self) -> str:
        found = self.feng.get("/people/delegates")["items"]
        return str(next(one["id"] for one in found if one["name"] == "刘洋"))

    def read(self, delegation: str) -> dict[str, Any]:
        found: dict[str, Any] = self.feng.get(f"/delegations/{delegation}")
        return found

    def citizen(self, phone: str, purpose: str = "VISIT") -> Citizen:
        return Citizen(self.product.url, self.product.folder, phone, purpose=purpose)


def _wish(phone: str, name: str) -> dict[str, Any]:
    return {
        "phone": phone,
        "contact_name": name,
        "applicant_name": name,
        "person_type": "PERSON",
        "channel": "HOTLINE",
        "items": ["SBK"],
        "address": TOO_LONG,
        "longitude": 117.8612,
        "latitude": 36.8106,
        "needs": ["DISABLED"],
        "wish": "老人行动不便，社保卡丢了，想在家里补办。",
        "window": None,
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
