"""Setting a record anew from its record.json, for whoever wants to see that nothing was changed."""

import json
from datetime import datetime
from typing import cast

from fieldsvc.kernel import glyphs, hashing
from inspections.reports import selectors, typesetting
from inspections.reports.services.records import paper_of
from inspections.reports.shapes import Content


def render_record(body: bytes) -> bytes:
    """The PDF that people signed, byte for byte, from the bytes of its record.json.

    The photos come from this installation's storage. Refuses with `blob_missing`,
    `render_failed`. With other fonts or templates than `other_files` finds none of, the bytes
    differ although the words do not.
    """
    content = _content(body)
    at = datetime.fromisoformat(content["at"])
    return typesetting.pdf(paper_of(content, hashing.sha256_hex(body), at))


def other_files(body: bytes) -> list[str]:
    """Fonts and templates that are not those the record was set with, by name."""
    manifest = _content(body)["manifest"]
    here = {**glyphs.font_digests(), **selectors.layout_digests()}
    then = {**manifest["fonts"], **manifest["layout"]}
    return sorted(name for name, digest in then.items() if here.get(name) != digest)


def _content(body: bytes) -> Content:
    return cast("Content", json.loads(body))
