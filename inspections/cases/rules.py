"""What an approval system may hand in: pure checks that name what is wrong."""

import ipaddress
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

# GB 32100-2015: no I, O, S, V, Z; the value of a sign is its place.
_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-/]{0,63}")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class CallbackPolicy:
    """Where results may go: https to these host:port; embedded also http on this machine."""

    hosts: frozenset[str]
    loopback: bool


def credit_code_digit(first_seventeen: str) -> str:
    """The check sign of a 统一社会信用代码 (GB 32100-2015)."""
    total = sum(
        _SIGNS.index(sign) * weight for sign, weight in zip(first_seventeen, _WEIGHTS, strict=True)
    )
    return _SIGNS[(31 - total % 31) % 31]


def is_credit_code(code: str) -> bool:
    return (
        len(code) == 18
        and all(sign in _SIGNS for sign in code)
        and credit_code_digit(code[:17]) == code[17]
    )


def is_mobile(phone: str) -> bool:
    """A mainland mobile number: SMS reach nothing else."""
    return _MOBILE.fullmatch(phone) is not None


def is_case_number(number: str) -> bool:
    return _NUMBER.fullmatch(number) is not None


def callback_problem(url: str, policy: CallbackPolicy) -> str | None:
    """Why results cannot be sent to `url`, in Chinese, or None."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "不是有效的网址"
    if parts.scheme not in _PORTS or not parts.hostname or _is_odd(url, parts):
        return "不是有效的网址，请填写不带用户名和 # 的完整地址"
    place = f"{parts.hostname}:{port or _PORTS[parts.scheme]}"
    if policy.loopback and is_loopback_name(parts.hostname):
        return None
    if parts.scheme != "https":
        return "结果只能回传到 https 地址"
    if place not in policy.hosts:
        return f"{place} 不在允许回传的地址清单中，请联系系统管理员登记"
    return None


def is_loopback_name(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_odd(url: str, parts: SplitResult) -> bool:
    return bool(
        parts.username is not None
        or parts.fragment
        or len(url) > 500
        or any(sign <= " " or sign == "\\" or ord(sign) > 126 for sign in url)
    )


@dataclass(frozen=True, slots=True)
class Fields:
    """What of a case can be judged by itself."""

    number: str
    applicant_name: str
    credit_code: str
    premises_name: str
    address: str
    contact_name: str
    contact_phone: str
    longitude: float | None
    latitude: float | None


# Each line: the API's name of the field, what it must satisfy, what to say otherwise.
_CHECKS: tuple[tuple[str, Callable[[Fields], bool], str], ...] = (
    (
        "number",
        lambda f: is_case_number(f.number),
        "办件编号由字母、数字和 - _ . / 组成，最多 64 个字符",
    ),
    (
        "applicant.name",
        lambda f: 2 <= len(f.applicant_name) <= 120,
        "请填写申请人名称，2 至 120 字",
    ),
    (
        "applicant.credit_code",
        lambda f: is_credit_code(f.credit_code),
        "统一社会信用代码应为 18 位且校验位正确",
    ),
    ("premises.name", lambda f: 1 <= len(f.premises_name) <= 120, "请填写场所名称，最多 120 字"),
    ("premises.address", lambda f: 5 <= len(f.address) <= 200, "请填写详细地址，5 至 200 字"),
    ("contact.name", lambda f: 2 <= len(f.contact_name) <= 40, "请填写联系人姓名，2 至 40 字"),
    ("contact.phone", lambda f: is_mobile(f.contact_phone), "请填写 11 位手机号码，用于接收短信"),
    (
        "premises.longitude",
        lambda f: (f.longitude is None) == (f.latitude is None),
        "经度和纬度要么都填，要么都不填",
    ),
    (
        "premises.longitude",
        lambda f: f.longitude is None or 73 <= f.longitude <= 136,
        "经度应在 73 至 136 之间",
    ),
    (
        "premises.latitude",
        lambda f: f.latitude is None or 3 <= f.latitude <= 54,
        "纬度应在 3 至 54 之间",
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
