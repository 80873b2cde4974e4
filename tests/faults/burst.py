"""Two thousand changes at once while half of what is said between processes is lost (R11).

The room is in a process of its own, tests.faults.lossy_room, which has its own database.
"""

import json
import subprocess
import sys

from tests.faults.plan import Wish
from tests.support.processes import ROOT
from tests.support.rows import Row, at_most, exactly

WITHIN = 5.0


def nothing_lost(_: Wish) -> list[Row]:
    """R11: everybody is at the final version, and soon."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.lossy_room"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    found = json.loads(done.stdout.splitlines()[-1])
    note = f"{found['changes']} changes in one commit, {found['lost']:.0%} of the hints lost"
    return [
        exactly("R11.at_final_version", found["arrived"], "clients", found["clients"], note=note),
        at_most("R11.final_version_after_max", found["seconds"], "s", WITHIN),
    ]
