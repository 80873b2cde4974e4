"""The HTML shells of the browser's entries; everything on them comes from the API."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path, re_path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from fieldsvc import offline
from fieldsvc.kernel.errors import NotFound, Refusal
from inspections.delegation import rules as intake
from inspections.evidence import authority
from inspections.evidence.verifier import assemble
from inspections.people.auth import client_address
from inspections.reports.services import checking

_TOOLS: Final[Mapping[str, tuple[str, Callable[[], bytes]]]] = {
    "verify.py": ("text/x-python", assemble.verify_py),
    "verify.html": ("text/html", assemble.verify_html),
    "root.pem": ("application/x-pem-file", authority.root_pem),
}


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The first page: where an applicant, a member of staff and the bureau's IT go from here."""
    return render(request, "start.html")


@require_safe
@never_cache
@ensure_csrf_cookie
def join(request: HttpRequest) -> HttpResponse:
    """The applicant's entry; the link's token stays in the fragment, which no server log sees."""
    return render(request, "join.html", {"config": {"upload_max_bytes": settings.UPLOAD_MAX_BYTES}})


@require_safe
@never_cache
@ensure_csrf_cookie
def desk(request: HttpRequest) -> HttpResponse:
    """The staff's entry; sign-in happens on it."""
    chosen = {"provider": settings.MAP_PROVIDER, "key": settings.MAP_KEY, "url": settings.MAP_URL}
    return render(request, "desk.html", {"config": {"map": chosen}})


@require_safe
@never_cache
@ensure_csrf_cookie
def diag(request: HttpRequest) -> HttpResponse:
    """What this browser can do, for the bureau's IT: one minute, one report to copy."""
    return render(request, "diag.html")


@require_safe
@never_cache
@ensure_csrf_cookie
def field(request: HttpRequest) -> HttpResponse:
    """The delegate's entry; the same page opens without a network, from the phone's own copy."""
    return render(request, "field.html")


@require_safe
@never_cache
@ensure_csrf_cookie
def public(request: HttpRequest) -> HttpResponse:
    """A bureau's roster and web intake, for anybody; the bureau's code stands in the address."""
    config = {"callback_minutes": intake.CALLBACK_MINUTES}
    return render(request, "public.html", {"config": config})


@require_safe
@never_cache
def check(request: HttpRequest, number: str = "") -> HttpResponse:
    """What is registered of a paper, for anybody who holds one; without a number, a form."""
    wanted = request.GET.get("number", "").strip()
    if wanted:
        return HttpResponseRedirect(f"/check/{quote(wanted, safe='')}")
    facts: dict[str, object] = {"number": number, "root": authority.fingerprint()}
    if not number:
        return render(request, "check.html", facts)
    try:
        facts["found"] = checking.look_up(number, address=client_address(request))
    except Refusal as refusal:
        facts["problem"] = {"title": refusal.title, "action": refusal.action}
        return render(request, "check.html", facts, status=refusal.status)
    return render(request, "check.html", facts)


@require_safe
def check_tool(_request: HttpRequest, name: str) -> HttpResponse:
    """The verifier or the root, to keep: opened from here it could only say what we want."""
    if name not in _TOOLS:
        return HttpResponse(NotFound.title, status=HTTPStatus.NOT_FOUND, content_type="text/plain")
    media_type, make = _TOOLS[name]
    response = HttpResponse(make(), content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


urlpatterns: list[URLPattern | URLResolver] = [
    path("", start, name="start"),
    re_path(r"^j/", join, name="join"),
    re_path(r"^desk/", desk, name="desk"),
    path("field/sw.js", offline.service_worker, name="field-worker"),
    path("field/manifest.webmanifest", offline.web_manifest, name="field-manifest"),
    re_path(r"^field/", field, name="field"),
    re_path(r"^p/", public, name="public"),
    path("diag/", diag, name="diag"),
    path("check/", check, name="check"),
    path("check/tools/<str:name>", check_tool, name="check-tool"),
    path("check/<str:number>", check, name="check-number"),
]
