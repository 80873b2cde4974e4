"""Who may do what around a home visit: the callers, relative to one delegation of one bureau.

A cell is "ok" (the caller gets through to the service; its own rules may still refuse the step) or
the status of the refusal. 404 where the caller must not even learn that the thing exists.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final


class Who(StrEnum):
    ANONYMOUS = "nobody signed in"
    APPLICANT = "the applicant of the delegation"
    OTHER_APPLICANT = "the applicant of another delegation of the bureau"
    DELEGATE = "the delegate who accepted the visit"
    OTHER_DELEGATE = "another delegate of the bureau"
    DISPATCHER = "a dispatcher of the bureau"
    HEAD = "a head of the bureau"
    ADMINISTRATOR = "an administrator of the bureau"
    AUDITOR = "an auditor of the bureau"
    INSPECTOR = "an inspector of the bureau"
    STRANGER = "a dispatcher of another bureau"
    CLIENT = "an approval system of the bureau"


DELEGATES: Final = frozenset({Who.DELEGATE, Who.OTHER_DELEGATE})
STAFF: Final = frozenset(
    {
        *DELEGATES,
        Who.DISPATCHER,
        Who.HEAD,
        Who.ADMINISTRATOR,
        Who.AUDITOR,
        Who.INSPECTOR,
        Who.STRANGER,
    }
)
APPLICANTS: Final = frozenset({Who.APPLICANT, Who.OTHER_APPLICANT})
BROWSERS: Final = STAFF | APPLICANTS

Row = Mapping[Who, str]


def row(rest: str, *groups: tuple[frozenset[Who] | Who, str]) -> Row:
    """Everybody gets `rest`, then each group its own; nobody signed in is always a 401."""
    cells = dict.fromkeys(Who, rest)
    cells[Who.ANONYMOUS] = "401"
    for group, cell in groups:
        cells.update(dict.fromkeys(group if isinstance(group, frozenset) else [group], cell))
    return cells


PUBLIC: Final[Row] = dict.fromkeys(Who, "ok")


@dataclass(frozen=True)
class Route:
    """`body` must be good enough to get past validation; `values` replace those of the world.

    `files` is sent as a form instead of `body` when it is set: field name to (name, bytes, type).
    """

    row: Row
    body: Mapping[str, Any] | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, tuple[str, bytes, str]] = field(default_factory=dict)
