"""What a delegate does with one order: accept, arrive with proof, work, hand over, finish."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from fieldsvc.kernel import clock
from tests.demo.week.calls import Call
from tests.demo.week.sessions import Citizen, Refused, Staff


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
            if hand["state"] != "PENDING" or not (hand["lendable"] or hand["mine"]):
                continue
            body = {
                "document_sha256": paper["sha256"],
                "strokes": strokes(hand["name"]),
                "width": 640,
                "height": 240,
                "will": True,
                "signer": hand["signer"],
            }
            staff.post(f"/field/papers/{paper['id']}/sign", body)
            signed += 1
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


def work(staff: Staff, errand: Errand, at: datetime, *, until: int | None = None) -> int:
    """Tick the steps in their order; stops after `until`. How many were done."""
    done = 0
    for item in _pack(staff, errand)["items"]:
        for one in item["steps"]:
            if until is not None and done >= until:
                return done
            body = {"version": one["version"], "occurred_at": clock.iso(at)}
            staff.post(f"/field/delegations/{errand.id}/steps/{one['id']}", body)
            done += 1
            at += timedelta(minutes=1)
    return done


def may_go_on(staff: Staff, errand: Errand, at: datetime) -> str:
    """Try one more step; "" when it was taken, else the code of the refusal."""
    try:
        work(staff, errand, at, until=1)
    except Refused as refused:
        return refused.code
    return ""


def strokes(name: str) -> list[list[dict[str, float]]]:
    """A name written by hand, one curve for each character and a line below."""
    found = []
    for place in range(len(name)):
        left = 60.0 + place * 150
        found.append(
            [
                {"x": left + 90 * t / 30, "y": 110 + 50 * math.sin(t / 4 + place), "t": t * 12.0}
                for t in range(31)
            ]
        )
    found.append([{"x": 50.0 + 15 * t, "y": 205.0, "t": 600.0 + 9 * t} for t in range(36)])
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
