"""Where the slices' pages and the API are mounted."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, path, re_path

from fieldsvc import demo, health, pages
from fieldsvc.api import api, not_found

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", api.urls),
    re_path(r"^api(?:/|$)", not_found),
    path("healthz", health.healthz),
    path("metrics", health.metrics),
    *pages.urlpatterns,
]
if settings.DEMO:
    urlpatterns.append(path("demo/approval-system", demo.approval_system))
