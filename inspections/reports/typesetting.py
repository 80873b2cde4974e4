"""Data in, paper out: typst with the bundled fonts and nothing else of the machine."""

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final, Literal

import segno
import typst

from fieldsvc.kernel import glyphs
from fieldsvc.kernel.glyphs import GlyphMissing
from inspections.reports import selectors
from inspections.reports.errors import RenderFailed

# The profile makes a missing glyph an error; without it typst leaves a hole in silence.
STANDARD: Final = "a-3b"
_NO_GLYPH = re.compile(r"no character representation|glyph|could not be displayed|\.notdef")
_NAMED = re.compile(r"[`'\"“](.)[`'\"”]")


@dataclass(frozen=True, slots=True)
class Paper:
    """A template by name and the files it reads, by their names beside it."""

    template: str
    files: Mapping[str, bytes]
    at: datetime


def pdf(paper: Paper) -> bytes:
    """Render to PDF/A-3b; equal input gives equal bytes. Refuses with `glyph_missing`."""
    made = _compile(paper, "pdf")
    return made if isinstance(made, bytes) else b"".join(made)


def pages(paper: Paper, *, ppi: float = 110) -> list[bytes]:
    """The same paper as one PNG per page, for the phone."""
    made = _compile(paper, "png", ppi=ppi)
    return [made] if isinstance(made, bytes) else made


def qr(text: str) -> bytes:
    """The code of the footer, as SVG."""
    target = BytesIO()
    segno.make(text, error="m").save(target, kind="svg", border=1, xmldecl=False)
    return target.getvalue()


def _compile(
    paper: Paper, form: Literal["pdf", "png"], ppi: float | None = None
) -> bytes | list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, source in selectors.layouts().items():
            # A template may import what it shares with others by their names.
            (root / name).write_bytes(source)
        for name, data in paper.files.items():
            (root / name).write_bytes(data)
        compiler = typst.Compiler(
            root / paper.template, root=root, font_paths=_fonts(), ignore_system_fonts=True
        )
        try:
            made = compiler.compile(
                format=form,
                ppi=ppi,
                pdf_standards=[STANDARD] if form == "pdf" else [],
                timestamp=int(paper.at.timestamp()),
            )
        except typst.TypstError as error:
            raise _refusal(error) from error
    if made is None:
        raise RenderFailed
    return made


def _refusal(error: typst.TypstError) -> GlyphMissing | RenderFailed:
    said = f"{error.message}\n{error.diagnostic}"
    if not _NO_GLYPH.search(said):
        return RenderFailed()
    named = _NAMED.search(said)
    return glyphs.refusal_of(named.group(1) if named else "")


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    folders = sorted({path.parent for path in glyphs.font_files()})
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
