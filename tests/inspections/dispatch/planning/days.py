"""Days to plan, in the file's format: the stored one, generated ones, and the same day at 10:30."""

import json
import math
import random
from copy import deepcopy
from pathlib import Path
from typing import Any

STORED = Path(__file__).resolve().parents[3] / "data" / "dispatch" / "case-22x120.json"
HALF_PAST_TEN = 37_800
TOLERANCE = 1_200

SHIFTS = [
    ([30600, 63000], [41400, 46800]),
    ([30600, 63000], [41400, 46800]),
    ([27000, 55800], [39600, 45000]),
    ([39600, 72000], [57600, 64800]),
]
WINDOWS = [
    [30600, 41400],
    [30600, 41400],
    [48600, 61200],
    [30600, 61200],
    [61200, 68400],
    [37800, 43200],
    [34200, 39600],
    [50400, 55800],
    [54000, 59400],
]


def stored() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(STORED.read_text("utf-8"))
    return found


def generated(seed: int, agents: int = 22, visits: int = 120) -> dict[str, Any]:
    """A made-up day of the stored one's kind, places on a 14 km square."""
    dice = random.Random(seed)
    spots = [(dice.uniform(0, 14_000), dice.uniform(0, 14_000)) for _ in range(3 + visits)]
    people = []
    for number in range(agents):
        shift, lunch = SHIFTS[number % len(SHIFTS)]
        people.append(
            {
                "id": number,
                "home": dice.randrange(3),
                "skills": sorted(dice.sample(range(1, 8), dice.randint(2, 4))),
                "shift": shift,
                "break_start": lunch,
                "break_len": 2700,
            }
        )
    jobs = [
        {
            "id": number,
            "loc": 3 + number,
            "need": sorted(dice.sample(range(1, 8), dice.choice([1, 1, 1, 2]))),
            "dur": dice.choice([2400, 3000, 3600, 4200]),
            "tw": dice.choice(WINDOWS),
            "priority": dice.choice([20, 20, 60, 100]),
        }
        for number in range(visits)
    ]
    return {
        "agents": people,
        "visits": jobs,
        "durations": [[road(a, b) for b in spots] for a in spots],
    }


def road(a: tuple[float, float], b: tuple[float, float]) -> int:
    return 0 if a == b else round(math.dist(a, b) * 1.35 / (26 / 3.6)) + 180


def at_half_past_ten(
    day: dict[str, Any], plan: dict[str, Any], *, seed: int = 1, sick: int = 18, accepted: int = 43
) -> dict[str, Any]:
    """The day under way: what has begun is done or going on, `accepted` later visits are promised,
    one agent has fallen sick and eight urgent visits came in."""
    dice = random.Random(seed)
    later = deepcopy(day)
    length = {one["id"]: one["dur"] for one in day["visits"]}
    past = [one for one in plan["assignments"] if one["start"] <= HALF_PAST_TEN]
    done = [one for one in past if one["start"] + length[one["visit"]] <= HALF_PAST_TEN]
    going_on = [one for one in past if one not in done]
    to_come = [one for one in plan["assignments"] if one["start"] > HALF_PAST_TEN]
    of_the_sick = [one for one in to_come if one["agent"] == sick]
    others = [one for one in to_come if one["agent"] != sick]
    dice.shuffle(others)
    promised = [*going_on, *(of_the_sick + others)[: max(accepted, len(of_the_sick))]]
    later["now"] = HALF_PAST_TEN
    later["done"] = [one["visit"] for one in done]
    later["absent"] = [sick]
    later["fixed"] = [{**one, "tolerance": TOLERANCE} for one in [*done, *promised]]
    places = [one["loc"] for one in day["visits"]]
    for number in range(8):
        since = HALF_PAST_TEN + dice.randrange(4) * 3600
        later["visits"].append(
            {
                "id": 1000 + number,
                "loc": dice.choice(places),
                "need": [dice.randint(1, 6)],
                "dur": 2400,
                "tw": [since, since + 3 * 3600],
                "priority": 100,
            }
        )
    return later
