"""What may be registered, how long it may take, when somebody must be told: pure decisions."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")

DUPLICATE_WINDOW = timedelta(days=3)
CALLBACK_MINUTES = 30
MANDATE_DAYS = 180
# How far the public form may be used: tries from one address, registrations for one phone.
INTAKE_PER_ADDRESS = 60
INTAKE_ADDRESS_WINDOW = timedelta(hours=1)
INTAKE_PER_PHONE = 5
INTAKE_PHONE_WINDOW = timedelta(days=1)
# A wish for a time is about the next weeks; beyond, neither shifts nor holidays are known.
PREFERRED_AHEAD = timedelta(days=31)
ESCALATIONS = (70, 90, 100)
PRIORITY_PROTECTED, PRIORITY_SOON, PRIORITY_USUAL = 100, 60, 20
MINUTES_MOST = 480

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0[0-9]{2,3}[0-9]{7,8}")
_SERVICE = re.compile(r"[0-9]{5,6}|400[0-9]{7}")
_NOISE = re.compile(r"[\s\-‐‑–—()（）.·]")


@dataclass(frozen=True, slots=True)
class Fields:
    """What of a registration can be judged by itself; phone as normalised, "" when unreadable."""

    phone: str
    contact_name: str
    applicant_name: str
    items: tuple[str, ...]
    address: str
    wish: str
    door_note: str
    longitude: float | None
    latitude: float | None
    window: tuple[datetime, datetime] | None
    callback_minutes: int | None


# Each line: the API's name of the field, what it must satisfy, what to say otherwise.
_CHECKS: tuple[tuple[str, Callable[[Fields], bool], str], ...] = (
    ("phone", lambda f: bool(f.phone), "请填写 11 位手机号码，或带区号的固定电话"),
    ("contact_name", lambda f: 1 <= len(f.contact_name) <= 40, "请填写联系人姓名，最多 40 字"),
    (
        "applicant_name",
        lambda f: 1 <= len(f.applicant_name) <= 120,
        "请填写申请人姓名或企业名称，最多 120 字",
    ),
    ("items", lambda f: 1 <= len(f.items) <= 12, "请至少选择一个事项，最多 12 个"),
    ("items", lambda f: len(set(f.items)) == len(f.items), "同一个事项只需要选一次"),
    ("address", lambda f: 4 <= len(f.address) <= 200, "请填写上门地址，4 至 200 字"),
    ("wish", lambda f: len(f.wish) <= 1000, "诉求最多写 1000 字"),
    ("door_note", lambda f: len(f.door_note) <= 200, "门口提示最多写 200 字"),
    (
        "longitude",
        lambda f: (f.longitude is None) == (f.latitude is None),
        "经度和纬度要么都填，要么都不填",
    ),
    (
        "longitude",
        lambda f: f.longitude is None or 73 <= f.longitude <= 136,
        "经度应在 73 至 136 之间",
    ),
    ("latitude", lambda f: f.latitude is None or 3 <= f.latitude <= 54, "纬度应在 3 至 54 之间"),
    (
        "window",
        lambda f: f.window is None or f.window[0] < f.window[1],
        "上门时间段的开始要早于结束",
    ),
    (
        "window",
        lambda f: f.window is None or f.longitude is not None,
        "要约定上门时间，请先在地图上标出位置",
    ),
    (
        "callback_minutes",
        lambda f: f.callback_minutes is None or 0 <= f.callback_minutes <= 2880,
        "回电承诺应在 0 至 2880 分钟之间",
    ),
)


def problems(fields: Fields, also: Collection[tuple[str, str | None]] = ()) -> dict[str, str]:
    """What is wrong, by field; `also` are answers of checks that need more than the fields."""
    found: dict[str, str] = {}
    for name, holds, text in _CHECKS:
        if not holds(fields):
            found.setdefault(name, text)
    for name, problem in also:
        if problem is not None:
            found.setdefault(name, problem)
    return found


def normal_phone(text: str) -> str:
    """Digits only, without +86, full-width digits and dashes read; "" for what is no number."""
    digits = _NOISE.sub("", unicodedata.normalize("NFKC", text))
    for prefix in ("+86", "0086"):
        digits = digits.removeprefix(prefix)
    if digits.startswith("86") and _MOBILE.fullmatch(digits[2:]):
        digits = digits[2:]
    known = any(pattern.fullmatch(digits) for pattern in (_MOBILE, _LANDLINE, _SERVICE))
    return digits if known else ""


def is_mobile(phone: str) -> bool:
    """A mainland mobile number: SMS reach nothing else."""
    return _MOBILE.fullmatch(phone) is not None


def delegation_number(year: int, count: int) -> str:
    return f"DB-{year}-{count:06d}"


def mandate_number(delegation_number: str, count: int) -> str:
    return f"{delegation_number}-W{count:02d}"


def local_day(at: datetime) -> date:
    return at.astimezone(BEIJING).date()


def level_reached(used: float, allowed: float) -> int:
    """The highest of 70, 90, 100 per cent that `used` of `allowed` minutes has reached, else 0."""
    share = 100.0 if allowed <= 0 else used * 100 / allowed
    return max((level for level in ESCALATIONS if share >= level), default=0)


def priority(*, protected: bool, promised_days: int) -> int:
    """Protected groups strictly first, then what is due within a day, then the rest."""
    if protected:
        return PRIORITY_PROTECTED
    return PRIORITY_SOON if promised_days <= 1 else PRIORITY_USUAL


def still_held(handed: Iterable[tuple[str, str, int]]) -> Mapping[str, int]:
    """Originals that were received and not returned: title → copies, of (title, direction, n)."""
    held: dict[str, int] = {}
    for title, direction, copies in handed:
        held[title] = held.get(title, 0) + (copies if direction == "RECEIVED" else -copies)
    return {title: count for title, count in held.items() if count > 0}
