"""A rule that finds nothing may be blind: here each one is shown something to find."""

import ast
import subprocess
import sys

from tests.contracts.house import ROOT
from tests.contracts.test_house import (
    _catches_everything,
    _is_part,
    _numbers,
    _waits_for_a_promise,
)


def test_a_synonym_is_found_as_a_word_of_a_name_and_not_inside_one():
    assert _is_part("examiner", "second_examiner")
    assert _is_part("examiner", "ExaminerDesk")
    assert _is_part("snapshot", "snapshots")
    assert not _is_part("ruling", "scheduling_ruler")


def test_versions_compare_by_number():
    assert _numbers("4.10.1") > _numbers("4.2.2")
    assert _numbers("18.1.0") >= _numbers("17")


def test_a_bare_except_counts_as_catching_everything():
    tree = ast.parse("try:\n    x\nexcept:\n    pass\nexcept ValueError:\n    pass\n")
    handlers = [node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)]
    assert [_catches_everything(node) for node in handlers] == [True, False]


def test_a_wait_with_a_promise_is_told_from_one_without():
    tree = ast.parse("p.wait_for_function(f'async () => {x}')\np.wait_for_function('() => 1')")
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert [_waits_for_a_promise(call) for call in calls] == [True, False]


def test_every_contract_on_imports_breaks_when_shown_what_it_forbids():
    run = subprocess.run(
        [sys.executable, "-m", "tests.contracts.imports"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
