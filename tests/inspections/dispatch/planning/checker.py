"""An independent checker: knows the file format of tests/data/dispatch/README.md and nothing of the
product. It counts second by second what the product reckons with intervals.
"""

from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from typing import Any

HORIZON = 30 * 3600
REASONS = {
    "NO_SKILL",
    "NO_SHIFT_IN_WINDOW",
    "UNREACHABLE_IN_WINDOW",
    "CONTENTION",
    "OPTIMISER_MISS",
}


class Book:
    """One day looked up by id."""

    def __init__(self, day: dict[str, Any]) -> None:
        self.day = day
        self.agents = {one["id"]: one for one in day["agents"]}
        self.visits = {one["id"]: one for one in day["visits"]}
        self.road = day["durations"]
        self.now = day.get("now", 0)
        self.done = set(day.get("done", []))
        self.absent = set(day.get("absent", []))
        self.fixed = {one["visit"]: one for one in day.get("fixed", [])}

    def window(self, visit: Any) -> tuple[int, int]:
        """What the visit's start must keep to when others are moved around it."""
        since, until = self.visits[visit]["tw"]
        if visit in self.fixed:
            promise = self.fixed[visit]
            low = promise["start"] - promise["tolerance"]
            high = promise["start"] + promise["tolerance"]
            if since <= promise["start"] <= until:
                low, high = max(low, since), min(high, until)
            since, until = low, high
        return max(since, self.now), until

    def begun(self, visit: Any) -> bool:
        return self.now > 0 and visit in self.fixed and self.fixed[visit]["start"] <= self.now

    def last_done(self, agent: Any) -> dict[str, Any] | None:
        """The finished visit the agent was last seen at, if the file says."""
        seen = [
            one
            for one in self.fixed.values()
            if one["agent"] == agent and one["visit"] in self.done
        ]
        return max(seen, key=lambda one: one["start"], default=None)


def violations(day: dict[str, Any], plan: dict[str, Any]) -> list[str]:
    book = Book(day)
    return [
        *_visits(book, plan),
        *_promises(book, plan),
        *_unplaced(book, plan),
        *(wrong for agent in book.agents for wrong in _agent(book, plan, agent)),
    ]


def _visits(book: Book, plan: dict[str, Any]) -> Iterator[str]:
    seen = set()
    for one in plan["assignments"]:
        visit, agent = book.visits[one["visit"]], book.agents[one["agent"]]
        if one["visit"] in seen:
            yield f"visit {one['visit']} twice"
        seen.add(one["visit"])
        if one["visit"] in book.done:
            yield f"visit {one['visit']} is done already"
        if one["agent"] in book.absent:
            yield f"agent {one['agent']} is absent"
        if not set(visit["need"]) <= set(agent["skills"]):
            yield f"visit {one['visit']}: agent {one['agent']} lacks a skill"
        if visit.get("only_agent") not in (None, one["agent"]):
            yield f"visit {one['visit']}: another agent was asked for"
        if not book.begun(one["visit"]):
            low, high = book.window(one["visit"])
            if one["visit"] not in book.fixed:
                low, high = max(visit["tw"][0], book.now), visit["tw"][1]
            if not low <= one["start"] <= high:
                yield f"visit {one['visit']} starts at {one['start']} outside {low}-{high}"


def _promises(book: Book, plan: dict[str, Any]) -> Iterator[str]:
    planned = {one["visit"]: one for one in plan["assignments"]}
    for visit, promise in book.fixed.items():
        if visit in book.done:
            continue
        one = planned.get(visit)
        if one is None:
            if promise["agent"] not in book.absent:
                yield f"accepted visit {visit} dropped"
            continue
        if abs(one["start"] - promise["start"]) > promise["tolerance"]:
            yield f"accepted visit {visit} moved"
        if one["agent"] != promise["agent"] and promise["agent"] not in book.absent:
            yield f"accepted visit {visit} changed hands"


def _unplaced(book: Book, plan: dict[str, Any]) -> Iterator[str]:
    placed = {one["visit"] for one in plan["assignments"]}
    listed = [one["visit"] for one in plan["unplaced"]]
    expected = set(book.visits) - placed - book.done
    if sorted(listed, key=str) != sorted(expected, key=str):
        yield f"unplaced says {listed}, in truth {expected}"
    for one in plan["unplaced"]:
        if one["reason"] not in REASONS or not one["text"] or not one["blocker"]:
            yield f"visit {one['visit']} is unplaced without a reason"


def _agent(book: Book, plan: dict[str, Any], agent: Any) -> Iterator[str]:
    mine = sorted((a for a in plan["assignments"] if a["agent"] == agent), key=lambda a: a["start"])
    lunches = [one["start"] for one in plan["breaks"] if one["agent"] == agent]
    if not mine:
        return
    facts = book.agents[agent]
    used = bytearray(HORIZON)
    for since, until in facts.get("blocked", []):
        used[since:until] = b"\1" * (until - since)
    yield from _lunch(book, agent, mine, lunches, bytes(used))
    for start in lunches:
        used[start : start + facts["break_len"]] = b"\1" * facts["break_len"]
    idle = list(accumulate((1 - one for one in used), initial=0))
    place, left, seen = _standing(book, agent)
    for one in mine:
        visit = book.visits[one["visit"]]
        end = one["start"] + visit["dur"]
        if not book.begun(one["visit"]):
            if any(used[one["start"] : end]):
                yield f"visit {one['visit']} cuts through lunch, an absence or another visit"
            leave = left if one["visit"] in book.fixed else max(left, book.now)
            if one["start"] < left:
                yield f"visit {one['visit']} starts before the one before it ends"
            elif seen and idle[one["start"]] - idle[leave] < book.road[place][visit["loc"]]:
                yield f"visit {one['visit']} cannot be reached by {one['start']}"
        used[one["start"] : end] = b"\1" * visit["dur"]
        place, left, seen = visit["loc"], end, True
    closes = facts["shift"][1]
    back = max(left, book.now)
    if back > closes or idle[closes] - idle[back] < book.road[place][facts["home"]]:
        yield f"agent {agent} is not home by the end of the shift"


def _standing(book: Book, agent: Any) -> tuple[int, int, bool]:
    """Place, since when, and whether anybody can know that."""
    facts, last = book.agents[agent], book.last_done(agent)
    if last is None:
        return facts["home"], facts["shift"][0], not book.done
    visit = book.visits[last["visit"]]
    return visit["loc"], min(last["start"] + visit["dur"], book.now), True


def _lunch(
    book: Book, agent: Any, mine: list[dict[str, Any]], lunches: list[int], away: bytes
) -> Iterator[str]:
    facts = book.agents[agent]
    if facts.get("break_start") is None or not facts["break_len"]:
        return
    free = max(facts["shift"][0], book.now)
    for one in mine:
        if book.begun(one["visit"]):
            free = max(free, one["start"] + book.visits[one["visit"]]["dur"])
    low, high = facts["break_start"]
    length = facts["break_len"]
    possible = _lunch_possible(facts, away, free)
    if len(lunches) > 1 or (possible and not lunches):
        yield f"agent {agent} has {len(lunches)} lunches"
    for start in lunches:
        if not low <= start <= high:
            yield f"agent {agent} has lunch at {start}"
        if any(away[start : start + length]):
            yield f"agent {agent} has lunch while absent"


def has_room(
    day: dict[str, Any], plan: dict[str, Any], visit: dict[str, Any], agent: Any, start: int
) -> bool:
    """Whether the agent can start `visit` exactly then, the others kept to their own windows: every
    order with the visit somewhere between the others, and every leg for lunch, tried out."""
    book = Book(day)
    book.visits = {**book.visits, visit["id"]: visit}
    if agent in book.absent or not set(visit["need"]) <= set(book.agents[agent]["skills"]):
        return False
    mine = sorted(
        (a for a in plan["assignments"] if a["agent"] == agent and a["visit"] != visit["id"]),
        key=lambda a: a["start"],
    )
    begun = [one for one in mine if book.begun(one["visit"])]
    others = [one["visit"] for one in mine if not book.begun(one["visit"])]
    place, since, _ = _standing(book, agent)
    for one in begun:
        place = book.visits[one["visit"]]["loc"]
        since = one["start"] + book.visits[one["visit"]]["dur"]
    for at in range(len(others) + 1):
        order = [*others[:at], visit["id"], *others[at:]]
        # Towards a promised visit the agent may have set out before now.
        left = since if order[0] in book.fixed else max(since, book.now)
        for lunch_leg in [None, *range(len(order) + 1)]:
            if _can_walk(book, agent, order, (visit["id"], start), (place, left, lunch_leg)):
                return True
    return False


def _can_walk(
    book: Book,
    agent: Any,
    order: list[Any],
    exact: tuple[Any, int],
    begin: tuple[int, int, int | None],
) -> bool:
    facts = book.agents[agent]
    place, now, lunch_leg = begin
    away, idle = _absences(tuple(tuple(one) for one in facts.get("blocked", [])))
    if lunch_leg is None and _lunch_possible(facts, away, now):
        return False
    if lunch_leg is not None and not facts.get("break_start"):
        return False
    now = _clear(away, now, 1)
    for leg, visit in enumerate([*order, None]):
        goal = facts["home"] if visit is None else book.visits[visit]["loc"]
        need = book.road[place][goal]
        if leg == lunch_leg:
            eat = _clear(away, max(now, facts["break_start"][0]), facts["break_len"])
            if eat > facts["break_start"][1]:
                return False
            need = max(0, need - (idle[eat] - idle[now]))
            now = eat + facts["break_len"]
        now = max(now, bisect_left(idle, idle[now] + need))
        if visit is None:
            return bool(now <= facts["shift"][1])
        low, high = (exact[1], exact[1]) if visit == exact[0] else book.window(visit)
        dur = book.visits[visit]["dur"]
        now = _clear(away, max(now, low), dur)
        if now > high:
            return False
        now, place = now + dur, goal
    return True


@lru_cache(maxsize=64)
def _absences(spans: tuple[tuple[int, ...], ...]) -> tuple[bytes, list[int]]:
    """Which seconds the agent is away, and how many seconds before each they are not."""
    away = bytearray(HORIZON)
    for since, until in spans:
        away[since:until] = b"\1" * (until - since)
    return bytes(away), list(accumulate((1 - one for one in away), initial=0))


def _clear(away: bytes, since: int, length: int) -> int:
    """The first second from which nothing stands in the way for so long."""
    return away.find(bytes(length), since)


def _lunch_possible(facts: dict[str, Any], away: bytes, free: int) -> bool:
    if not facts.get("break_start") or not facts["break_len"]:
        return False
    low, high = facts["break_start"]
    length = facts["break_len"]
    last = min(high, facts["shift"][1] - length)
    return away.find(bytes(length), max(low, free), max(0, last + length)) >= 0
