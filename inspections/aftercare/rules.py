"""Whom to call back, what to ask, how long an answer may take, how a sample is drawn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID
from zoneinfo import ZoneInfo

from inspections.aftercare.states import Cause, Complexity

BEIJING = ZoneInfo("Asia/Shanghai")

REMEDY_WORKING_DAYS = 15
FOLLOW_UP_WORKING_DAYS = {
    Cause.BAD_RATING: 1,
    Cause.LONG: 3,
    Cause.MANY_TRIPS: 3,
    Cause.SAMPLE: 5,
}
SAMPLE_PERCENT = 10
TRIES = 3

UNRESOLVED_WORKING_DAYS = {Complexity.SIMPLE: 0, Complexity.NORMAL: 5, Complexity.COMPLEX: 10}
UNRESOLVED_MOST = 15

# Fewer ratings than this in a month and a total would tell who gave which.
PUBLISHED_FROM = 5


@dataclass(frozen=True, slots=True)
class Delivered:
    """What is known of a service when it is finished; `trips` counts arrivals at the door."""

    id: UUID
    at: datetime
    due_at: datetime | None
    trips: int


def causes(done: Delivered) -> list[Cause]:
    """Why to call this one back, gravest first; empty when it is not in the sample either."""
    found = []
    if done.due_at is not None and done.at > done.due_at:
        found.append(Cause.LONG)
    if done.trips > 1:
        found.append(Cause.MANY_TRIPS)
    if not found and in_sample(done.id):
        found.append(Cause.SAMPLE)
    return found


def in_sample(subject: UUID) -> bool:
    """Whether a subject belongs to the ten of a hundred: always the same answer for the same id."""
    digest = sha256(f"follow_up:{subject}".encode()).digest()
    return int.from_bytes(digest[:8]) % 100 < SAMPLE_PERCENT


def gravest(found: Iterable[Cause]) -> Cause:
    order = list(Cause)
    return min(found, key=order.index)


def script(found: Sequence[Cause], *, number: str, bureau: str, items: str) -> list[str]:
    """What to say on the phone, line by line."""
    lines = [
        f"您好，我是{bureau}的回访人员。您在我局办理的「{items}」（{number}）已经办结，"
        "想用一两分钟听听您的意见，可以吗？",
    ]
    lines.extend(_QUESTIONS[cause] for cause in Cause if cause in found)
    lines.append("办理中哪一步让您最费劲？是材料、等候、来回跑，还是没有讲清楚？")
    lines.append("有没有人向您收取费用，或者要求您怎样评价？")
    lines.append("您的意见我已经记下，会在每周一的会上逐条研究。谢谢您。")
    return lines


_QUESTIONS = {
    Cause.BAD_RATING: "您对这次服务不满意。请问具体是哪里没有做好？您希望我们怎样改正？",
    Cause.LONG: "这件事比承诺的时间办得久，先向您道歉。请问晚办给您带来了什么影响？",
    Cause.MANY_TRIPS: "我们为这件事上门不止一趟。请问每一趟事先都跟您讲清楚了吗？",
    Cause.SAMPLE: "请问工作人员是否按约定时间上门，并向您亮明了身份？",
}


def month_of(at: datetime) -> str:
    return f"{at.astimezone(BEIJING):%Y-%m}"


def month_span(month: str) -> tuple[datetime, datetime]:
    """First instant of a month YYYY-MM and of the next one; ValueError when it is no month."""
    first = datetime.strptime(f"{month}-01", "%Y-%m-%d").replace(tzinfo=BEIJING)
    return first, (first + timedelta(days=32)).replace(day=1)


def draw(seed: str, population: Iterable[UUID], size: int) -> list[UUID]:
    """`size` of the population in an order that only the seed decides; the same every time."""
    return sorted(population, key=lambda one: sha256(f"{seed}:{one}".encode()).digest())[:size]


def population_digest(population: Iterable[UUID]) -> str:
    """What was drawn from, so that a repeated draw can show that it drew from the same."""
    return sha256("\n".join(sorted(map(str, population))).encode()).hexdigest()
