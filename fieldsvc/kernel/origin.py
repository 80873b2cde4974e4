"""Where a request comes from: what every throttle counts by, and nothing else uses."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

# Whoever rents one IPv6 line owns at least so many bits of addresses behind it.
_LINE = 64


def client_address(request: HttpRequest) -> str:
    """The caller's network address, as the outermost of our own proxies saw it.

    `TRUSTED_PROXIES` says how many proxies stand before this process; each appends the address it
    was called from to `X-Forwarded-For`, so the entry that many places from the right is the
    first that no caller can choose (RFC 7239 §8.1 says why the rest is hearsay). With 0, or when
    the request passed fewer proxies or the entry is no address: the peer of the connection.
    An IPv6 address is given as its /64: one line, not one of its numberless addresses.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    proxies: int = settings.TRUSTED_PROXIES
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    told = hops[-proxies] if 0 < proxies <= len(hops) else ""
    return _line(told) or _line(peer) or peer


def _line(text: str) -> str:
    """The address in its one spelling, "" for what is none."""
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((int(address), _LINE), strict=False))
