"""What a delegate does with one order: accept, arrive with proof, work, hand over, finish."""

import math
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from fieldsvc.kernel import clock
from tests.demo.week.calls import Call
from tests.demo.week.sessions import Citizen, Refused, Staff
from tests.support.until import until


@dataclass
class Errand:
    """One delegation on its way: what was asked, its id and number."""

    call: Call
    id: str
    number: str


def accept_offers(staff: Staff, day: str, at: datetime) -> list[dict[str, Any]]:
    """Accept everything offered on that day; the orders still to be done, earliest first."""
    orders = staff.get("/field/day", day=day)["orders"]
    for order in orders:
        if order["state"] == "OFFERED":
            step(staff, order, "accept", at)
    live = [one for one in staff.get("/field/day", day=day)["orders"] if one["state"] == "ACCEPTED"]
    return sorted(live, key=lambda one: str(one["starts_at"]))


def step(staff: Staff, order: dict[str, Any], verb: str, at: datetime, **more: object) -> Any:
    """One step of an order, with the version the phone last saw."""
    fresh = _order(staff, order)
    body = {"version": fresh["version"], "occurred_at": clock.iso(at), **more}
    return staff.post(f"/field/orders/{order['id']}/{verb}", body)


def arrive(url: str, folder: Path, staff: Staff, order: dict[str, Any], errand: Errand) -> Citizen:
    """At the door: the citizen reads the code out, the phone shows where it stands."""
    citizen = Citizen(url, folder, errand.call.phone, purpose="VISIT")
    code = str(citizen.get("/join/visit")["code"])
    visit = order["visit"]
    step(
        staff,
        order,
        "arrive",
        _now(staff),
        code=code,
        longitude=visit["longitude"] + 0.0003,
        latitude=visit["latitude"],
        accuracy_m=18.0,
    )
    return citizen


def sign_papers(staff: Staff, errand: Errand) -> int:
    """Everything that waits for a hand is signed on the delegate's phone; how many hands."""
    signed = 0
    for paper in staff.get(f"/delegations/{errand.id}/papers")["items"]:
        for hand in paper["signatures"]:
            waits = paper["state"] == "FROZEN" and hand["state"] == "PENDING"
            if not waits or not (hand["lendable"] or hand["mine"]):
                continue
            body = {
                "document_sha256": paper["sha256"],
                "strokes": strokes(hand["name"], hand["id"]),
                "width": 640,
                "height": 240,
                "will": True,
                "signer": hand["signer"],
            }
            try:
                staff.post(f"/field/papers/{paper['id']}/sign", body)
            except Refused as refused:
                # A newer list of the documents has taken its place: that one comes next.
                if refused.code != "paper_closed":
                    raise
                return signed
            signed += 1
    return signed


def sign_mandate(staff: Staff, errand: Errand) -> int:
    """The paper is made a moment after the mandate is drafted, the mandate holds a moment after
    the paper is signed: wait for both, as people do. How many hands signed."""
    signed = 0

    def holds() -> bool:
        nonlocal signed
        signed += sign_papers(staff, errand)
        return bool(_pack(staff, errand)["mandate"]["state"] == "SIGNED")

    until(holds, seconds=30, what="a signed mandate")
    return signed


def sign_list(staff: Staff, errand: Errand) -> int:
    """Sign the list of what was handed over, once it says everything. How many hands signed."""
    signed = 0

    def all_acknowledged() -> bool:
        nonlocal signed
        signed += sign_papers(staff, errand)
        return all(one["acknowledged_at"] for one in _pack(staff, errand)["hand_overs"])

    until(all_acknowledged, seconds=30, what="a signed list of the documents")
    return signed


def take_over(staff: Staff, errand: Errand, at: datetime, *, back: bool) -> None:
    """Hand the originals over, or back."""
    for item in _pack(staff, errand)["items"]:
        for material in item["materials"]:
            if not material["original"] or material["code"] == "MANDATE":
                continue
            staff.post(
                f"/field/delegations/{errand.id}/hand-overs",
                {
                    "direction": "RETURNED" if back else "RECEIVED",
                    "title": material["title"],
                    "item": item["code"],
                    "material": material["code"],
                    "copies": material["copies"],
                    "original": True,
                    "occurred_at": clock.iso(at),
                },
            )


def work(staff: Staff, errand: Errand, at: datetime, *, most: int | None = None) -> int:
    """Tick the steps in their order; stops after `most`. How many were done."""
    done = 0
    for item in _pack(staff, errand)["items"]:
        for one in item["steps"]:
            if most is not None and done >= most:
                return done
            body = {"version": one["version"], "occurred_at": clock.iso(at)}
            staff.post(f"/field/delegations/{errand.id}/steps/{one['id']}", body)
            done += 1
            at += timedelta(minutes=1)
    return done


def may_go_on(staff: Staff, errand: Errand, at: datetime) -> str:
    """Try one more step; "" when it was taken, else the code of the refusal."""
    try:
        work(staff, errand, at, most=1)
    except Refused as refused:
        return refused.code
    return ""


def strokes(name: str, occasion: str) -> list[list[dict[str, float]]]:
    """A name written by hand, one curve for each character and a line below; never twice alike."""
    hand = random.Random(occasion)
    found = []
    for place in range(len(name)):
        left, since = 60.0 + place * 150, place * 500.0
        found.append(
            [
                {
                    "x": left + 90 * step / 30,
                    "y": 110 + 50 * math.sin(step / 4 + place) + hand.uniform(-3, 3),
                    "t": since + step * 12.0,
                }
                for step in range(31)
            ]
        )
    since = len(name) * 500.0
    found.append(
        [{"x": 50.0 + 15 * step, "y": 205.0, "t": since + 9.0 * step} for step in range(36)]
    )
    return found


def _order(staff: Staff, order: dict[str, Any]) -> dict[str, Any]:
    day = _local_day(str(order["starts_at"]))
    orders = staff.get("/field/day", day=day)["orders"]
    return next(one for one in orders if one["id"] == order["id"])


def _pack(staff: Staff, errand: Errand) -> dict[str, Any]:
    found: dict[str, Any] = staff.get(f"/delegations/{errand.id}")
    return found


def _now(staff: Staff) -> datetime:
    return datetime.fromisoformat(str(staff.get("/field/day")["now"]).replace("Z", "+00:00"))


def _local_day(moment: str) -> str:
    at = datetime.fromisoformat(moment.replace("Z", "+00:00"))
    return (at + timedelta(hours=8)).date().isoformat()
