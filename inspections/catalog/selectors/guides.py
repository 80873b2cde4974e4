"""Published guides and bundles as plain values."""

from collections.abc import Iterable
from typing import cast

from django.db.models import QuerySet

from fieldsvc.kernel import clock
from inspections.catalog.errors import BundleUnknown, GuideUnknown
from inspections.catalog.models import Bundle as BundleRow
from inspections.catalog.models import ItemGuide
from inspections.catalog.rules import (
    Bundle,
    BundleData,
    Guide,
    GuideData,
    Material,
    merge_materials,
    parse_bundle,
    parse_guide,
)
from inspections.people.rules import local_day


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
    """The materials of several items with each paper once; refuses with `guide_unknown`."""
    items = [current_guide(code) for code in dict.fromkeys(codes)]
    return merge_materials(one for item in items for one in item.materials)


def _in_force(rows: "QuerySet[ItemGuide]") -> "QuerySet[ItemGuide]":
    today = local_day(clock.now())
    return rows.filter(effective_from__lte=today).order_by("-effective_from", "-version")


def _in_force_bundles(rows: "QuerySet[BundleRow]") -> "QuerySet[BundleRow]":
    today = local_day(clock.now())
    return rows.filter(effective_from__lte=today).order_by("-effective_from", "-version")
