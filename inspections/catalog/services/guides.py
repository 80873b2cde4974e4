"""Publishing the guides and bundles that come with the product."""

import json
from datetime import date
from pathlib import Path
from typing import cast

from django.db import transaction

from fieldsvc.kernel import clock
from fieldsvc.kernel.hashing import JSONValue, canonical, sha256_hex
from inspections.catalog.errors import PublishedDiffers
from inspections.catalog.models import Bundle, ItemGuide
from inspections.catalog.rules import (
    BundleData,
    GuideData,
    parse_bundle,
    parse_guide,
)
from inspections.catalog.services.checklists import DATA

GUIDES = DATA / "guides"


@transaction.atomic
def publish_guides(folder: Path = GUIDES) -> list[str]:
    """Publish every guide and bundle of `folder` (a bundle's file begins with `bundle-`).

    Returns the names of what is new. A file that differs from its published version raises
    PublishedDiffers; a bundle that names an item without a guide raises ValueError.
    """
    fresh = []
    for file in sorted(folder.glob("*.json"), key=lambda one: one.name.startswith("bundle-")):
        body = json.loads(file.read_text(encoding="utf-8"))
        new = _publish_bundle(body) if file.name.startswith("bundle-") else _publish(body)
        if new:
            fresh.append(file.stem)
    return fresh


def _publish(body: GuideData) -> bool:
    sha256 = _digest(body)
    parse_guide(body, sha256)
    known = ItemGuide.objects.filter(code=body["code"], version=body["version"]).first()
    if known is not None:
        return _same(known, sha256)
    ItemGuide.objects.create(
        code=body["code"],
        version=body["version"],
        effective_from=date.fromisoformat(body["effective_from"]),
        body=body,
        sha256=sha256,
        published_at=clock.now(),
    )
    return True


def _publish_bundle(body: BundleData) -> bool:
    sha256 = _digest(body)
    parse_bundle(body, sha256)
    known = Bundle.objects.filter(code=body["code"], version=body["version"]).first()
    if known is not None:
        return _same(known, sha256)
    guides = set(ItemGuide.objects.filter(code__in=body["items"]).values_list("code", flat=True))
    if missing := set(body["items"]) - guides:
        raise ValueError(f"bundle {body['code']} names items without a guide: {sorted(missing)}")
    Bundle.objects.create(
        code=body["code"],
        version=body["version"],
        effective_from=date.fromisoformat(body["effective_from"]),
        body=body,
        sha256=sha256,
        published_at=clock.now(),
    )
    return True


def _same(known: ItemGuide | Bundle, sha256: str) -> bool:
    if known.sha256 != sha256:
        raise PublishedDiffers(f"{known.code} {known.version}")
    return False


def _digest(body: GuideData | BundleData) -> str:
    return sha256_hex(canonical(cast("JSONValue", body)))
