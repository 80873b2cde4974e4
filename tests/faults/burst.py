"""Two thousand changes at once while half of what is said between processes is lost (R11).

`python -m tests.faults.burst` runs in a process of its own, which has its own database, and prints
one JSON line.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time

import django

from tests.faults.plan import Wish
from tests.support.processes import ROOT
from tests.support.rows import Row, at_most, exactly

CHANGES = 2000
WITHIN = 5.0


def nothing_lost(_: Wish) -> list[Row]:
    """R11: everybody is at the final version, and soon."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.burst"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    found = json.loads(done.stdout.splitlines()[-1])
    note = f"{CHANGES} changes in one commit, {found['lost']:.0%} of the hints lost"
    return [
        exactly("R11.at_final_version", found["arrived"], "clients", found["clients"], note=note),
        at_most("R11.final_version_after_max", found["seconds"], "s", WITHIN),
    ]


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fieldsvc.settings")
        os.environ["VAR_DIR"] = folder
        django.setup()
        sys.stdout.write(json.dumps(asyncio.run(_burst())) + "\n")
    return 0


async def _burst() -> dict[str, float]:
    from channels.layers import channel_layers, get_channel_layer
    from django.conf import settings
    from django.core.management import call_command

    from signaling.database import in_thread
    from signaling.models import Room
    from tests.signaling.conftest import open_scene
    from tests.signaling.test_loss import burst
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
    return {"arrived": arrived, "clients": len(clients), "seconds": seconds, "lost": lost}


if __name__ == "__main__":
    sys.exit(main())
