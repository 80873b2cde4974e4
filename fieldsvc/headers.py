"""Response headers that no Django middleware sets."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

PERMISSIONS = "camera=(self), microphone=(self), geolocation=(self), display-capture=()"


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
