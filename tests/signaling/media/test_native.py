"""The compiled packet path: the same to the byte, and never of another source than this one."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from signaling.media import native
from signaling.media.build_native import MODULES
from tests.support.processes import ROOT

ASKED = "from signaling.media import native; print(native.in_use())"


def run(*command: str, compiled: bool, root: Path = ROOT) -> str:
    variables = {**os.environ, "RTC_COMPILED": str(compiled).lower(), "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=root,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def told(folder: Path, *, compiled: bool) -> dict[str, Any]:
    folder.mkdir()
    line = run("-m", "tests.signaling.media.both_ways", str(folder), compiled=compiled)
    answer: dict[str, Any] = json.loads(line)
    return answer


def test_a_hard_call_goes_the_same_way_compiled_and_interpreted(tmp_path: Path) -> None:
    quick, plain = told(tmp_path / "c", compiled=True), told(tmp_path / "i", compiled=False)
    assert (quick.pop("compiled"), plain.pop("compiled")) == (True, False)
    assert quick == plain
    assert len(quick["files"]) > 5, "segments, journals and a manifest were compared"
    assert min(count for count, _ in quick["lines"]) > 200, "and what was sent both ways"
    received, recorded, in_gaps = quick["books"]
    assert 0 < recorded < received == recorded + in_gaps, "and the losses were real ones"
    assert quick["viewer"][0] != "FULL", "and the viewer was cut down"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the engine with what was compiled of it."""
    package = tmp_path / "signaling"
    shutil.copytree(ROOT / "signaling" / "media", package / "media")
    (package / "__init__.py").touch()
    return tmp_path


def test_what_was_compiled_is_used_where_it_is_and_wanted(checkout: Path) -> None:
    assert run("-c", ASKED, compiled=True, root=checkout).strip() == "True"
    assert run("-c", ASKED, compiled=False, root=checkout).strip() == "False"


@pytest.mark.parametrize("name", ["rtp.py", "events.py"])
def test_what_was_compiled_of_another_source_is_not_used(checkout: Path, name: str) -> None:
    changed = checkout / "signaling" / "media" / name
    text = changed.read_text("utf-8")
    changed.unlink()
    changed.write_text(text + "\n# a change\n", "utf-8")
    assert run("-c", ASKED, compiled=True, root=checkout).strip() == "False"


def test_a_node_says_which_of_the_two_it_runs(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger=native.__name__):
        assert native.told() == native.in_use()
    assert ("compiled" if native.in_use() else "interpreted") in caplog.text


@pytest.mark.parametrize("name", MODULES)
def test_what_is_compiled_exists_and_is_no_program(name: str) -> None:
    text = (native.SOURCE / f"{name}.py").read_text("utf-8")
    assert "__main__" not in text, "`python -m` runs no machine code"
