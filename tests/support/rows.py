"""Measured figures: one row each, printed as a table and written as JSON."""

import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Row:
    """`met` is None for a figure that is only for the record; a figure not taken is not met."""

    id: str
    value: float | None
    unit: str
    target: str = ""
    met: bool | None = None
    baseline: float | None = None
    seed: int | None = None
    machine: str = ""
    note: str = ""


def at_most(name: str, value: float, unit: str, limit: float, *, note: str = "") -> Row:
    target, met = f"<= {limit:g}", value <= limit
    return Row(id=name, value=round(value, 3), unit=unit, target=target, met=met, note=note)


def at_least(name: str, value: float, unit: str, limit: float, *, note: str = "") -> Row:
    target, met = f">= {limit:g}", value >= limit
    return Row(id=name, value=round(value, 3), unit=unit, target=target, met=met, note=note)


def exactly(name: str, value: float, unit: str, wanted: float) -> Row:
    return Row(id=name, value=value, unit=unit, target=f"= {wanted:g}", met=value == wanted)


def not_taken(name: str, reason: str) -> Row:
    """The measurement itself failed: that is a figure missed, not one left out."""
    return Row(id=name, value=None, unit="", target="taken", met=False, note=reason[-500:])


def machine() -> str:
    """What the figures were taken on, without naming it."""
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores {platform.machine()}, load {load:.1f}"


def report(rows: Sequence[Row], file: Path) -> int:
    """Write `file`, print the table; exit status 1 when a row is not met."""
    file.parent.mkdir(parents=True, exist_ok=True)
    plain = [asdict(row) for row in rows]
    file.write_text(json.dumps(plain, ensure_ascii=False, indent=1) + "\n", "utf-8")
    for row in rows:
        word = {True: "met", False: "NOT MET", None: ""}[row.met]
        value = "-" if row.value is None else f"{row.value:g}"
        base = "" if row.baseline is None else f"  stock {row.baseline:g}"
        sys.stdout.write(
            f"{row.id:44} {value:>10} {row.unit:12} {row.target:10} {word:8}{base}  {row.note}\n"
        )
    return 1 if any(row.met is False for row in rows) else 0
