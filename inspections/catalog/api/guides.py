"""办事指南 and 一件事, for anybody: nothing personal is in them."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from fieldsvc.kernel.answers import Word, words
from inspections.catalog import selectors
from inspections.catalog.rules import Bundle, Guide, Material
from inspections.people.auth import anyone

router = Router(tags=["catalog"], auth=anyone)

_MAY_BE_KEPT = "public, max-age=300"


class MaterialOut(Schema):
    code: str
    title: str
    copies: int
    original: bool
    sample: str | None
    exempt_by: str | None
    exempt_label: str | None


class StepOut(Schema):
    """`starts` and `slack` in minutes from the first step's beginning; slack 0 is critical."""

    code: str
    title: str
    minutes: int
    after: list[str]
    action: str
    starts: int
    slack: int


class ActionOut(Schema):
    code: str
    title: str


class GuideLine(Schema):
    code: str
    version: str
    title: str
    person_type: str
    person_type_label: str
    instant: bool
    statutory_days: int
    promised_days: int
    trips: int
    visit_minutes: int
    needs_inspection: bool
    skills: list[Word]
    materials_count: int
    finish_minutes: int


class GuideOut(GuideLine):
    effective_from: date
    sha256: str
    basis: str
    conditions: list[str]
    materials: list[MaterialOut]
    steps: list[StepOut]
    mandate_actions: list[ActionOut]
    to_confirm_locally: list[str]


class GuidesOut(Schema):
    items: list[GuideLine]


class BundleItem(Schema):
    code: str
    title: str


class BundleOut(Schema):
    """`materials` holds each paper once; `materials_before` counts them item by item."""

    code: str
    version: str
    title: str
    items: list[BundleItem]
    materials: list[MaterialOut]
    materials_before: int
    visit_minutes: int


class BundlesOut(Schema):
    items: list[BundleOut]


@router.get("/catalog/guides", response=GuidesOut)
def guides(request: HttpRequest, response: HttpResponse) -> GuidesOut:
    response["Cache-Control"] = _MAY_BE_KEPT
    return GuidesOut(items=[_line(one) for one in selectors.guides()])


@router.get("/catalog/guides/{code}", response=GuideOut)
def guide(request: HttpRequest, response: HttpResponse, code: str) -> GuideOut:
    found = selectors.current_guide(code)
    response["Cache-Control"] = _MAY_BE_KEPT
    path = found.path
    return GuideOut(
        **_line(found).dict(),
        effective_from=found.effective_from,
        sha256=found.sha256,
        basis=found.basis,
        conditions=list(found.conditions),
        materials=[_material(one) for one in found.materials],
        steps=[
            StepOut(
                code=one.code,
                title=one.title,
                minutes=one.minutes,
                after=list(one.after),
                action=one.action,
                starts=path.starts[one.code],
                slack=path.slack[one.code],
            )
            for one in found.steps
        ],
        mandate_actions=[
            ActionOut(code=one.code, title=one.title) for one in found.mandate_actions
        ],
        to_confirm_locally=list(found.to_confirm_locally),
    )


@router.get("/catalog/bundles", response=BundlesOut)
def bundles(request: HttpRequest, response: HttpResponse) -> BundlesOut:
    response["Cache-Control"] = _MAY_BE_KEPT
    return BundlesOut(items=[_bundle(one) for one in selectors.bundles()])


def _line(guide: Guide) -> GuideLine:
    return GuideLine(
        code=guide.code,
        version=guide.version,
        title=guide.title,
        person_type=guide.person_type.value,
        person_type_label=guide.person_type.label,
        instant=guide.instant,
        statutory_days=guide.statutory_days,
        promised_days=guide.promised_days,
        trips=guide.trips,
        visit_minutes=guide.visit_minutes,
        needs_inspection=guide.needs_inspection,
        skills=words(sorted(guide.skills)),
        materials_count=len(guide.materials),
        finish_minutes=guide.path.finish,
    )


def _bundle(bundle: Bundle) -> BundleOut:
    items = [selectors.current_guide(code) for code in bundle.items]
    return BundleOut(
        code=bundle.code,
        version=bundle.version,
        title=bundle.title,
        items=[BundleItem(code=one.code, title=one.title) for one in items],
        materials=[_material(one) for one in selectors.merged_materials(bundle.items)],
        materials_before=sum(len(one.materials) for one in items),
        visit_minutes=max(one.visit_minutes for one in items),
    )


def _material(one: Material) -> MaterialOut:
    return MaterialOut(
        code=one.code,
        title=one.title,
        copies=one.copies,
        original=one.original,
        sample=one.sample,
        exempt_by=one.exempt_by.value if one.exempt_by else None,
        exempt_label=one.exempt_by.label if one.exempt_by else None,
    )
