"""One week of a bureau's home visits, in the order things happen, through the real API."""

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fieldsvc.kernel.clock import ShiftedClock
from tests.demo.week import door
from tests.demo.week.calls import WEEK, Call
from tests.demo.week.door import Errand
from tests.demo.week.sessions import Citizen, Refused, Staff
from tests.support.product import Embedded, demo_of
from tests.support.until import until

MONDAY = datetime(2026, 11, 16, tzinfo=UTC) - timedelta(hours=8)
DELEGATES = ("liuyang", "sunli", "machao", "gaoxin", "xufang", "dengkai")
SICK = "sunli"
SICK_DAY, SICK_AT = 1, 9 * 60 + 40
REVOKED = "13805330022"


@dataclass
class Facts:
    """What happened, for the verdict."""

    registered: int = 0
    web: int = 0
    offered_windows: int = 0
    promised: int = 0
    plans: list[dict[str, Any]] = field(default_factory=list)
    accepted_moved: int = 0
    bounced: int = 0
    arrived: int = 0
    delivered: int = 0
    signatures: int = 0
    revoked: str = ""
    ratings: list[int] = field(default_factory=list)
    withdrawn_on_sickness: int = 0
    agreed_anew: int = 0
    late_minutes: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


class Week:
    """Plays the week: a queue of moments, the product's clock set to each as it comes."""

    def __init__(self, product: Embedded, clock_file: Path) -> None:
        self.product, self._clock = product, clock_file
        self._queue: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self.now = MONDAY
        self.facts = Facts()
        self.errands: dict[str, Errand] = {}
        self.open: set[str] = set()
        self.staff: dict[str, Staff] = {}
        self._declined = False

    # time

    def at(self, day: int, minute: int, what: Callable[[], None]) -> None:
        self.when(MONDAY + timedelta(days=day, minutes=minute), what)

    def when(self, moment: datetime, what: Callable[[], None]) -> None:
        heapq.heappush(self._queue, (moment, next(self._order), what))

    def run(self) -> None:
        while self._queue:
            moment, _, what = heapq.heappop(self._queue)
            self.go_to(moment)
            what()

    def go_to(self, moment: datetime) -> None:
        """Later only: a clock that goes back would not be one."""
        self.now = max(moment, self.now)
        ShiftedClock.set(self._clock, self.now)

    def say(self, words: str) -> None:
        local = self.now + timedelta(hours=8)
        line = f"周{'一二三四五六日'[local.weekday()]} {local:%H:%M}  {words}"
        self.facts.said.append(line)
        print(f"  {line}")

    @property
    def day(self) -> str:
        return (self.now + timedelta(hours=8)).date().isoformat()

    # the people

    def sign_in(self) -> None:
        passwords = demo_of(self.product.folder).staff
        for name in ("feng", "sun", *DELEGATES):
            self.staff[name] = Staff(self.product.url, name, passwords[name])

    @property
    def feng(self) -> Staff:
        return self.staff["feng"]

    # the calls

    def plan_calls(self) -> None:
        for call in WEEK:
            self.at(call.day, call.at, lambda call=call: self.take(call))

    def take(self, call: Call) -> None:
        """The clerk asks what fits, the caller picks the first, and the clock starts."""
        window = self.windows(call)
        body: dict[str, object] = {
            "phone": call.phone,
            "contact_name": call.name,
            "applicant_name": call.applicant or call.name,
            "person_type": call.person_type,
            "items": list(call.items),
            "address": call.place,
            "longitude": call.longitude,
            "latitude": call.latitude,
            "needs": list(call.needs),
            "wish": call.wish,
        }
        if call.channel == "WEB":
            body["window"] = None
            made = self.feng.post("/public/370306/delegations", body)
            found = self.feng.get("/delegations", q=made["number"])["items"][0]
            made = self.feng.get(f"/delegations/{found['id']}")
            self.facts.web += 1
        else:
            spans = {"from": window["from"], "until": window["until"]} if window else None
            body |= {"channel": call.channel, "window": spans}
            made = self.feng.post("/delegations", body)
            self.facts.promised += window is not None
        self.facts.registered += 1
        errand = Errand(call, made["id"], made["number"])
        self.errands[call.phone] = errand
        self.open.add(errand.id)
        self._take_on(errand, made["version"])
        self.when(self.now + timedelta(minutes=2), self.answer_offers)
        label = window["label"] if window and call.channel != "WEB" else "另约时间"
        self.say(f"{made['number']} {call.name}：{call.wish[:18]}…（{label}）")

    def adopt(self, call: Call) -> None:
        """Go on with a call that the clerk typed in herself."""
        row = self.feng.get("/delegations", q=call.phone)["items"][0]
        errand = Errand(call, row["id"], row["number"])
        self.errands[call.phone] = errand
        self.facts.registered += 1
        self.facts.promised += 1
        self._take_on(errand, row["version"])
        self.say(f"{errand.number} {call.name}：接线员在登记页上录入")

    def windows(self, call: Call) -> dict[str, Any] | None:
        found = self.feng.get(
            "/delegations/windows",
            items=",".join(call.items),
            longitude=str(call.longitude),
            latitude=str(call.latitude),
            needs=",".join(call.needs),
        )["windows"]
        self.facts.offered_windows += len(found)
        return found[0] if found else None

    def _take_on(self, errand: Errand, version: int) -> None:
        """Accept it and draft the mandate, so that the delegate can have it signed at the door."""
        taken = self.feng.post(f"/delegations/{errand.id}/accept", {"version": version})
        scope = [one["code"] for one in taken["possible_scope"]]
        until_day = (self.now + timedelta(days=60)).date().isoformat()
        mandate = {"scope": scope, "valid_until": until_day}
        self.feng.post(f"/delegations/{errand.id}/mandate", mandate)

    # the board

    def replan(self, why: str) -> None:
        """Solve, look, publish; nobody who accepted may be moved."""
        day = self.day
        before = self.accepted(day)
        made = self.feng.post("/board/plans", {"day": day})
        plan: dict[str, Any] = {}

        def ready() -> bool:
            plan.update(self.feng.get(f"/board/plans/{made['id']}"))
            return plan["state"] != "WORKING"

        until(ready, seconds=60, what="a plan")
        assert plan["state"] == "DRAFT", plan
        version = self.feng.get("/board", day=day)["version"]
        self.feng.post(f"/board/plans/{made['id']}/publish", {"version": version})
        after = self.accepted(day)
        self.facts.accepted_moved += sum(after.get(key) != value for key, value in before.items())
        self.facts.plans.append(
            {"at": self.now, "why": why, "seconds": plan["seconds"], **(plan["figures"] or {})}
        )
        self.say(f"{why}：排班并发布，用时 {plan['seconds']:.2f} 秒")
        self.answer_offers()

    def answer_offers(self) -> None:
        for name in DELEGATES:
            self._answer_offers(name, self.day)

    def accepted(self, day: str) -> dict[str, tuple[str, str]]:
        orders = self.feng.get("/board", day=day)["orders"]
        held = {"ACCEPTED", "EN_ROUTE", "ARRIVED"}
        return {
            one["visit"]: (one["staff"], one["starts_at"]) for one in orders if one["state"] in held
        }

    def _answer_offers(self, name: str, day: str) -> None:
        staff = self.staff[name]
        offers = [
            one for one in staff.get("/field/day", day=day)["orders"] if one["state"] == "OFFERED"
        ]
        if offers and not self._declined and name == "xufang":
            self._declined = True
            reasons = staff.get("/field/day", day=day)["decline_reasons"]
            reason = {"reason_code": reasons[0]["code"], "reason": "电动车送修，上午到不了王村。"}
            door.step(staff, offers[0], "decline", self.now, **reason)
            self.facts.bounced += 1
            self.say(f"{staff.name} 退单一次：{reason['reason']}")
            self.when(self.now + timedelta(minutes=5), lambda: self.replan("退单后重排"))
        for order in door.accept_offers(staff, day, self.now):
            starts = datetime.fromisoformat(order["starts_at"].replace("Z", "+00:00"))
            leave = starts - timedelta(seconds=order["travel_seconds"])
            key = f"{order['id']}"
            if key not in self.open:
                self.open.add(key)
                self.when(max(leave, self.now), lambda o=order: self.set_out(name, o))

    # the visits

    def set_out(self, name: str, order: dict[str, Any]) -> None:
        staff = self.staff[name]
        present = staff.get("/field/day", day=_day_of(order))["orders"]
        fresh = next((one for one in present if one["id"] == order["id"]), None)
        if fresh is None or fresh["state"] != "ACCEPTED":
            return
        errand = next(one for one in self.errands.values() if one.id == order["delegation"])
        door.step(staff, fresh, "depart", self.now)
        late = 150 if errand.call.grade <= 2 else 0
        self.when(
            self.now + timedelta(seconds=order["travel_seconds"], minutes=late),
            lambda: self.be_there(name, order, errand),
        )

    def be_there(self, name: str, order: dict[str, Any], errand: Errand) -> None:
        staff = self.staff[name]
        if errand.call.grade <= 2:
            waiting = Citizen(
                self.product.url, self.product.folder, errand.call.phone, purpose="VISIT"
            )
            report = {"kind": "NOBODY_CAME", "text": "约好上午，现在还没有人来。"}
            waiting.post("/join/visit/report", report)
            self.say(f"{errand.number} 申请人报告没有人来，已立办不成事")
            code = str(waiting.get("/join/visit")["code"])
            visit = order["visit"]
            place = {"longitude": visit["longitude"], "latitude": visit["latitude"]}
            door.step(staff, order, "arrive", self.now, code=code, accuracy_m=22.0, **place)
            citizen = waiting
        else:
            citizen = door.arrive(self.product.url, self.product.folder, staff, order, errand)
        self.facts.arrived += 1
        self.facts.signatures += door.sign_mandate(staff, errand)
        door.take_over(staff, errand, self.now, back=False)
        minutes = int(order["visit"]["minutes"])
        if errand.call.phone == REVOKED:
            half = self.now + timedelta(minutes=minutes // 2)
            self.when(half, lambda: self.revoke(name, order, errand, citizen))
            return
        done = self.now + timedelta(minutes=minutes)
        self.when(done, lambda: self.finish(name, order, errand))

    def revoke(self, name: str, order: dict[str, Any], errand: Errand, citizen: Citizen) -> None:
        """Half-way through the applicant takes the mandate back: from then on nothing passes."""
        staff = self.staff[name]
        door.work(staff, errand, self.now, most=1)
        citizen.post("/join/visit/revoke-mandate", {"reason": "和合伙人没谈拢，先不办了。"})
        self.facts.revoked = door.may_go_on(staff, errand, self.now)
        self.say(f"{errand.number} 委托中途撤回，专员再办一步被拒：{self.facts.revoked}")
        door.take_over(staff, errand, self.now, back=True)
        reasons = staff.get("/field/day", day=_day_of(order))["abort_reasons"]
        body = {"reason_code": reasons[0]["code"], "reason": "委托人撤回委托，原件已当面退还。"}
        try:
            door.step(staff, order, "abort", self.now, **body)
        except Refused as refused:
            # The withdrawal of the mandate may have ended the order already.
            assert refused.code in {"order_changed", "step_not_possible"}, refused

        def terminated() -> bool:
            """What the revocation set off is still going on: look again where it was quicker."""
            found = self.feng.get(f"/delegations/{errand.id}")
            body = {"version": found["version"], "reason": "委托人撤回委托。"}
            try:
                self.feng.post(f"/delegations/{errand.id}/terminate", body)
            except Refused as refused:
                if refused.code != "stale_version":
                    raise
                return False
            return True

        until(terminated, seconds=30, what="the end of a revoked delegation")

    def finish(self, name: str, order: dict[str, Any], errand: Errand) -> None:
        staff = self.staff[name]
        door.work(staff, errand, self.now)
        door.take_over(staff, errand, self.now, back=True)
        door.step(staff, order, "finish", self.now, summary="当场办结，证照和原件已当面交付。")
        self.facts.signatures += door.sign_list(staff, errand)
        found = self.feng.get(f"/delegations/{errand.id}")
        for verb in ("deliver", "archive", "report"):
            found = self.feng.post(
                f"/delegations/{errand.id}/{verb}", {"version": found["version"]}
            )
        self.facts.delivered += 1
        self.say(f"{errand.number} 送达、归档、上报（{staff.name}）")
        self.when(self.now + timedelta(hours=1), lambda: self.rate(errand))

    def rate(self, errand: Errand) -> None:
        citizen = Citizen(
            self.product.url, self.product.folder, errand.call.phone, purpose="RATING"
        )
        ask = citizen.get("/join/rating")
        grades = {one["grade"]: one for one in ask["grades"]}
        grade = errand.call.grade
        tags = [one["code"] for one in grades[grade]["tags"][:1]]
        citizen.post("/join/rating", {"grade": grade, "tags": tags, "text": errand.call.words})
        self.facts.ratings.append(grade)

    # the bad day

    def fall_ill(self) -> None:
        staff = self.staff[SICK]
        before = self.accepted(self.day)
        span = {
            "starts_at": _iso(self.now),
            "ends_at": _iso(self.now.replace(hour=10, minute=0)),
            "reason": "SICK",
        }
        self.feng.post(f"/people/delegates/{staff.id}/absences", span)

        def withdrawn() -> bool:
            return not any(who == staff.id for who, _ in self.accepted(self.day).values())

        until(withdrawn, seconds=30, what="the sick delegate's orders to be withdrawn")
        self.facts.withdrawn_on_sickness = sum(who == staff.id for who, _ in before.values())
        self.say(f"{staff.name} 请病假，收回 {self.facts.withdrawn_on_sickness} 单")
        self.replan("病假后重排")
        self.agree_anew()

    def agree_anew(self) -> None:
        """Who was promised a time that nobody can keep is called and offered the next that fits."""
        for visit in self.feng.get("/board", day=self.day)["visits"]:
            if visit["state"] != "WAITING" or not visit["promised_from"]:
                continue
            errand = next(one for one in self.errands.values() if one.id == visit["subject"])
            window = self.windows(errand.call)
            assert window is not None
            span = {"from": window["from"], "until": window["until"]}
            wish = {"visit": visit["id"], "version": visit["version"], **span}
            self.feng.post("/board/promise", wish)
            self.facts.agreed_anew += 1
            self.say(f"{errand.number} 只有请假的人会手语，已致电改约{window['label']}")


def _day_of(order: dict[str, Any]) -> str:
    at = datetime.fromisoformat(order["starts_at"].replace("Z", "+00:00"))
    return (at + timedelta(hours=8)).date().isoformat()


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
