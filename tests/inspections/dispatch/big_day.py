"""The stored case of 22 people and 120 visits, written into the tables of one bureau.

The case knows only how long each way takes; where the doors are follows from that, because its
ways are straight lines made longer.
"""

import json
import math
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from inspections.dispatch import services
from inspections.dispatch.models import Visit
from inspections.dispatch.rules import Point, midnight
from inspections.dispatch.states import VisitKind
from inspections.people import services as people
from inspections.people.models import Bureau, Staff
from inspections.people.selectors import actor_of_staff
from inspections.people.services import NewProfile, NewShift, NewSkill, NewStaff
from inspections.people.states import Role, Skill
from tests.inspections.cast import PASSWORD, Cast
from tests.inspections.dispatch.scene import HALL, TODAY, Crew, new_visit

CASE = Path(__file__).parents[2] / "data" / "dispatch" / "case-22x120.json"
METRES_PER_SECOND = 26 / 3.6 / 1.35
SKILLS = {
    1: Skill.ENTERPRISE,
    2: Skill.SOCIAL_INSURANCE,
    3: Skill.REAL_ESTATE,
    4: Skill.TAX,
    5: Skill.CONSTRUCTION,
    6: Skill.DIALECT,
    7: Skill.VIDEO_KIT,
    9: Skill.SIGN_LANGUAGE,
}


@dataclass(frozen=True, slots=True)
class BigDay:
    crew: Crew
    delegates: list[Staff]
    visits: list[Visit]


def big_day(cast: Cast, day: date = TODAY, case: Any = None) -> BigDay:
    """`case`: a day in the file's format instead of the stored one."""
    case = case or json.loads(CASE.read_text("utf-8"))
    doors = places(case["durations"])
    admin = actor_of_staff(cast.head)
    du = people.add_staff(
        cast.bureau, NewStaff("du", "杜调度", [Role.DISPATCHER]), password=PASSWORD
    )
    desk = actor_of_staff(du)
    delegates = [_delegate(cast.bureau, one, doors, admin) for one in case["agents"]]
    crew = Crew(cast.bureau, delegates[0], delegates[1], du, desk)
    visits = [_visit(crew, one, doors, day) for one in case["visits"]]
    return BigDay(crew, delegates, visits)


def places(durations: list[list[int]]) -> list[Point]:
    """Longitude and latitude of each place, the first at the hall, the second east of it."""

    def metres(a: int, b: int) -> float:
        return max(0, durations[a][b] - 180) * METRES_PER_SECOND

    base = max(range(len(durations)), key=lambda one: metres(0, one))
    apart = metres(0, base)
    found: list[tuple[float, float]] = []
    witness: tuple[int, float, float] | None = None
    for one in range(len(durations)):
        far, other = metres(0, one), metres(base, one)
        x = (far**2 - other**2 + apart**2) / (2 * apart)
        y = math.sqrt(max(0.0, far**2 - x**2))
        if witness is None and y > apart / 10:
            witness = (one, x, y)
        elif witness is not None:
            number, east, north = witness
            up, down = math.hypot(x - east, y - north), math.hypot(x - east, -y - north)
            real = metres(number, one)
            y = y if abs(up - real) <= abs(down - real) else -y
        found.append((x, y))
    north_m = 111_195.0
    east_m = north_m * math.cos(math.radians(HALL[1]))
    return [(HALL[0] + x / east_m, HALL[1] + y / north_m) for x, y in found]


def _delegate(bureau: Bureau, case: Any, doors: list[Point], by: Any) -> Staff:
    number = case["id"]
    new = NewStaff(
        f"db{number:02d}", f"专员{number:02d}", [Role.DELEGATE], badge_number=f"D{number:02d}"
    )
    staff = people.add_staff(bureau, new, password=PASSWORD)
    start, end = (at // 60 for at in case["shift"])
    since, until = (at // 60 for at in case["break_start"])
    shifts = [NewShift(d, start, end, since, until, case["break_len"] // 60) for d in range(1, 8)]
    people.set_shifts(staff, shifts, actor=by)
    people.set_skills(staff, [NewSkill(SKILLS[one], TODAY) for one in case["skills"]], actor=by)
    people.set_profile(staff, NewProfile("13905330000", doors[case["home"]]), actor=by)
    return staff


def _visit(crew: Crew, case: Any, doors: list[Point], day: date) -> Visit:
    begins = midnight(day)
    new = new_visit(
        crew.bureau,
        title=f"上门 {case['id']:03d}",
        place=doors[case["loc"]],
        minutes=case["dur"] // 60,
        window_from=begins + timedelta(seconds=case["tw"][0]),
        window_until=begins + timedelta(seconds=case["tw"][1]),
        priority=case["priority"],
        skills=frozenset(SKILLS[one].value for one in case["need"]),
        kind=VisitKind.INSPECTION if case["id"] % 3 == 0 else VisitKind.DELEGATION,
        may_be_video=case["id"] % 3 == 0,
    )
    return services.request_visit(new, actor=crew.desk)
