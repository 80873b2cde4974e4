"""Whether this process can do its work, for supervisors, load balancers and monitoring."""

import hmac
from ipaddress import ip_address

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest

from inspections.evidence.selectors import unrenewed

ENDING = Gauge(
    "fieldsvc_timestamps_ending",
    "Timestamps whose certificates end soon with nothing newer over them.",
)


def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database answers; a failure is an error of the process, not hidden."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return JsonResponse({"status": "ok"})


def metrics(request: HttpRequest) -> HttpResponse:
    """This process's figures for Prometheus; 404 to whoever may not have them.

    With METRICS_TOKEN: whoever brings it as `Authorization: Bearer`. Without: this machine only,
    and nothing that came through a proxy, which would make everybody look like this machine.
    """
    if not _may_measure(request):
        return HttpResponse(status=404)
    ENDING.set(unrenewed())
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _may_measure(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        wanted = f"Bearer {settings.METRICS_TOKEN}".encode()
        return hmac.compare_digest(request.headers.get("Authorization", "").encode(), wanted)
    proxied = {"X-Forwarded-For", "Forwarded", "X-Real-Ip"} & set(request.headers)
    return not proxied and _is_loopback(request.META.get("REMOTE_ADDR", ""))


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
