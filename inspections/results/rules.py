"""Where a result may be sent, what an answer means, when to try again."""

import ipaddress
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_ANSWER = 64 * 1024
LONGEST_WAIT = 24 * 3600.0
_JITTER = 0.1


@dataclass(frozen=True, slots=True)
class Reach:
    """What kinds of address a receiver may stand at."""

    private: bool
    loopback: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status with the (cut) body, or a failure code when nothing did."""

    status: int | None
    body: bytes = b""
    retry_after: str = ""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """`code` is "ok" with a receipt; `stop` means that the receiver wants no more of it."""

    code: str
    status: int | None
    receipt_id: str = ""
    stop: bool = False
    wait: float | None = None


def address_problem(text: str, reach: Reach) -> str | None:
    """Why no connection may be made to this address, or None. What cannot be read is refused."""
    try:
        address = _innermost(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return "unreadable"
    if address.is_loopback:
        return None if reach.loopback else "loopback"
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return "reserved"
    if isinstance(address, ipaddress.IPv6Address) and address.is_site_local:
        return "reserved"
    if address.is_global and not address.is_reserved:
        return None
    return None if reach.private and _is_intranet(address) else "private"


def judge(answer: Answer, now: datetime) -> Judgement:
    """What an answer means: only a 2xx with a receipt number counts as delivered."""
    status = answer.status
    if status is None:
        return Judgement(answer.failure or "no_answer", None)
    if 200 <= status < 300:
        receipt = _receipt(answer.body)
        return Judgement("ok" if receipt else "receipt_missing", status, receipt_id=receipt)
    if status == 410:
        return Judgement("gone", status, stop=True)
    if 300 <= status < 400:
        return Judgement("redirect_refused", status)
    wait = retry_after(answer.retry_after, now) if status in {429, 503} else None
    return Judgement("busy" if status == 429 else "http_error", status, wait=wait)


def retry_after(header: str, now: datetime) -> float | None:
    """Seconds the receiver asks to wait (RFC 9110 §10.2.3), at most a day."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    if at.tzinfo is None:
        return None
    return min(max((at - now).total_seconds(), 0.0), LONGEST_WAIT)


def next_wait(
    schedule: Sequence[float], attempt: int, *, asked: float | None, spread: float
) -> float | None:
    """Seconds until the next try after try number `attempt` (from 1), None after the last.

    `spread` in [0, 1) moves it by up to 10 %, so that what failed together does not come back
    together; never sooner than the receiver asked.
    """
    if attempt > len(schedule):
        return None
    planned = schedule[attempt - 1] * (1 + _JITTER * spread)
    return max(planned, asked or 0.0)


def _receipt(body: bytes) -> str:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    receipt = data.get("receipt_id") if isinstance(data, dict) else None
    if not isinstance(receipt, str) or not 0 < len(receipt) <= 200 or not receipt.isprintable():
        return ""
    return receipt


def _innermost(address: Address) -> Address:
    """The IPv4 address that an IPv6 form really leads to (mapped, 6to4, Teredo, NAT64)."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")
_INTRANETS = tuple(
    ipaddress.ip_network(net)
    for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)


def _is_intranet(address: Address) -> bool:
    return any(address in net for net in _INTRANETS if net.version == address.version)
