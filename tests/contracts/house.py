"""What the house rules look at: our own source files, read once."""

import ast
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("fieldsvc", "signaling", "inspections", "tests")
# Written by a tool and never edited by hand.
GENERATED = ("migrations",)


@dataclass(frozen=True)
class Source:
    """One Python file of ours."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def is_test(self) -> bool:
        return self.name.startswith("tests/")

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=self.name)

    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        return [
            node
            for node in ast.walk(self.tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]


@lru_cache(maxsize=1)
def sources() -> list[Source]:
    return [
        Source(path)
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if not any(part in GENERATED for part in path.parts)
    ]
