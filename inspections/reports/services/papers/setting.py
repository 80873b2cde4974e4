"""From content to a sheet, the same each time."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import cast

from fieldsvc.kernel import blobs, hashing
from fieldsvc.kernel.blobs import Blob
from fieldsvc.kernel.hashing import JSONValue
from inspections.evidence.services import Circumstances, admit_own
from inspections.evidence.states import EvidenceKind, Purpose
from inspections.reports import typesetting
from inspections.reports.models import Paper
from inspections.reports.shapes import PaperContent
from inspections.reports.states import PaperKind


def set_paper(
    content: PaperContent, content_sha256: str, files: Mapping[str, bytes] | None = None
) -> typesetting.Paper:
    """Content and what it shows, ready to be set; equal content gives an equal paper."""
    footer = [*content["footer"], f"内容指纹 SHA-256 {content_sha256}"]
    return typesetting.Paper(
        PaperKind(content["kind"]).template,
        {
            "data.json": hashing.canonical(cast("JSONValue", {**content, "footer": footer})),
            "paper.json": hashing.canonical(cast("JSONValue", content)),
            "qr.svg": typesetting.qr(content["check"]),
            **(files or {}),
        },
        datetime.fromisoformat(content["at"]),
    )


def content_of_paper(paper: Paper) -> PaperContent:
    """The frozen content as stored."""
    with blobs.store().open(paper.content_key) as file:
        return cast("PaperContent", json.loads(file.read()))


def admit_part(paper: Paper, blob: Blob, part: str) -> None:
    """Keep content, frozen or issued copy in the dossier of the delegation."""
    how = Circumstances(Purpose.RECORD, item=paper.kind, segment=f"{paper.pk}:{part}")
    admit_own(paper.delegation.dossier, blob, EvidenceKind.DOCUMENT, how)
