"""The ASGI application: pages and API by Django, sockets by Channels behind an origin check."""

import os
from importlib import import_module
from typing import cast

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fieldsvc.settings")
# Django first: consumers and models may be imported only once the apps are ready.
_django = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.sessions import SessionMiddlewareStack  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user  # noqa: E402
from django.contrib.sessions.backends.base import SessionBase  # noqa: E402
from django.http import HttpRequest  # noqa: E402
from django.urls import path  # noqa: E402

from inspections.people.models import Staff  # noqa: E402
from inspections.people.selectors import actor_of_staff, may_stay  # noqa: E402
from signaling.consumers import RoomConsumer  # noqa: E402
from signaling.database import in_thread  # noqa: E402
from signaling.feed import FeedConsumer, Scope  # noqa: E402
from signaling.origin import own_pages_only  # noqa: E402


def bureau_of(session_key: str | None) -> str | None:
    """The bureau whose news a session may hear: session, password and person looked up anew."""
    if not session_key:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(request)
    return actor_of_staff(user).scope if isinstance(user, Staff) and user.is_active else None


async def identify(scope: Scope) -> str | None:
    session = cast("SessionBase", scope["session"])
    return await in_thread(bureau_of, session.session_key)


application = ProtocolTypeRouter(
    {
        "http": _django,
        "websocket": own_pages_only(
            SessionMiddlewareStack(
                URLRouter(
                    [
                        path("ws/room", RoomConsumer.as_asgi(vouch=may_stay)),
                        path("ws/feed", FeedConsumer.as_asgi(identify=identify)),
                    ]
                )
            )
        ),
    }
)
