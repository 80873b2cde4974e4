"""Published templates and texts as plain values."""

from dataclasses import dataclass
from typing import TypedDict, cast

from django.utils.timezone import localdate

from fieldsvc.kernel import clock
from inspections.catalog.errors import TemplateUnknown
from inspections.catalog.models import ChecklistTemplate, ConsentText, ServiceItem
from inspections.catalog.rules import RuleData, VerdictRule, parse_rule
from inspections.catalog.states import Level, Proof, Remote


class ItemData(TypedDict):
    code: str
    title: str
    criterion: str
    level: str
    evidence: list[str]
    remote: str
    may_be_absent: bool
    basis: str
    to_confirm_locally: bool


class TemplateData(TypedDict):
    code: str
    version: str
    title: str
    effective_from: str
    basis: str
    note: str
    rule_text: str
    rule_to_confirm_locally: bool
    rule: RuleData
    items: list[ItemData]


class ConsentData(TypedDict):
    version: str
    title: str
    text: str
    location_title: str
    location_text: str
    opening_words: str
    closing_words: str


class ItemJson(ItemData):
    level_label: str


class TemplateJson(TypedDict):
    code: str
    version: str
    title: str
    rule_text: str
    items: list[ItemJson]


@dataclass(frozen=True, slots=True)
class TemplateItem:
    code: str
    title: str
    criterion: str
    level: Level
    evidence: tuple[Proof, ...]
    remote: Remote
    may_be_absent: bool
    basis: str
    to_confirm_locally: bool

    def to_json(self) -> ItemJson:
        return {
            "code": self.code,
            "title": self.title,
            "criterion": self.criterion,
            "level": self.level.value,
            "level_label": self.level.label,
            "evidence": [proof.value for proof in self.evidence],
            "remote": self.remote.value,
            "may_be_absent": self.may_be_absent,
            "basis": self.basis,
            "to_confirm_locally": self.to_confirm_locally,
        }


@dataclass(frozen=True, slots=True)
class Template:
    code: str
    version: str
    title: str
    basis: str
    note: str
    rule_text: str
    rule: VerdictRule
    items: tuple[TemplateItem, ...]
    sha256: str

    def item(self, code: str) -> TemplateItem:
        """The item of that code; refuses with `template_unknown`."""
        for item in self.items:
            if item.code == code:
                return item
        raise TemplateUnknown({"item": code})

    def to_json(self) -> TemplateJson:
        return {
            "code": self.code,
            "version": self.version,
            "title": self.title,
            "rule_text": self.rule_text,
            "items": [item.to_json() for item in self.items],
        }


@dataclass(frozen=True, slots=True)
class Consent:
    """`sha256` is over the RFC 8785 bytes of the published text; the answer must repeat it."""

    version: str
    title: str
    text: str
    location_title: str
    location_text: str
    opening_words: str
    closing_words: str
    sha256: str


def current_template(code: str) -> Template:
    """The newest version of a checklist in force today; refuses with `template_unknown`."""
    row = (
        ChecklistTemplate.objects.filter(code=code, effective_from__lte=localdate(clock.now()))
        .order_by("-effective_from", "-version")
        .first()
    )
    return _template(row)


def get_template(code: str, version: str) -> Template:
    """Exactly that version; refuses with `template_unknown`."""
    return _template(ChecklistTemplate.objects.filter(code=code, version=version).first())


def current_consent() -> Consent:
    """The text an applicant is asked to agree to now."""
    return _consent(ConsentText.objects.order_by("-published_at", "-version").first())


def get_consent(version: str) -> Consent:
    return _consent(ConsentText.objects.filter(version=version).first())


def find_service_item(code: str) -> ServiceItem | None:
    """The service item if it may be applied for."""
    return ServiceItem.objects.filter(code=code, is_active=True).first()


def service_item_title(code: str) -> str:
    found = ServiceItem.objects.filter(code=code).first()
    return found.title if found else code


def parse_template(data: TemplateData, sha256: str) -> Template:
    """Read a template file; a word that is none of ours raises ValueError."""
    items = tuple(_item(one) for one in data["items"])
    if len({item.code for item in items}) != len(items):
        raise ValueError("two items of a template share a code")
    return Template(
        code=data["code"],
        version=data["version"],
        title=data["title"],
        basis=data["basis"],
        note=data["note"],
        rule_text=data["rule_text"],
        rule=parse_rule(data["rule"]),
        items=items,
        sha256=sha256,
    )


def _item(one: ItemData) -> TemplateItem:
    return TemplateItem(
        code=one["code"],
        title=one["title"],
        criterion=one["criterion"],
        level=Level(one["level"]),
        evidence=tuple(Proof(proof) for proof in one["evidence"]),
        remote=Remote(one["remote"]),
        may_be_absent=one["may_be_absent"],
        basis=one["basis"],
        to_confirm_locally=one["to_confirm_locally"],
    )


def _template(row: ChecklistTemplate | None) -> Template:
    if row is None:
        raise TemplateUnknown
    return parse_template(cast("TemplateData", row.body), row.sha256)


def _consent(row: ConsentText | None) -> Consent:
    if row is None:
        raise TemplateUnknown
    return Consent(**cast("ConsentData", row.body), sha256=row.sha256)
