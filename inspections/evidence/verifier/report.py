"""What is found: failures, gaps and notes, and the grade they leave."""

import hashlib
from typing import Any

from inspections.evidence.verifier.words import SAYS


class Refused(Exception):
    """The package (or the call) is not even fit to be looked at: exit status 2."""


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Report:
    """`fail`: something is not as it was. `gap`: a grade cannot be given. `note`: good to know."""

    def __init__(self) -> None:
        self.findings: list[dict[str, str]] = []
        self.not_proved: list[str] = ["place", "root", "revoked", "pdf", "tool"]
        self.facts: dict[str, Any] = {}
        self._ceiling = 4

    def _add(self, level: str, code: str, item: str, detail: str) -> None:
        text = SAYS[code].format(item=spoken(item), detail=spoken(detail))
        found = {"level": level, "code": code, "item": item, "text": text}
        if found not in self.findings:
            self.findings.append(found)

    def fail(self, code: str, item: str = "", detail: str = "") -> None:
        self._ceiling = 0
        self._add("fail", code, item, detail)

    def gap(self, grade: int, code: str, item: str = "", detail: str = "") -> None:
        """`grade` is the first one that cannot be given."""
        self._ceiling = min(self._ceiling, grade - 1)
        self._add("gap", code, item, detail)

    def note(self, code: str, item: str = "", detail: str = "") -> None:
        self._add("note", code, item, detail)

    def unproved(self, code: str) -> None:
        if code not in self.not_proved:
            self.not_proved.append(code)

    @property
    def grade(self) -> int:
        return self._ceiling


def place(number: int) -> str:
    return f"data/events.jsonl#{number}"


def spoken(item: str) -> str:
    path, _, number = item.partition("#")
    return f"{path} 第 {number} 条" if number else item
