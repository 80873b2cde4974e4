"""Response headers: what the browser may load, and what our pages may use."""

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.http import HttpRequest, HttpResponse

PERMISSIONS = "camera=(self), microphone=(self), geolocation=(self), display-capture=()"

_VITE = ["http://localhost:5173", "ws://localhost:5173"]


# Where each provider's map pictures come from.
MAP_HOSTS = {"NONE": [], "TIANDITU": ["https://*.tianditu.gov.cn"]}


def map_hosts(provider: str, url: str) -> list[str]:
    """Origins the board's map may load pictures from; none unless the bureau has chosen one."""
    if provider in MAP_HOSTS:
        return MAP_HOSTS[provider]
    parts = urlsplit(url)
    # A policy knows a star for a whole label only: webrd0{s}.example.com → *.example.com
    host = f"*.{parts.netloc.partition('.')[2]}" if "{s}" in parts.netloc else parts.netloc
    return [f"{parts.scheme}://{host}"] if host else []


def content_security_policy(
    *, vite_dev: bool, map_hosts: Sequence[str] = ()
) -> dict[str, dict[str, list[str]]]:
    """Strict and without nonces: no inline script or style. Vite's dev server needs more."""
    dev = _VITE if vite_dev else []
    inline = ["'unsafe-inline'"] if vite_dev else []
    return {
        "DIRECTIVES": {
            "default-src": [SELF],
            "script-src": [SELF, *dev],
            "style-src": [SELF, *inline],
            "font-src": [SELF, "data:"],
            "img-src": [SELF, "data:", "blob:", *map_hosts],
            "media-src": [SELF, "blob:"],
            "worker-src": [SELF],
            "connect-src": [SELF, *dev],
            "object-src": [NONE],
            "base-uri": [NONE],
            "form-action": [SELF],
            "frame-ancestors": [NONE],
        }
    }


class PermissionsPolicy:
    """Camera, microphone and place for our own pages only, never for an embedded one."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response
