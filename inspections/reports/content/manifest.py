"""The evidence manifest of a record: what stood behind it at the moment of freezing."""

from datetime import datetime

from fieldsvc.kernel import clock, glyphs
from fieldsvc.kernel.journal import Head
from inspections.catalog.selectors import Template
from inspections.evidence import authority
from inspections.evidence.models import EvidenceItem
from inspections.inspection.models import Inspection
from inspections.reports import selectors
from inspections.reports.shapes.marks import Manifest, ManifestItem, ManifestSigner, ManifestText
from inspections.signing.states import SignerKind


def manifest_of(
    inspection: Inspection, edition: int, at: datetime, head: Head, template: Template
) -> Manifest:
    """Chain head, every item with its digests, who is to sign, texts, fonts and layout."""
    return {
        "v": 1,
        "number": inspection.number,
        "edition": edition,
        "frozen_at": clock.iso(at),
        "chain": {"stream": head.stream, "length": head.length, "head": head.digest},
        "items": [_item(one) for one in inspection.dossier.items.order_by("number")],
        "signers": _signers(inspection),
        "consent": _consent(inspection),
        "checklist": {
            "version": f"{template.code} {template.version}",
            "sha256": template.sha256,
        },
        "root": {"sha256": authority.fingerprint()},
        "fonts": glyphs.font_digests(),
        "layout": selectors.layout_digests(),
    }


def _item(piece: EvidenceItem) -> ManifestItem:
    return {
        "id": str(piece.pk),
        "number": piece.number,
        "kind": piece.kind,
        "purpose": piece.purpose,
        "item": piece.item,
        "grade": piece.grade,
        "media_type": piece.media_type,
        "size": piece.size,
        "sha256": piece.sha256,
        "sm3": piece.sm3,
        "admitted_at": clock.iso(piece.admitted_at),
    }


def _signers(inspection: Inspection) -> list[ManifestSigner]:
    kinds = [SignerKind.APPLICANT]
    kinds.extend(SignerKind.INSPECTOR for _ in inspection.assignments.all())
    return [
        {"order": order, "signer": kind.value, "label": kind.label}
        for order, kind in enumerate(kinds, start=1)
    ]


def _consent(inspection: Inspection) -> ManifestText | None:
    consent = getattr(inspection, "consent", None)
    if consent is None:
        return None
    return {"version": consent.text_version, "sha256": consent.text_sha256}
