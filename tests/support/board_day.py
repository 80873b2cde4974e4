"""A full day for the dispatcher's board: 22 delegates and 120 visits through the real services.

Made from tests/data/dispatch/case-22x120.json, whose travel times give the places back. Beside a
running product: `python -m tests.support.board_day [--day 2026-06-03]` with its environment.
"""

import argparse
import json
import math
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from inspections.people.models import Area, Bureau, Staff
    from inspections.people.states import Skill

CASE = Path(__file__).resolve().parents[1] / "data" / "dispatch" / "case-22x120.json"
LOCAL = timezone(timedelta(hours=8))
CENTRE = (117.9650, 36.6440)  # 淄川
METRES_PER_SECOND = 26 / 3.6
DETOUR, PARKING = 1.35, 180
METRES_PER_DEGREE = 111_320

DELEGATES = [
    "陈立新",
    "刘桂芳",
    "赵海涛",
    "孙晓梅",
    "周建国",
    "吴秀英",
    "郑文博",
    "冯春燕",
    "蒋国庆",
    "沈玉兰",
    "韩志强",
    "杨丽娟",
    "朱明远",
    "秦爱华",
    "许家豪",
    "何淑珍",
    "吕向东",
    "施雅琴",
    "张永福",
    "孔德顺",
    "曹美玲",
    "欧阳静怡",
]
ITEMS = {
    1: ("个体工商户登记", "企业开办", "食品经营许可"),
    2: ("社保卡补办", "养老待遇资格认证", "残疾人证换领"),
    3: ("不动产转移登记", "不动产继承登记"),
    4: ("税务登记", "个体户定额核定"),
    5: ("工程建设许可协办",),
    6: ("残疾人证换领（手语）", "养老待遇资格认证（手语）"),
    7: ("公共场所卫生许可视频勘验",),
    9: ("食品生产许可现场核查",),
}
STREETS = [
    "般阳路街道",
    "松龄路街道",
    "钟楼街道",
    "将军路街道",
    "洪山镇",
    "寨里镇",
    "罗村镇",
    "双杨镇",
    "昆仑镇",
    "岭子镇",
]
LONG = "中央广场党群服务中心北侧第三联合便民综合服务代办点（原供销合作社老办公楼）二单元1203室"


class _Agent(TypedDict):
    id: int
    home: int
    skills: list[int]
    shift: list[int]
    break_start: list[int]
    break_len: int


class _Visit(TypedDict):
    id: int
    loc: int
    need: list[int]
    dur: int
    tw: list[int]
    priority: int


class _Case(TypedDict):
    agents: list[_Agent]
    visits: list[_Visit]
    durations: list[list[int]]


@dataclass(frozen=True, slots=True)
class BoardDay:
    """What was filled: who signs in where, and how much there is."""

    bureau: str
    bureau_id: str
    day: str
    dispatcher: str
    head: str
    delegate: str
    password: str
    delegates: int
    visits: int


def read_case() -> _Case:
    found: _Case = json.loads(CASE.read_text("utf-8"))
    return found


def places(durations: Sequence[Sequence[int]]) -> list[tuple[float, float]]:
    """Longitude and latitude of every location, from its travel times to the first three."""

    def metres(one: int, other: int) -> float:
        return max(durations[one][other] - PARKING, 0) * METRES_PER_SECOND / DETOUR

    first = next(i for i in range(len(durations)) if metres(0, i) > 0)
    base = metres(0, first)

    def plain(i: int) -> tuple[float, float]:
        x = (metres(0, i) ** 2 - metres(first, i) ** 2 + base**2) / (2 * base)
        return x, math.sqrt(max(metres(0, i) ** 2 - x**2, 0))

    third = max(range(len(durations)), key=lambda i: plain(i)[1])
    tip_x, tip_y = plain(third)

    def side(i: int) -> tuple[float, float]:
        x, y = plain(i)
        above, below = math.hypot(x - tip_x, y - tip_y), math.hypot(x - tip_x, y + tip_y)
        wanted = metres(third, i)
        return x, (y if abs(above - wanted) <= abs(below - wanted) else -y)

    east = METRES_PER_DEGREE * math.cos(math.radians(CENTRE[1]))
    return [
        (CENTRE[0] + x / east, CENTRE[1] + y / METRES_PER_DEGREE)
        for x, y in map(side, range(len(durations)))
    ]


def at(day: date, seconds: int) -> datetime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=LOCAL)
    return (midnight + timedelta(seconds=seconds)).astimezone(UTC)


def skills_of(numbers: Sequence[int]) -> "frozenset[Skill]":
    from inspections.people.states import Skill

    known = {
        1: Skill.ENTERPRISE,
        2: Skill.SOCIAL_INSURANCE,
        3: Skill.REAL_ESTATE,
        4: Skill.TAX,
        5: Skill.CONSTRUCTION,
        6: Skill.SIGN_LANGUAGE,
        7: Skill.VIDEO_KIT,
        9: Skill.INSPECTION,  # nobody of this day holds it
    }
    return frozenset(known[number] for number in numbers)


def fill(
    day: date, *, password: str, agents: int = 22, visits: int = 120, on_site: bool = False
) -> BoardDay:
    """Fill a bureau of its own (370302) with people and the visits of one local day."""
    from inspections.people import services as people
    from inspections.people.services import NewStaff
    from inspections.people.states import Role

    case = read_case()
    spots = places(case["durations"])
    bureau = people.add_bureau(code="370302", name="淄川区行政审批服务局", phone="0533-5180000")
    desk = NewStaff("cheng", "程调度", [Role.DISPATCHER], "川政0301", "帮办代办中心")
    head = NewStaff("gu", "顾主任", [Role.HEAD], "川政0300", "帮办代办中心")
    for one in (desk, head):
        people.add_staff(bureau, one, password=password)
    areas = _areas(bureau, spots)
    for agent, name in zip(case["agents"][:agents], DELEGATES, strict=False):
        _hire(bureau, agent, name, spots[agent["home"]], areas, password=password)
    for visit in case["visits"][:visits]:
        _request(bureau, visit, spots[visit["loc"]], day)
    if on_site:
        send_on_site(bureau, spots[-1], password=password)
    return BoardDay(
        bureau.name,
        str(bureau.pk),
        day.isoformat(),
        desk.username,
        head.username,
        "daiban01",
        password,
        agents,
        visits + on_site,
    )


def _areas(bureau: "Bureau", spots: Sequence[tuple[float, float]]) -> "list[Area]":
    """West and east of the middle, each a box around its places."""
    from fieldsvc.kernel.journal import SYSTEM
    from inspections.people import services as people

    west, east = min(x for x, _ in spots), max(x for x, _ in spots)
    south, north = min(y for _, y in spots), max(y for _, y in spots)
    middle = (west + east) / 2
    boxes = (("WEST", "西片", west, middle), ("EAST", "东片", middle, east))
    return [
        people.add_area(
            bureau,
            code,
            title,
            [(left, south), (right, south), (right, north), (left, north)],
            actor=SYSTEM,
        )
        for code, title, left, right in boxes
    ]


def _hire(
    bureau: "Bureau",
    agent: _Agent,
    name: str,
    home: tuple[float, float],
    areas: "list[Area]",
    *,
    password: str,
) -> "Staff":
    from fieldsvc.kernel.journal import SYSTEM
    from inspections.people import services as people
    from inspections.people.services import NewProfile, NewShift, NewStaff
    from inspections.people.states import Role

    number = agent["id"] + 1
    new = NewStaff(
        f"daiban{number:02d}", name, [Role.DELEGATE], f"川代{number:04d}", "帮办代办中心"
    )
    staff = people.add_staff(bureau, new, password=password)
    for skill in sorted(skills_of(agent["skills"])):
        people.hold_skill(staff, skill, actor=SYSTEM, valid_from=date(2026, 1, 1))
    starts, ends = (seconds // 60 for seconds in agent["shift"])
    earliest, latest = (seconds // 60 for seconds in agent["break_start"])
    shifts = [
        NewShift(weekday, starts, ends, earliest, latest, agent["break_len"] // 60)
        for weekday in range(1, 8)
    ]
    people.set_shifts(staff, shifts, actor=SYSTEM)
    people.set_profile(staff, NewProfile(f"139533{number:05d}", home), actor=SYSTEM)
    people.assign_areas(staff, [area.pk for area in areas], actor=SYSTEM)
    return staff


def _request(bureau: "Bureau", visit: _Visit, spot: tuple[float, float], day: date) -> None:
    from fieldsvc.kernel import ids
    from fieldsvc.kernel.journal import SYSTEM
    from inspections.dispatch.services import request_visit
    from inspections.dispatch.shapes import NewVisit
    from inspections.dispatch.states import VisitKind

    number, subject = visit["id"], ids.new()
    titles = ITEMS[max(visit["need"], default=1)]
    street = STREETS[number % len(STREETS)]
    door = LONG if number % 40 == 0 else f"{number % 9 + 1}号楼{number % 4 + 1}单元{number + 101}室"
    request_visit(
        NewVisit(
            bureau_id=bureau.pk,
            stream=f"delegation:{subject}",
            subject=subject,
            kind=VisitKind.DELEGATION,
            title=titles[number % len(titles)],
            place=spot,
            minutes=visit["dur"] // 60,
            window_from=at(day, visit["tw"][0]),
            window_until=at(day, visit["tw"][1]),
            contact_name="张奶奶",
            contact_phone=f"138{number:08d}",
            address=f"淄川区{street}{door}",
            case_label=f"DB-{day.year}-{number:06d}",
            skills=frozenset(skill.value for skill in skills_of(visit["need"])),
            priority=visit["priority"],
            protected=visit["priority"] >= 100,
        ),
        actor=SYSTEM,
    )


def send_on_site(bureau: "Bureau", place: tuple[float, float], *, password: str) -> None:
    """One inspection moved from the video to the place itself, which a visit is wanted for."""
    from fieldsvc.kernel.journal import SYSTEM, Actor
    from inspections.bookings import selectors as offers
    from inspections.bookings import services as bookings
    from inspections.cases import services as cases
    from inspections.cases.api import CaseIn
    from inspections.inspection import services
    from inspections.inspection.states import TransferReason
    from inspections.people import services as people
    from inspections.people.services import NewStaff
    from inspections.people.states import Role
    from tests.inspections.cases.bodies import body

    for number, name in enumerate(("苗勘验", "祝勘验"), start=1):
        new = NewStaff(f"kanyan{number}", name, [Role.INSPECTOR], f"川勘{number:04d}")
        people.add_staff(bureau, new, password=password)
    client, _ = people.add_client(bureau, name="审批系统")
    case, _ = cases.receive(
        CaseIn.model_validate(body("KY-2026-000777")).to_new(),
        actor=Actor("client", str(client.pk), str(bureau.pk)),
    )
    type(case).objects.filter(pk=case.pk).update(longitude=place[0], latitude=place[1])
    slot = offers.offer(bureau.pk, limit=1)[0]
    applicant = Actor("applicant", str(case.pk), str(bureau.pk))
    appointment = bookings.book(case, slot.starts_at, actor=applicant)
    inspection = services.schedule(appointment, appointment.inspectors)
    services.transfer(inspection.pk, TransferReason.INSPECTOR_DECIDED, "", actor=SYSTEM)
    services.request_visit(inspection.pk)


def main() -> None:
    import django

    django.setup()
    from fieldsvc.kernel import clock

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--day", type=date.fromisoformat, default=None)
    parser.add_argument("--password", default=secrets.token_urlsafe(9))
    parser.add_argument("--agents", type=int, default=22)
    parser.add_argument("--visits", type=int, default=120)
    parser.add_argument("--on-site", action="store_true", help="and one visit of an inspection")
    asked = parser.parse_args()
    day = asked.day or clock.now().astimezone(LOCAL).date()
    filled = fill(
        day,
        password=asked.password,
        agents=asked.agents,
        visits=asked.visits,
        on_site=asked.on_site,
    )
    fields = {name: getattr(filled, name) for name in BoardDay.__dataclass_fields__}
    sys.stdout.write(json.dumps(fields, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
