"""One call from the link to the receipt, with every fault of its processes on its way.

R1, R2 (the media node killed), R13 (no room to record), R20 (the receiver and the worker), R23.
"""

import asyncio
import json
import random
import sys
from dataclasses import replace

from tests.faults import effects, media
from tests.faults.hall import Site
from tests.faults.plan import SEED, Wish, part, share
from tests.support.product import Cluster
from tests.support.rows import Row, at_most, exactly

CASE = "KY-2026-000900"
NUMBER = (
    "from inspections.inspection.models import Inspection; import json;"
    "print(json.dumps(Inspection.objects.get(case__number='{case}').number))"
)


async def endured(site: Site, wish: Wish) -> list[Row]:
    """The same call all the way; a promise that was not asked for is not broken on it."""
    rows: list[Row] = []
    call = await media.arrange(site.product, CASE)
    try:
        if wish.wants("R13"):
            rows += await part("R13.start_refused", _disk_full(call))
        await call.flow()
        if wish.wants("R1", "R2"):
            rows += await part("R1", _killed(call, wish.kills))
        if wish.wants("R2"):
            rows += await part("R2.moved_to_other_node", _moved(call, wish.kills))
        if wish.wants("R20", "R23"):
            rows += await part("R20", _delivered(call))
            rows += await part("R23", _verified(site.product, call.case))
    finally:
        await call.close()
    return rows


async def _disk_full(call: media.Call) -> list[Row]:
    """A node below its floor of free space refuses to begin, and says why."""
    call.product.kill("media")
    try:
        await asyncio.to_thread(call.product.revive, "media", {"RECORDING_FLOOR_MB": "1000000000"})
        refused = (await call.offer()).get("code", "")
    finally:
        # Whatever came of it: what is measured after this needs a node with room.
        call.product.kill("media")
        await asyncio.to_thread(call.product.revive, "media")
    note = f"code {refused}"
    return [exactly("R13.start_refused", float(refused == "disk_full"), "yes", 1, note=note)]


async def _killed(call: media.Call, kills: int) -> list[Row]:
    """R1, R2: `kill -9` of the only media node at seeded moments, and its start again."""
    chance = random.Random(SEED)
    found = [await media.kill_once(call, chance) for _ in range(kills)]
    for one in found:
        sys.stdout.write(f"  {one}\n")
    tails, backs = [k.tail_lost for k in found], [k.back_after for k in found]
    unnamed, changed = await media.unnamed(call, found), sum(k.closed_changed for k in found)
    note = f"{len(found)} kills of 20 promised" if kills < 20 else f"{len(found)} kills"
    return [
        replace(at_most("R1.tail_lost_max", max(tails), "s", 2.0, note=note), baseline=6.0),
        at_most("R1.tail_lost_p95", share(tails, 0.95), "s", 1.2, note=note),
        exactly("R1.gaps_unnamed", unnamed, "gaps", 0),
        exactly("R1.sealed_segments_changed", changed, "segments", 0),
        exactly("R1.segments_not_as_hashed", await media.rehashed(call), "segments", 0),
        at_most("R2.back_max", max(backs), "s", 15, note="one node, since it runs again"),
        at_most("R2.back_p95", share(backs, 0.95), "s", 8),
    ]


async def _moved(call: media.Call, kills: int) -> list[Row]:
    """R2 with a second node: nobody waits for the dead one to be started again."""
    await asyncio.to_thread(call.product.add_media)
    found = [await media.move_once(call) for _ in range(kills)]
    note = f"{kills} kills, two nodes, since the kill"
    return [
        at_most("R2.moved_to_other_node_max", max(found), "s", 15, note=note),
        at_most("R2.moved_to_other_node_p95", share(found, 0.95), "s", 8),
    ]


async def _delivered(call: media.Call) -> list[Row]:
    down, recorded, different = await effects.deliver_through_faults(call)
    return [
        Row(id="R20.attempts_while_receiver_down", value=down, unit="attempts"),
        exactly("R20.result_recorded", recorded, "times", 1),
        exactly("R20.result_deliveries_seen", different, "webhook ids", 1),
    ]


async def _verified(product: Cluster, case: str) -> list[Row]:
    """The sealed dossier of that call verifies, file by file and entry by entry."""
    words = ("shell", "-v0", "-c", NUMBER.format(case=case))
    number = json.loads(await asyncio.to_thread(product.manage, *words))
    verified = await asyncio.to_thread(product.manage, "verify_dossier", number, "--json")
    reports = json.loads(verified)
    problems = sum(len(one["problems"]) for one in reports)
    return [exactly("R23.dossier_problems_after_all_this", problems, "problems", 0)]


async def worker_killed(site: Site, _: Wish) -> list[Row]:
    """R21: the worker is killed among the effects of a burst of cases."""
    missing, twice = await asyncio.to_thread(effects.kill_worker_in_a_burst, site.product)
    return [
        exactly("R21.effects_missing", missing, "messages", 0, note=f"{effects.BURST} cases"),
        exactly("R21.effects_twice", twice, "messages", 0),
    ]
