"""A media node with a real engine that records until it is killed; run by test_crash.py.

Arguments: database file, recording folder, room id, member id. Prints nothing; the rows speak.
"""

import asyncio
import os
import sys
from pathlib import Path

import django
from django.conf import settings


async def record(folder: Path, room: str, member: str) -> None:
    from fieldsvc.kernel import clock
    from signaling.media.config import EngineConfig
    from signaling.media.engine import MediaEngine
    from signaling.mediaworker import MediaNode
    from tests.signaling.media.peers import NumberedCamera, Voice, negotiate, new_pc

    config = EngineConfig(
        storage=folder,
        segment_seconds=2.0,
        host_addresses=("127.0.0.1",),
        free_space_floor_bytes=1 << 20,
    )
    node = MediaNode(lambda events: MediaEngine(config, events, now=clock.now), storage=folder)
    await node.start()
    await node.engine.open_room(room)
    phone = new_pc()
    for track in (Voice(), NumberedCamera()):
        phone.addTransceiver(track, direction="sendonly")
    peer = os.environ["PEER"]
    await negotiate(phone, lambda sdp: node.engine.publish(room, member, peer, sdp))
    await asyncio.Event().wait()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fieldsvc.settings")
    settings.DATABASES["default"]["NAME"] = sys.argv[1]
    django.setup()
    asyncio.run(record(Path(sys.argv[2]), sys.argv[3], sys.argv[4]))
