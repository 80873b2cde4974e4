"""Sessions end after idle time, not after sign-in time."""

from collections.abc import Callable
from datetime import timedelta

from django.http import HttpRequest, HttpResponse

from fieldsvc.kernel import clock

EVERY = timedelta(minutes=5)
_KEY = "renewed_at"


class SessionRenewal:
    """Renew a used session, at most once in five minutes: reading a page must not cost a write."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        session = request.session
        if not session.is_empty():
            now = clock.now().timestamp()
            if now - session.get(_KEY, 0.0) >= EVERY.total_seconds():
                session[_KEY] = now
        return response
