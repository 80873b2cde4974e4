"""A media node without media in a process of its own, to be killed; run by test_two_nodes.py.

Arguments: database file, Redis address, folder.
"""

import asyncio
import os
import sys
from pathlib import Path

import django
from django.conf import settings

from tests.support import redis


async def serve(folder: Path) -> None:
    from signaling.mediaworker import MediaNode
    from tests.support.fake_engine import FakeEngine

    node = MediaNode(lambda events: FakeEngine(events, folder), storage=folder)
    await node.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fieldsvc.settings")
    settings.DATABASES["default"]["NAME"] = sys.argv[1]
    settings.CHANNEL_LAYERS = redis.layer(sys.argv[2])
    django.setup()
    asyncio.run(serve(Path(sys.argv[3])))
