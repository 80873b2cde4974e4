"""Publishing the checklists and texts that come with the product."""

import json
from datetime import date
from pathlib import Path
from typing import cast

from django.db import transaction

from fieldsvc.kernel import clock
from fieldsvc.kernel.hashing import JSONValue, canonical, sha256_hex
from inspections.catalog.errors import PublishedDiffers
from inspections.catalog.models import ChecklistTemplate, ConsentText, ServiceItem
from inspections.catalog.selectors import ConsentData, TemplateData, parse_template

DATA = Path(__file__).parents[1] / "data"


@transaction.atomic
def publish_templates(folder: Path = DATA) -> list[str]:
    """Publish every template and consent text of `folder` that is not published yet.

    Returns the names of what is new. A file that differs from its published version raises
    PublishedDiffers: a published version never changes, give the new text a new version.
    """
    fresh = []
    for file in sorted(folder.glob("*.json")):
        body = json.loads(file.read_text(encoding="utf-8"))
        new = _publish_consent(body) if file.name.startswith("consent-") else _publish(body)
        if new:
            fresh.append(file.stem)
    return fresh


def _publish(body: TemplateData) -> bool:
    sha256 = _digest(body)
    parse_template(body, sha256)
    ServiceItem.objects.get_or_create(
        code=body["code"], defaults={"title": body["title"], "basis": body["basis"]}
    )
    known = ChecklistTemplate.objects.filter(code=body["code"], version=body["version"]).first()
    if known is None:
        ChecklistTemplate.objects.create(
            code=body["code"],
            version=body["version"],
            effective_from=date.fromisoformat(body["effective_from"]),
            body=body,
            sha256=sha256,
            published_at=clock.now(),
        )
    elif known.sha256 != sha256:
        raise PublishedDiffers(f"{body['code']} {body['version']}")
    return known is None


def _publish_consent(body: ConsentData) -> bool:
    sha256 = _digest(body)
    known = ConsentText.objects.filter(version=body["version"]).first()
    if known is None:
        ConsentText.objects.create(
            version=body["version"], body=body, sha256=sha256, published_at=clock.now()
        )
    elif known.sha256 != sha256:
        raise PublishedDiffers(f"consent {body['version']}")
    return known is None


def _digest(body: TemplateData | ConsentData) -> str:
    return sha256_hex(canonical(cast("JSONValue", body)))
