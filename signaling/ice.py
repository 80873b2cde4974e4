"""ICE servers for browsers; TURN with a credential that coturn checks by itself."""

import base64
import hashlib
import hmac
from datetime import timedelta
from uuid import UUID

from django.conf import settings

from fieldsvc.kernel import clock
from signaling.protocol.server import IceServer

LIFETIME = timedelta(minutes=10)


def servers(member_id: UUID) -> list[IceServer]:
    """The servers of the settings; a credential names the member and ends after 10 minutes."""
    return [_server(url, member_id) for url in settings.RTC_ICE_SERVERS]


def _server(url: str, member_id: UUID) -> IceServer:
    if not url.startswith(("turn:", "turns:")):
        return IceServer(urls=[url], username=None, credential=None)
    username = f"{int((clock.now() + LIFETIME).timestamp())}:{member_id.hex}"
    # HMAC-SHA1 is what the TURN REST scheme fixes (draft-uberti-behave-turn-rest-00).
    digest = hmac.new(settings.RTC_TURN_SECRET.encode(), username.encode(), hashlib.sha1).digest()
    return IceServer(
        urls=[url], username=username, credential=base64.b64encode(digest).decode("ascii")
    )
