"""How the weekly report speaks: sentences that can be read aloud."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

_ZONE = ZoneInfo("Asia/Shanghai")


def day(at: date) -> str:
    return f"{at.month}月{at.day}日"


def long_day(at: date) -> str:
    return f"{at.year}年{at.month}月{at.day}日"


def moment(at: datetime) -> str:
    local = at.astimezone(_ZONE)
    return f"{long_day(local.date())} {local:%H:%M}"


def week(monday: date, sunday: date) -> str:
    """11月16日至22日, 11月30日至12月6日."""
    last = f"{sunday.day}日" if monday.month == sunday.month else day(sunday)
    return f"{day(monday)}至{last}"


@dataclass(frozen=True, slots=True)
class WeekName:
    """`full` opens a report, `short` stands in what follows and over a column."""

    full: str
    short: str


def week_name(monday: date, sunday: date, this_monday: date) -> WeekName:
    """上周 and 本周 only where they are true on the day of reading; else the week by its dates."""
    dates = week(monday, sunday)
    ago = (this_monday - monday).days
    if ago == 7:
        return WeekName(f"上周（{dates}）", "上周")
    if ago == 0:
        return WeekName(f"本周（{dates}，未结束）", "本周")
    return WeekName(f"{dates}这一周", "这一周")


def length(minutes: int) -> str:
    """45 分钟, 3 小时, 3 小时 10 分钟, 1 天 2 小时."""
    if minutes < 60:
        return f"{minutes} 分钟"
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} 小时" + (f" {rest} 分钟" if rest else "")
    days, hours = divmod(hours, 24)
    return f"{days} 天" + (f" {hours} 小时" if hours else "")


def change(value: int | None, before: int | None, unit: str) -> str:
    """多 5 件, 少 3 件, 持平; nothing where one of the two may not be told."""
    if value is None or before is None:
        return ""
    if value == before:
        return "持平"
    return f"{'多' if value > before else '少'} {abs(value - before)} {unit}"


def against(value: int | None, before: int | None, unit: str) -> str:
    """，比前一周多 5 件 — to follow a number within a sentence."""
    said = change(value, before, unit)
    if not said:
        return ""
    return "，与前一周持平" if said == "持平" else f"，比前一周{said}"
