"""Published guides and bundles as plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NotRequired, TypedDict, cast

from django.db.models import QuerySet

from fieldsvc.kernel import clock
from inspections.catalog.errors import BundleUnknown, GuideUnknown
from inspections.catalog.models import Bundle as BundleRow
from inspections.catalog.models import ItemGuide
from inspections.catalog.rules import CriticalPath, critical_path
from inspections.catalog.states import ExemptBy, PersonType
from inspections.people.rules import local_day
from inspections.people.states import Skill


class MaterialData(TypedDict):
    code: str
    title: str
    copies: int
    original: bool
    sample: NotRequired[str]
    exempt_by: NotRequired[str]


class StepData(TypedDict):
    code: str
    title: str
    minutes: int
    after: list[str]
    action: str


class ActionData(TypedDict):
    code: str
    title: str


class GuideData(TypedDict):
    code: str
    version: str
    effective_from: str
    title: str
    person_type: str
    basis: str
    conditions: list[str]
    materials: list[MaterialData]
    steps: list[StepData]
    visit_minutes: int
    skills: list[str]
    statutory_days: int
    promised_days: int
    instant: bool
    trips: int
    needs_inspection: bool
    mandate_actions: list[ActionData]


class BundleData(TypedDict):
    code: str
    version: str
    effective_from: str
    title: str
    items: list[str]


@dataclass(frozen=True, slots=True)
class Material:
    """A paper to hand in; `sample` says what a good one looks like."""

    code: str
    title: str
    copies: int
    original: bool
    sample: str | None = None
    exempt_by: ExemptBy | None = None


@dataclass(frozen=True, slots=True)
class GuideStep:
    """`after` are codes of steps to be done before; `action` is the code of what the delegate
    needs a mandate for, or of work that needs none."""

    code: str
    title: str
    minutes: int
    after: tuple[str, ...]
    action: str


@dataclass(frozen=True, slots=True)
class MandateAction:
    """What an applicant may let the delegate do in their name."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Guide:
    """办事指南 of one item; days are working days, minutes are minutes of work."""

    code: str
    version: str
    effective_from: date
    title: str
    person_type: PersonType
    basis: str
    conditions: tuple[str, ...]
    materials: tuple[Material, ...]
    steps: tuple[GuideStep, ...]
    visit_minutes: int
    skills: frozenset[Skill]
    statutory_days: int
    promised_days: int
    instant: bool
    trips: int
    needs_inspection: bool
    mandate_actions: tuple[MandateAction, ...]
    sha256: str

    @property
    def path(self) -> CriticalPath:
        return critical_path(self.steps)

    def to_data(self) -> GuideData:
        """The guide as it was published."""
        return {
            "code": self.code,
            "version": self.version,
            "effective_from": self.effective_from.isoformat(),
            "title": self.title,
            "person_type": self.person_type.value,
            "basis": self.basis,
            "conditions": list(self.conditions),
            "materials": [material_data(one) for one in self.materials],
            "steps": [
                {
                    "code": one.code,
                    "title": one.title,
                    "minutes": one.minutes,
                    "after": list(one.after),
                    "action": one.action,
                }
                for one in self.steps
            ],
            "visit_minutes": self.visit_minutes,
            "skills": sorted(self.skills),
            "statutory_days": self.statutory_days,
            "promised_days": self.promised_days,
            "instant": self.instant,
            "trips": self.trips,
            "needs_inspection": self.needs_inspection,
            "mandate_actions": [
                {"code": one.code, "title": one.title} for one in self.mandate_actions
            ],
        }


@dataclass(frozen=True, slots=True)
class Bundle:
    """一件事: `items` are codes of guides, in the order they are handled."""

    code: str
    version: str
    effective_from: date
    title: str
    items: tuple[str, ...]
    sha256: str


def current_guide(code: str) -> Guide:
    """The newest version of a guide in force today; refuses with `guide_unknown`."""
    row = _in_force(ItemGuide.objects.filter(code=code)).first()
    if row is None:
        raise GuideUnknown({"item": code})
    return parse_guide(cast("GuideData", row.body), row.sha256)


def get_guide(code: str, version: str) -> Guide:
    """Exactly that version; refuses with `guide_unknown`."""
    row = ItemGuide.objects.filter(code=code, version=version).first()
    if row is None:
        raise GuideUnknown({"item": code})
    return parse_guide(cast("GuideData", row.body), row.sha256)


def guides() -> list[Guide]:
    """The guide in force of every item, by code."""
    newest: dict[str, ItemGuide] = {}
    for row in _in_force(ItemGuide.objects.all()):
        newest.setdefault(row.code, row)
    return [
        parse_guide(cast("GuideData", row.body), row.sha256) for _, row in sorted(newest.items())
    ]


def bundle(code: str) -> Bundle:
    """The newest version of a bundle in force today; refuses with `bundle_unknown`."""
    row = _in_force_bundles(BundleRow.objects.filter(code=code)).first()
    if row is None:
        raise BundleUnknown({"bundle": code})
    return parse_bundle(cast("BundleData", row.body), row.sha256)


def bundles() -> list[Bundle]:
    """The bundle in force of every code, by code."""
    newest: dict[str, BundleRow] = {}
    for row in _in_force_bundles(BundleRow.objects.all()):
        newest.setdefault(row.code, row)
    return [
        parse_bundle(cast("BundleData", row.body), row.sha256) for _, row in sorted(newest.items())
    ]


def merged_materials(codes: Iterable[str]) -> list[Material]:
    """The materials of several items with each paper once; refuses with `guide_unknown`.

    The most copies any of them asks for, an original when one of them needs it, and exempt only
    when all of them exempt it for the same reason.
    """
    found: dict[str, Material] = {}
    for code in dict.fromkeys(codes):
        for one in current_guide(code).materials:
            known = found.get(one.code)
            found[one.code] = one if known is None else _merged(known, one)
    return list(found.values())


def material_data(one: Material) -> MaterialData:
    data: MaterialData = {
        "code": one.code,
        "title": one.title,
        "copies": one.copies,
        "original": one.original,
    }
    if one.sample is not None:
        data["sample"] = one.sample
    if one.exempt_by is not None:
        data["exempt_by"] = one.exempt_by.value
    return data


def parse_guide(data: GuideData, sha256: str) -> Guide:
    """Read a guide file; a word that is none of ours, or steps in a circle, raise ValueError."""
    guide = Guide(
        code=data["code"],
        version=data["version"],
        effective_from=date.fromisoformat(data["effective_from"]),
        title=data["title"],
        person_type=PersonType(data["person_type"]),
        basis=data["basis"],
        conditions=tuple(data["conditions"]),
        materials=tuple(_material(one) for one in data["materials"]),
        steps=tuple(_step(one) for one in data["steps"]),
        visit_minutes=data["visit_minutes"],
        skills=frozenset(Skill(one) for one in data["skills"]),
        statutory_days=data["statutory_days"],
        promised_days=data["promised_days"],
        instant=data["instant"],
        trips=data["trips"],
        needs_inspection=data["needs_inspection"],
        mandate_actions=tuple(MandateAction(**one) for one in data["mandate_actions"]),
        sha256=sha256,
    )
    critical_path(guide.steps)
    for codes in (guide.materials, guide.steps, guide.mandate_actions):
        if len({one.code for one in codes}) != len(codes):
            raise ValueError(f"two parts of guide {guide.code} share a code")
    return guide


def parse_bundle(data: BundleData, sha256: str) -> Bundle:
    """Read a bundle file; the same item twice raises ValueError."""
    if len(set(data["items"])) != len(data["items"]):
        raise ValueError(f"bundle {data['code']} names an item twice")
    return Bundle(
        code=data["code"],
        version=data["version"],
        effective_from=date.fromisoformat(data["effective_from"]),
        title=data["title"],
        items=tuple(data["items"]),
        sha256=sha256,
    )


def _material(one: MaterialData) -> Material:
    exempt = one.get("exempt_by")
    return Material(
        code=one["code"],
        title=one["title"],
        copies=one["copies"],
        original=one["original"],
        sample=one.get("sample"),
        exempt_by=ExemptBy(exempt) if exempt else None,
    )


def _step(one: StepData) -> GuideStep:
    return GuideStep(one["code"], one["title"], one["minutes"], tuple(one["after"]), one["action"])


def _merged(one: Material, other: Material) -> Material:
    return Material(
        code=one.code,
        title=one.title,
        copies=max(one.copies, other.copies),
        original=one.original or other.original,
        sample=one.sample or other.sample,
        exempt_by=one.exempt_by if one.exempt_by is other.exempt_by else None,
    )


def _in_force(rows: "QuerySet[ItemGuide]") -> "QuerySet[ItemGuide]":
    today = local_day(clock.now())
    return rows.filter(effective_from__lte=today).order_by("-effective_from", "-version")


def _in_force_bundles(rows: "QuerySet[BundleRow]") -> "QuerySet[BundleRow]":
    today = local_day(clock.now())
    return rows.filter(effective_from__lte=today).order_by("-effective_from", "-version")
