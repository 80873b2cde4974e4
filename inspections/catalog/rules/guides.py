"""Guides and bundles as values: read from a file, checked, merged."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, NotRequired, TypedDict

from inspections.catalog.rules.steps import CriticalPath, critical_path
from inspections.catalog.states import ExemptBy, PersonType
from inspections.people.states import Skill

# The applicant acts and signs in person, the delegate only helps: no mandate is needed for that.
ASSIST: Final = "ASSIST"


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
    to_confirm_locally: list[str]


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
    """`after` are codes of steps to be done before; `action` is what the delegate needs a mandate
    for, or ASSIST."""

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
    """办事指南 of one item; days are working days, minutes are minutes of work.

    `to_confirm_locally` names the fields whose figures a bureau has to confirm for itself.
    """

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
    to_confirm_locally: tuple[str, ...]
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
            "to_confirm_locally": list(self.to_confirm_locally),
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
    """Read a guide file; a word that is none of ours, a step no mandate covers or steps in a
    circle raise ValueError."""
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
        to_confirm_locally=tuple(data["to_confirm_locally"]),
        sha256=sha256,
    )
    critical_path(guide.steps)
    known = {one.code for one in guide.mandate_actions} | {ASSIST}
    if any(step.action not in known for step in guide.steps):
        raise ValueError(f"a step of guide {guide.code} needs an action the mandate cannot give")
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


def merge_materials(materials: Iterable[Material]) -> list[Material]:
    """Each paper once: the most copies any item asks for, an original when one of them needs it,
    and exempt only when all of them exempt it for the same reason."""
    found: dict[str, Material] = {}
    for one in materials:
        known = found.get(one.code)
        found[one.code] = one if known is None else _merged(known, one)
    return list(found.values())


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
