"""`make faults`: kills and cuts on the production topology, and what was lost.

Prints the rows and writes var/faults/faults.json; exit status 1 when a row is not met.
"""

import argparse
import asyncio
import json
import random
import shutil
import sys
from dataclasses import replace
from pathlib import Path

from tests.faults import disk, effects, media, sockets
from tests.support.processes import leave_on_signals
from tests.support.product import Cluster
from tests.support.rows import Row, at_most, exactly, machine, not_taken, report

FOLDER = Path("var/faults").resolve()
SEED = 20261122
TAIL_SECONDS = 2.0
CASE = "KY-2026-000900"
# Deliveries are tried again within seconds, so that a run does not take hours.
# The second call's slot is later than the first one's, and its room must be open, too.
QUICK = {
    "RESULT_SCHEDULE": ",".join(["2"] * 30),
    "INSPECTION_ROOM_OPENS_MINUTES": "20000",
}


async def call_rows(product: Cluster, kills: int) -> list[Row]:
    """One call from the link to the receipt, with every fault on its way."""
    rows: list[Row] = []
    call = await media.arrange(product, CASE)
    try:
        rows.append(await disk_full(call))
        await call.flow()
        rows += await killed(call, kills)
        rows += await moved(call, kills)
        rows += await delivered(call)
        rows.append(verified(product, call.case))
    except Exception as error:  # noqa: BLE001  a figure that could not be taken is a row, too
        rows.append(not_taken("faults.call", repr(error)))
    finally:
        await call.close()
    return rows


async def socket_rows(product: Cluster) -> list[Row]:
    """Bad clients, in a call of their own."""
    try:
        return await sockets.rows(product)
    except Exception as error:  # noqa: BLE001  a figure that could not be taken is a row, too
        return [not_taken("faults.sockets", repr(error))]


async def disk_full(call: media.Call) -> Row:
    """A node below its floor of free space refuses to begin, and says why."""
    call.product.kill("media")
    await asyncio.to_thread(call.product.revive, "media", {"RECORDING_FLOOR_MB": "1000000000"})
    refused = (await call.offer()).get("code", "")
    call.product.kill("media")
    await asyncio.to_thread(call.product.revive, "media")
    row = exactly("faults.disk_full_refused", float(refused == "disk_full"), "yes", 1)
    return replace(row, note=f"code {refused}")


async def killed(call: media.Call, kills: int) -> list[Row]:
    chance = random.Random(SEED)
    found = [await media.kill_once(call, chance) for _ in range(kills)]
    for one in found:
        sys.stdout.write(f"  {one}\n")
    return [
        exactly("faults.media_kills", len(found), "kills", kills),
        at_most(
            "faults.media_kill_tail_lost_max", max(k.tail_lost for k in found), "s", TAIL_SECONDS
        ),
        exactly("faults.media_kill_gaps_unnamed", await media.unnamed(call, found), "gaps", 0),
        exactly(
            "faults.closed_segments_changed", sum(k.closed_changed for k in found), "segments", 0
        ),
        exactly("faults.segments_not_as_hashed", await media.rehashed(call), "segments", 0),
        at_most(
            "faults.call_back_after_media_kill_max",
            max(k.back_after for k in found),
            "s",
            media.BACK_SECONDS,
        ),
    ]


async def moved(call: media.Call, kills: int) -> list[Row]:
    """R2 with a second node: nobody waits for the dead one to be started again."""
    await asyncio.to_thread(call.product.add_media)
    found = sorted([await media.move_once(call) for _ in range(kills)])
    return [
        at_most("faults.call_moved_to_other_node_max", found[-1], "s", 15),
        at_most("faults.call_moved_to_other_node_p95", _p95(found), "s", 8),
    ]


def _p95(ordered: list[float]) -> float:
    return ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]


async def delivered(call: media.Call) -> list[Row]:
    down, recorded, different = await effects.deliver_through_faults(call)
    return [
        Row(id="faults.attempts_while_receiver_down", value=down, unit="attempts"),
        exactly("faults.result_recorded", recorded, "times", 1),
        exactly("faults.result_deliveries_seen", different, "webhook ids", 1),
    ]


def verified(product: Cluster, case: str) -> Row:
    """The sealed dossier of that call verifies, file by file and entry by entry."""
    number = json.loads(product.manage("shell", "-v0", "-c", NUMBER.format(case=case)))
    reports = json.loads(product.manage("verify_dossier", number, "--json"))
    problems = sum(len(one["problems"]) for one in reports)
    return exactly("faults.dossier_problems", problems, "problems", 0)


NUMBER = (
    "from inspections.inspection.models import Inspection; import json;"
    "print(json.dumps(Inspection.objects.get(case__number='{case}').number))"
)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=5)
    given = options.parse_args()
    leave_on_signals()
    shutil.rmtree(FOLDER, ignore_errors=True)
    product = Cluster(FOLDER / "product", QUICK)
    try:
        product.start()
        rows = asyncio.run(call_rows(product, given.kills))
        rows += asyncio.run(socket_rows(product))
        missing, twice = effects.kill_worker_in_a_burst(product)
        rows.append(exactly("faults.worker_kill_effects_missing", missing, "messages", 0))
        rows.append(exactly("faults.worker_kill_effects_twice", twice, "messages", 0))
    finally:
        product.stop()
    rows += disk.rows()
    where = machine()
    return report(
        [replace(row, seed=SEED, machine=where) for row in rows],
        FOLDER / "faults.json",
    )


if __name__ == "__main__":
    sys.exit(main())
