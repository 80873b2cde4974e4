"""The figures last taken as rows of the table in docs/performance.md.

`python -m tests.bench.table [FILE ...]` reads var/bench/*.json and var/faults/faults.json, and
prints markdown; what was only left out of that run is not printed.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.support.processes import ROOT

LEFT_OUT = "left out by --only"
HEAD = "| 行 | 数值 | 目标 | 基线 | 达到 | 说明 | 负载 | 日期 |\n|" + " --- |" * 8


def lines(file: Path) -> list[str]:
    """One table row per figure of a run."""
    taken = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    found = json.loads(file.read_text("utf-8"))
    return [_line(row, taken) for row in found if row["note"] != LEFT_OUT]


def _line(row: dict[str, object], taken: datetime) -> str:
    value = "取不到" if row["value"] is None else f"{row['value']:g} {row['unit']}"
    met = {True: "是", False: "**否**", None: "—"}[row["met"]]  # type: ignore[index]
    base = "" if row["baseline"] is None else f"{row['baseline']:g}"
    load = str(row["machine"]).rpartition("load ")[2]
    cells = (row["id"], value, row["target"], base, met, str(row["note"])[:160], load)
    return "| " + " | ".join(map(str, cells)) + f" | {taken:%m-%d %H:%M} |"


def main() -> int:
    given = [Path(word) for word in sys.argv[1:]]
    files = given or [
        *sorted((ROOT / "var" / "bench").glob("*.json")),
        ROOT / "var" / "faults" / "faults.json",
    ]
    sys.stdout.write(HEAD + "\n")
    for file in files:
        if file.is_file():
            sys.stdout.write("\n".join(lines(file)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
