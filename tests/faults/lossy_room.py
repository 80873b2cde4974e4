"""A room whose hints are half lost, under a burst of changes; prints one JSON line.

Apart from tests.faults.burst because its WebSocket clients run on another framework than ours.
"""

import asyncio
import importlib
import json
import os
import sys
import tempfile
import time

import django


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fieldsvc.settings")
        os.environ["VAR_DIR"] = folder
        django.setup()
        # What speaks WebSocket here chooses a reactor when imported, which no running loop bears.
        importlib.import_module("tests.support.room_client")
        sys.stdout.write(json.dumps(asyncio.run(_burst())) + "\n")
    return 0


async def _burst() -> dict[str, float]:
    from channels.layers import channel_layers, get_channel_layer
    from django.conf import settings
    from django.core.management import call_command

    from signaling.database import in_thread
    from signaling.models import Room
    from tests.signaling.conftest import open_scene
    from tests.signaling.test_loss import CHANGES, burst
    from tests.support.lossy import LossyLayer

    await in_thread(lambda: call_command("migrate", verbosity=0))
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "tests.support.lossy.LossyLayer"}}
    channel_layers.backends.clear()
    scene = await in_thread(open_scene)
    clients = [await scene.enter(who) for who in (scene.wang, scene.chen, scene.li)]
    version = await in_thread(burst, scene)
    began, arrived = time.monotonic(), 0
    for client in clients:
        try:
            await client.state_where(lambda s: s["version"] >= version, seconds=40)
        except TimeoutError:
            continue
        arrived += client.state["version"] == await in_thread(lambda: Room.objects.get().version)
    seconds = time.monotonic() - began
    layer = get_channel_layer()
    assert isinstance(layer, LossyLayer)
    for client in clients:
        await client.leave()
    lost = layer.lost / max(1, layer.sent)
    return {
        "arrived": arrived,
        "clients": len(clients),
        "seconds": seconds,
        "lost": lost,
        "changes": CHANGES,
    }


if __name__ == "__main__":
    sys.exit(main())
