"""Doors for routers: each names who may pass, checks the CSRF token and remembers the actor."""

from django.http import HttpRequest, HttpResponse
from ninja.utils import check_csrf

from fieldsvc.kernel.errors import NotAllowed, SignInNeeded
from fieldsvc.kernel.journal import Actor
from inspections.people import selectors
from inspections.people.errors import CsrfFailed
from inspections.people.selectors import Kind


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
