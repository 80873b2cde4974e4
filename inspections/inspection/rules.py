"""Pure decisions of an inspection: what blocks a conclusion, when a room opens, how far it is."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from inspections.catalog.states import Level, Result

BEIJING = ZoneInfo("Asia/Shanghai")
CLOSING_HOUR = time(17, 0)
DEFAULT_RECTIFICATION_DAYS = 15
MAX_RECTIFICATION_DAYS = 90
LEAST_INSPECTORS = 2
# An on-site visit: working days until it must have begun, its place in the queue.
ON_SITE_DAYS = 5
ON_SITE_PRIORITY = 60
_NOTE_LONGEST = 500

BlockerCode = Literal[
    "item_blank",
    "key_item_without_evidence",
    "key_item_in_gap",
    "inspector_alone",
    "recording_missing",
]

BLOCKER_TEXTS: dict[BlockerCode, str] = {
    "item_blank": "这一项还没有判定。",
    "key_item_without_evidence": "关键项判为符合，但没有录到证据。请再拍一次，或转为现场勘验。",
    "key_item_in_gap": "关键项判为符合的那一刻没有录上。请对方再拍一次后重新判定，"
    "或判为无法远程判定、转现场勘验。",
    "inspector_alone": "参加视频的勘验人员不足两名。请另一名勘验人员进入房间后再下结论。",
    "recording_missing": "还没有任何录像存下来。请检查录制状态，或转为现场勘验。",
}


@dataclass(frozen=True, slots=True)
class Blocker:
    code: BlockerCode
    item: str = ""

    @property
    def text(self) -> str:
        return BLOCKER_TEXTS[self.code]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time; for coverage: one in which nothing was recorded."""

    start: datetime
    end: datetime

    def holds(self, at: datetime) -> bool:
        return self.start <= at < self.end


@dataclass(frozen=True, slots=True)
class ItemState:
    """One item before a conclusion: `live` when a picture of the live camera backs it,
    `recorded_at` when it was judged while the recording ran."""

    code: str
    level: Level
    result: Result | None
    live: bool
    recorded_at: datetime | None


def blockers(
    items: Iterable[ItemState], gaps: Iterable[Span], *, inspectors: int, segments: int
) -> list[Blocker]:
    """Everything that forbids a conclusion, not only the first thing."""
    known, holes = list(items), list(gaps)
    found = [Blocker("item_blank", one.code) for one in known if one.result is None]
    found.extend(unproved(known, holes))
    if inspectors < LEAST_INSPECTORS:
        found.append(Blocker("inspector_alone"))
    if segments == 0:
        found.append(Blocker("recording_missing"))
    return found


def unproved(items: Iterable[ItemState], gaps: Iterable[Span]) -> list[Blocker]:
    """KEY items found CONFORMING that nothing live backs: no live picture, and judged while
    nothing was recorded, or at a moment that turned out to be missing from the recording."""
    holes = list(gaps)
    found = []
    for one in items:
        if not needs_live_evidence(one.level, one.result) or one.live:
            continue
        at = one.recorded_at
        if at is None:
            found.append(Blocker("key_item_without_evidence", one.code))
        elif any(gap.holds(at) for gap in holes):
            found.append(Blocker("key_item_in_gap", one.code))
    return found


def needs_live_evidence(level: Level, result: Result | None) -> bool:
    """A KEY item may be found CONFORMING only on what was seen live."""
    return level is Level.KEY and result is Result.CONFORMING


def room_opens_at(starts_at: datetime, minutes: int) -> datetime:
    return starts_at - timedelta(minutes=minutes)


def rectification_deadline(now: datetime, days: int) -> datetime:
    """Closing time (17:00 in Beijing) of the day `days` calendar days ahead."""
    day = now.astimezone(BEIJING).date() + timedelta(days=days)
    return datetime.combine(day, CLOSING_HOUR, BEIJING)


def inspection_number(year: int, serial: int) -> str:
    return f"YKY-{year}-{serial:06d}"


def distance_m(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Metres between two (longitude, latitude) pairs in WGS-84, on the mean sphere."""
    (lon1, lat1), (lon2, lat2) = (
        (math.radians(lon), math.radians(lat)) for lon, lat in (first, second)
    )
    half = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * 6_371_008.8 * math.asin(math.sqrt(half))


def on_site_minutes(items: int) -> int:
    """How long the visit takes: arriving and signing, then a few minutes for each open item."""
    return min(30 + 4 * items, 180)


def on_site_note(titles: list[str], inspectors: Iterable[str]) -> str:
    """Who must come and the open items, in one text that fits the visit; the rest is counted.

    The law asks for two at the least (行政处罚法 and the bureaus' rules for 现场核查 alike).
    """
    known = "、".join(inspectors)
    text = f"须 {LEAST_INSPECTORS} 名以上勘验人员同行，出示执法证件"
    text += f"（远程勘验：{known}）。" if known else "。"
    text += "待核项目：" if titles else "各项已远程核过，请现场复核。"
    for index, title in enumerate(titles):
        rest = f"；另 {len(titles) - index} 项"
        piece = ("；" if index else "") + title
        if len(text) + len(piece) + len(rest) > _NOTE_LONGEST:
            return text + rest
        text += piece
    return text
