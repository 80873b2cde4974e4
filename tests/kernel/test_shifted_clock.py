"""The demonstration's clock: shows another time, runs on, and only in a demonstration."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fieldsvc.kernel.clock import ShiftedClock
from tests.support.processes import ROOT

MONDAY = datetime(2026, 11, 16, 0, 30, tzinfo=UTC)


def test_it_shows_the_instant_it_was_set_to_and_runs_on(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    ShiftedClock.set(file, MONDAY)
    clock = ShiftedClock(file)
    first, second = clock.now(), clock.now()
    assert MONDAY <= first <= second < MONDAY + timedelta(seconds=5)
    ShiftedClock.set(file, MONDAY + timedelta(days=4))
    assert clock.now() >= MONDAY + timedelta(days=4)


def test_production_refuses_to_start_with_it(tmp_path: Path) -> None:
    environment = {**os.environ, "DEMO_CLOCK": str(tmp_path / "clock"), "VAR_DIR": str(tmp_path)}
    environment.pop("DEMO", None)
    run = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode != 0
    assert "DEMO_CLOCK is refused outside the demo" in run.stderr


def test_the_product_dates_by_it(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    ShiftedClock.set(file, MONDAY)
    show = "from fieldsvc.kernel import clock; print(clock.now().date())"
    run = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", show],
        cwd=ROOT,
        env={**os.environ, "DEMO": "true", "DEMO_CLOCK": str(file), "VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "2026-11-16"
