"""The verdict over a checklist, by a rule that is data of the template."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Literal, TypedDict

from inspections.catalog.states import Level, Outcome, Remote, Result

ReasonCode = Literal[
    "within_limits",
    "limit_exceeded",
    "undetermined",
    "document_missing",
    "blank",
]

REASON_TEXTS: Mapping[ReasonCode, str] = {
    "within_limits": "不符合项未超过判定规则的限度。",
    "limit_exceeded": "不符合项超过判定规则的限度。",
    "undetermined": "有无法远程判定的项目，须转现场核查。",
    "document_missing": "有须现场核查或凭检测报告判定的项目，没有文书支持，须转现场核查。",
    "blank": "还有项目没有判定。",
}


NOTHING_FAILED = "没有不符合项。"


def reason_text(code: str, counts: Mapping[str, int]) -> str:
    """The reason as it is told: where nothing failed, no limit is spoken of. `counts` is Counts by
    name; empty text for a code that is not known."""
    failed = sum(counts.get(f"{level}_failed", 1) for level in ("key", "major", "general"))
    if code == "within_limits" and not failed:
        return NOTHING_FAILED
    return {str(known): text for known, text in REASON_TEXTS.items()}.get(code, "")


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` items of these levels together may be NON_CONFORMING."""

    levels: frozenset[Level]
    most: int


@dataclass(frozen=True, slots=True)
class VerdictRule:
    limits: tuple[Limit, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """One item as judged; `result` is None while blank, `documented` when a document proves it."""

    code: str
    level: Level
    remote: Remote
    result: Result | None
    documented: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    total: int
    conforming: int
    not_applicable: int
    undetermined: int
    blank: int
    key_failed: int
    major_failed: int
    general_failed: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """`verdict` is None while an item is blank; `items` are the codes that led to it."""

    verdict: Outcome | None
    reason_text_code: ReasonCode
    counts: Counts
    items: tuple[str, ...]

    @property
    def reason(self) -> str:
        return reason_text(self.reason_text_code, asdict(self.counts))


class LimitData(TypedDict):
    levels: list[str]
    most: int


class RuleData(TypedDict):
    limits: list[LimitData]


def parse_rule(data: RuleData) -> VerdictRule:
    """Read a rule from a template; refuses one that says nothing of KEY items (ValueError)."""
    limits = tuple(
        Limit(frozenset(Level(level) for level in one["levels"]), int(one["most"]))
        for one in data["limits"]
    )
    if any(limit.most < 0 or not limit.levels for limit in limits):
        raise ValueError("a limit needs levels and a count from 0 up")
    if not any(Level.KEY in limit.levels for limit in limits):
        raise ValueError("a rule must limit KEY items")
    return VerdictRule(limits)


def decide(rule: VerdictRule, findings: Iterable[Judged]) -> Verdict:
    """The verdict of `rule` over all items of a checklist.

    What cannot be judged remotely comes before what failed: a site visit is needed anyway, and it
    looks at both.
    """
    items = list(findings)
    counts = _count(items)

    def verdict(outcome: Outcome | None, code: ReasonCode, led: Iterable[Judged]) -> Verdict:
        return Verdict(outcome, code, counts, tuple(sorted(one.code for one in led)))

    if blank := [one for one in items if one.result is None]:
        return verdict(None, "blank", blank)
    if unclear := [one for one in items if one.result is Result.UNDETERMINED]:
        return verdict(Outcome.ON_SITE_REQUIRED, "undetermined", unclear)
    if bare := [one for one in items if _needs_document(one)]:
        return verdict(Outcome.ON_SITE_REQUIRED, "document_missing", bare)
    failed = [one for one in items if one.result is Result.NON_CONFORMING]
    if any(_exceeds(limit, failed) for limit in rule.limits):
        return verdict(Outcome.NON_CONFORMING, "limit_exceeded", failed)
    return verdict(Outcome.CONFORMING, "within_limits", failed)


def is_unsettled(one: Judged) -> bool:
    """Whether a visit has to look at the item: what has passed remotely stays passed."""
    passed = one.result in {Result.CONFORMING, Result.NOT_APPLICABLE}
    return not passed or _needs_document(one)


def _needs_document(one: Judged) -> bool:
    return one.remote is Remote.NO and one.result is Result.CONFORMING and not one.documented


def _exceeds(limit: Limit, failed: list[Judged]) -> bool:
    return sum(one.level in limit.levels for one in failed) > limit.most


def _count(items: list[Judged]) -> Counts:
    def of(result: Result | None, level: Level | None = None) -> int:
        return sum(one.result is result and (level is None or one.level is level) for one in items)

    return Counts(
        total=len(items),
        conforming=of(Result.CONFORMING),
        not_applicable=of(Result.NOT_APPLICABLE),
        undetermined=of(Result.UNDETERMINED),
        blank=of(None),
        key_failed=of(Result.NON_CONFORMING, Level.KEY),
        major_failed=of(Result.NON_CONFORMING, Level.MAJOR),
        general_failed=of(Result.NON_CONFORMING, Level.GENERAL),
    )
