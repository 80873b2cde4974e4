"""Setting a paper anew from its stored content, to see that nothing was changed."""

import json
from datetime import datetime
from typing import cast

from fieldsvc.kernel import glyphs, hashing
from inspections.reports import selectors, typesetting
from inspections.reports.content import as_of_now
from inspections.reports.models import Record
from inspections.reports.services.inspection_papers import paper_sheet
from inspections.reports.services.papers.setting import set_paper
from inspections.reports.services.records import TEMPLATE, paper_of
from inspections.reports.shapes import Content, PaperContent
from inspections.reports.shapes.inspection_paper import InspectionPaperContent
from inspections.reports.states import InspectionPaperKind


def render(body: bytes) -> bytes:
    """The PDF as it was set in type, byte for byte, from its record.json or paper.json.

    What people signed, or what was sealed. Photos come from this installation's storage. Refuses
    with `blob_missing`, `render_failed`. With other fonts or templates than then (`other_files`
    names those of a record) the bytes differ although the words do not.
    """
    content = json.loads(body)
    kind = content.get("kind")
    if kind is None:
        sha256 = hashing.sha256_hex(body)
        row = Record.objects.filter(content_sha256=sha256).first()
        if row is not None:
            content = as_of_now(content, row)
        at = datetime.fromisoformat(content["at"])
        return typesetting.pdf(paper_of(cast("Content", content), sha256, at))
    if kind in {one.value for one in InspectionPaperKind}:
        return typesetting.pdf(paper_sheet(cast("InspectionPaperContent", content)))
    paper = cast("PaperContent", content)
    return typesetting.pdf(set_paper(paper, hashing.sha256_hex(body)))


def other_files(body: bytes) -> list[str]:
    """Fonts and templates that are not those a record was set with, by name. One that was frozen
    without a manifest cannot tell its template, and papers beside a record name none."""
    content = json.loads(body)
    manifest = content.get("manifest")
    if manifest is None:
        return [] if "kind" in content else [TEMPLATE]
    here = {**glyphs.font_digests(), **selectors.layout_digests()}
    then = {**manifest["fonts"], **manifest["layout"]}
    return sorted(name for name, digest in then.items() if here.get(name) != digest)
