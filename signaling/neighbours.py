"""Whether the other media nodes still listen: one that was killed is known within seconds.

The lease alone would have to be short, and a short lease takes a busy node for dead. So two signs
are asked for: no renewal for two beats, and nobody on the node's channel. Redis drops a channel
with the process that listened on it; a node whose database is slow still listens, and a Redis that
has just come back shows our own channel unheard, too, which proves nothing.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from channels_redis.pubsub import RedisPubSubChannelLayer
from django.conf import settings
from redis.asyncio import Redis
from redis.exceptions import RedisError

from signaling import media_calls, placing
from signaling.database import in_thread

LOOK_SECONDS: Final = 1.0
SILENT_FOR: Final = timedelta(seconds=4)


async def bury(own_channel: str) -> list[UUID]:
    """Withdraw the nodes that are gone, so that their rooms move; returns the rooms they held."""
    silent = await in_thread(placing.silent, SILENT_FOR)
    if not silent or not isinstance(media_calls.layer(), RedisPubSubChannelLayer):
        return []
    heard = await _listeners([own_channel, *silent.values()])
    if not heard.get(own_channel):
        return []
    lost: list[UUID] = []
    for node, channel in silent.items():
        if not heard.get(channel):
            lost += await in_thread(placing.withdraw, node)
    return lost


async def _listeners(channels: list[str]) -> dict[str, int]:
    """How many listen on each channel; nothing is known while Redis is away."""
    (host,) = settings.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"]
    client = Redis.from_url(host["address"], socket_timeout=2, decode_responses=True)
    try:
        found = await client.pubsub_numsub(*channels)
    except (RedisError, OSError):
        return {}
    finally:
        await client.aclose()
    return {str(name): int(count) for name, count in found}
