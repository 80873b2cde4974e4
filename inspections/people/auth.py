"""Doors for routers: each names who may pass, checks the CSRF token and remembers the actor."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja.utils import check_csrf

from fieldsvc.kernel.errors import NotAllowed, SignInNeeded
from fieldsvc.kernel.journal import Actor
from inspections.people import selectors
from inspections.people.errors import CsrfFailed
from inspections.people.selectors import Kind

# Whoever rents one IPv6 line owns at least so many bits of addresses behind it.
_LINE = 64


def staff_auth(request: HttpRequest) -> Actor:
    """A member of staff who is signed in; refuses with `sign_in_needed`, `csrf_failed`."""
    return _pass(request, "staff")


def applicant_auth(request: HttpRequest) -> Actor:
    """An applicant whose browser opened a link; refuses with `sign_in_needed`, `csrf_failed`."""
    return _pass(request, "applicant")


def client_auth(request: HttpRequest) -> Actor:
    """An approval system with its API key (Authorization: Bearer …); no cookie, so no CSRF."""
    return _pass(request, "client")


def signed_in(request: HttpRequest) -> Actor:
    """Staff, applicant or client."""
    actor = selectors.actor_of(request)
    if actor.kind == "anonymous":
        raise SignInNeeded
    if actor.kind != "client":
        _check_csrf(request)
    return actor


def staff_or_client(request: HttpRequest) -> Actor:
    """Staff or an approval system, never an applicant."""
    for kind in ("client", "staff"):
        actor = selectors.find_actor(request, kind)
        if actor is not None:
            if kind == "staff":
                _check_csrf(request)
            return selectors.remember_actor(request, actor)
    if selectors.actor_of(request).kind == "anonymous":
        raise SignInNeeded
    raise NotAllowed


def anyone(request: HttpRequest) -> Actor:
    """No proof asked, only that the page is ours: sign-in and links are forms, too."""
    _check_csrf(request)
    return selectors.ANONYMOUS


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


def _pass(request: HttpRequest, kind: Kind) -> Actor:
    actor = selectors.find_actor(request, kind)
    if actor is None:
        # Somebody else's proof is a 403, none at all is a 401.
        if selectors.actor_of(request).kind == "anonymous":
            raise SignInNeeded
        raise NotAllowed
    if kind != "client":
        _check_csrf(request)
    return selectors.remember_actor(request, actor)


def _check_csrf(request: HttpRequest) -> None:
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    if isinstance(check_csrf(request), HttpResponse):
        raise CsrfFailed


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
