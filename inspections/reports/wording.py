"""How times, lengths and places are written in a paper."""

from datetime import datetime, timedelta

from inspections.inspection.rules import BEIJING

TITLE = "勘验笔录"
NOTHING = "—"


def moment(at: datetime | None) -> str:
    """2026年11月23日 09:00:12, Beijing time."""
    return at.astimezone(BEIJING).strftime("%Y年%m月%d日 %H:%M:%S") if at else "—"


def clock_time(at: datetime | None) -> str:
    return at.astimezone(BEIJING).strftime("%H:%M:%S") if at else "—"


def day(at: datetime) -> str:
    local = at.astimezone(BEIJING)
    return f"{local.year}年{local.month}月{local.day}日"


def deadline(at: datetime) -> str:
    return f"{day(at)} {at.astimezone(BEIJING):%H:%M}"


def length(span: timedelta) -> str:
    """8.0 秒, 3 分 05 秒, 1 小时 02 分."""
    seconds = span.total_seconds()
    if seconds < 60:
        return f"{seconds:.1f} 秒"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} 分 {rest:02d} 秒"
    return f"{minutes // 60} 小时 {minutes % 60:02d} 分"


def degrees(longitude: float, latitude: float) -> str:
    east = "东经" if longitude >= 0 else "西经"
    north = "北纬" if latitude >= 0 else "南纬"
    return f"{east} {abs(longitude):.6f}°，{north} {abs(latitude):.6f}°（WGS-84）"


def counts(numbers: dict[str, int]) -> str:
    failed = sum(numbers[f"{level}_failed"] for level in ("key", "major", "general"))
    return (
        f"共 {numbers['total']} 项：符合 {numbers['conforming']}，不符合 {failed}"
        f"（★{numbers['key_failed']} ▲{numbers['major_failed']} ○{numbers['general_failed']}），"
        f"合理缺项 {numbers['not_applicable']}，无法远程判定 {numbers['undetermined']}"
    )


def minute(at: datetime | None) -> str:
    """2026年11月23日 9:05, Beijing time."""
    if at is None:
        return NOTHING
    local = at.astimezone(BEIJING)
    return f"{day(at)} {local.hour}:{local:%M}"


def window(since: datetime | None, until: datetime | None) -> str:
    """2026年11月23日 9:00—10:30; over midnight both days are named."""
    if since is None or until is None:
        return NOTHING
    first, last = since.astimezone(BEIJING), until.astimezone(BEIJING)
    if first.date() != last.date():
        return f"{minute(since)} — {minute(until)}"
    return f"{minute(since)}—{last.hour}:{last:%M}"


def or_nothing(text: str) -> str:
    """An empty field is shown as empty, never left as a hole that could be filled in later."""
    return text.strip() or NOTHING


def copies(number: int) -> str:
    return f"{number} 份"


def form(*, original: bool) -> str:
    return "原件" if original else "复印件"
