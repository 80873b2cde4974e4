"""The rules of the house that a linter cannot hold, held by a test."""

import ast
import re
from importlib.metadata import version

import pytest

from fieldsvc.kernel import errors
from tests.contracts.glossary import ALLOWED, SYNONYMS
from tests.contracts.house import ROOT, Source, sources

FILE_LINES = 400
FUNCTION_LINES = 40

# Lowest versions, each with its reason. An audit tool that cannot reach its database reports
# nothing, so the table is ours.
FLOORS = {
    "daphne": ("4.2.2", "4.2.1 has CVE-2026-44545 (unlimited message) and CVE-2026-44546"),
    "av": ("17", "older releases leak memory with every frame"),
    "django": ("5.2", "long-term support until 2028"),
    "channels-redis": ("4.3", "the pub/sub layer's reconnects"),
    "celery": ("5.6", "older releases hang after a restart of Redis"),
}

# docs/adr/0010: a module joins the kernel by a decision record only.
KERNEL = {
    *("env", "clock", "ids", "hashing", "masking", "errors", "logs", "blobs", "idempotency"),
    *("journal", "chain", "append_only", "workflow", "outbox", "beat", "labels", "answers"),
    *("pictures", "personal", "glyphs"),
}
# What Django and Celery look for by name; the modules above own what is in them.
KERNEL_FRAME = {"__init__", "apps", "models", "tasks", "management", "migrations"}


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)
def test_a_file_and_its_functions_are_short(source: Source):
    assert len(source.lines) <= FILE_LINES, f"{source.name}: split it into a package"
    long = [
        f"{source.name}:{node.lineno} {node.name}: {_length(node)} lines"
        for node in source.functions()
        if _length(node) > FUNCTION_LINES
    ]
    assert long == []


def test_one_word_per_concept():
    found = [
        f"{source.name}:{line} {name}: say {SYNONYMS[word]}, not {word}"
        for source in sources()
        if source.name.startswith(("inspections/", "signaling/"))
        for line, name in _names(source)
        for word in SYNONYMS
        if _is_part(word, name) and (source.name, word) not in ALLOWED
    ]
    assert found == []


def test_the_glossary_says_what_is_refused():
    lines = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    rows = [line.split("|")[1:-1] for line in lines if line.startswith("|")]
    refused = [word for row in rows for word in re.findall(r"`(\w+)`", row[2])]
    assert sorted(refused) == sorted(SYNONYMS)


def test_the_kernel_knows_no_word_of_the_domain():
    words = ("inspection", "applicant", "inspector", "bureau", "dossier", "appointment", "finding")
    found = [
        f"{source.name}:{line} {name}"
        for source in sources()
        if source.name.startswith("fieldsvc/kernel/")
        for line, name in _names(source)
        if any(_is_part(word, name) for word in words)
    ]
    assert found == []


def test_the_kernel_is_the_closed_list():
    here = {
        path.stem
        for path in (ROOT / "fieldsvc" / "kernel").iterdir()
        if path.suffix == ".py" or (path.is_dir() and path.name != "__pycache__")
    }
    assert here == KERNEL | KERNEL_FRAME


def test_tests_wait_for_facts_and_never_sleep():
    # Fakes beside the tests may pace themselves: a camera has thirty frames a second.
    found = [
        f"{source.name}:{node.lineno}"
        for source in sources()
        if source.path.name.startswith("test_")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"time.sleep", "asyncio.sleep"}
        # A sleep of zero is a turn of the event loop, not a wait.
        and not (node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0)
    ]
    assert found == []


def test_a_page_is_not_waited_for_with_a_promise():
    # Playwright takes the promise itself for the answer: such a wait is over at once.
    found = [
        f"{source.name}:{node.lineno}"
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and _waits_for_a_promise(node)
    ]
    assert found == []


def test_tests_do_not_patch_our_own_code():
    patch = re.compile(
        r"(mock\.patch|patch|monkeypatch\.setattr)\(\s*[\"'](fieldsvc|signaling|inspections)\."
    )
    found = [
        f"{source.name}:{number}"
        for source in sources()
        if source.is_test
        for number, line in enumerate(source.lines, 1)
        if patch.search(line)
    ]
    assert found == []


def test_no_test_is_skipped():
    skips = {"pytest.skip", "pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail"}
    skips |= {"pytest.importorskip", "unittest.skip"}
    found = [
        f"{source.name}:{node.lineno}"
        for source in sources()
        if source.is_test
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in skips
    ]
    assert found == []


def test_work_is_queued_by_the_outbox_and_by_task_modules_only():
    asking = {"delay", "apply_async", "send_task"}
    found = [
        f"{source.name}:{node.lineno}"
        for source in sources()
        if not source.is_test
        and source.name != "fieldsvc/kernel/outbox.py"
        and source.path.name not in {"tasks.py", "subscribers.py"}
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in asking
    ]
    assert found == []


def test_no_error_is_swallowed():
    found = [
        f"{source.name}:{node.lineno}"
        for source in sources()
        if not source.is_test
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ExceptHandler)
        and _catches_everything(node)
        and all(isinstance(step, ast.Pass | ast.Continue) for step in node.body)
    ]
    assert found == []


def test_log_messages_are_static():
    levels = {"debug", "info", "warning", "error", "critical", "exception"}
    found = [
        f"{source.name}:{node.lineno}"
        for source in sources()
        if not source.is_test
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in levels
        and ast.unparse(node.func.value) in {"logger", "log", "logging"}
        and not (node.args and isinstance(node.args[0], ast.Constant) and len(node.args) == 1)
    ]
    assert found == []


@pytest.mark.parametrize("package", FLOORS)
def test_installed_versions_are_above_their_floor(package: str):
    floor, reason = FLOORS[package]
    assert _numbers(version(package)) >= _numbers(floor), reason


def test_problem_codes_are_unique_and_speak_chinese():
    for code, kind in errors.registry().items():
        assert re.fullmatch(r"[a-z][a-z0-9_]*", code), kind
        assert re.search(r"[\u4e00-\u9fff]", kind.title), kind
        assert re.search(r"[\u4e00-\u9fff]", kind.action), kind


def _waits_for_a_promise(call: ast.Call) -> bool:
    wait = isinstance(call.func, ast.Attribute) and call.func.attr == "wait_for_function"
    return wait and any("async" in ast.unparse(argument) for argument in call.args)


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _names(source: Source) -> list[tuple[int, str]]:
    """Every name the file itself gives: classes, functions, arguments, variables, attributes."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found.append((node.lineno, node.name))
        elif isinstance(node, ast.arg):
            found.append((node.lineno, node.arg))
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.append((node.lineno, node.id))
    return found


def _is_part(word: str, name: str) -> bool:
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return re.search(rf"(^|_){word}s?(_|$)", snake) is not None


def _catches_everything(node: ast.ExceptHandler) -> bool:
    return node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"}


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])
