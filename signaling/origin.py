"""Only pages of this site may open a socket, and an Origin nobody can read opens none either."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias, cast
from urllib.parse import urlsplit

from channels.security.websocket import AllowedHostsOriginValidator, WebsocketDenier

from signaling.feed import Scope

Handler: TypeAlias = Callable[[], Awaitable[object]]
Application: TypeAlias = Callable[[Scope, Handler, Handler], Awaitable[object]]


def own_pages_only(application: Application) -> Application:
    """Wrap sockets; a missing, foreign or unreadable Origin is answered 403."""
    validator = cast("Application", AllowedHostsOriginValidator(application))
    denier = cast("Application", WebsocketDenier())

    async def guard(scope: Scope, receive: Handler, send: Handler) -> object:
        # Channels' validator raises on such a header instead of refusing it.
        chosen = validator if all(map(_readable, _origins(scope))) else denier
        return await chosen(scope, receive, send)

    return guard


def _origins(scope: Scope) -> list[str]:
    headers = cast("list[tuple[bytes, bytes]]", scope["headers"])
    return [value.decode("latin1") for name, value in headers if name == b"origin"]


def _readable(origin: str) -> bool:
    try:
        parts = urlsplit(origin)
        return bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False
