"""Which characters the papers can be printed with; a name that cannot be is refused at entry.

Two bundled fonts, and HanaMinB for the rare ideographs (CJK extensions B to F) where the system
has it (Debian: fonts-hanazono). Nothing is ever printed with another font or left out.
"""

import struct
import unicodedata
from bisect import bisect_right
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from fieldsvc.kernel.errors import Invalid
from fieldsvc.kernel.hashing import JSONValue, sha256_hex

FONT_PACKAGE: Final = "pylopdf_fonts_zh_cn"
RARE_FONT: Final = Path("/usr/share/fonts/truetype/hanazono/HanaMinB.ttf")
# What names and all running text are set in; the sans of labels falls back to it.
_RUNNING: Final = frozenset({"NotoSerifSC-Regular.otf", RARE_FONT.name})
# Formatting only, nothing to draw.
_WITHOUT_GLYPH: Final = frozenset("\n\r\t\u200b")
_SEGMENTED = 12  # the cmap format that holds all of Unicode


class GlyphMissing(Invalid):
    """`fields.character` names the first character that no font of the papers can draw."""

    code = "glyph_missing"
    title = "有文书字体不能显示的生僻字"
    action = "请联系管理员补装含该字的字体后再办理；不要改字替代。"

    def to_problem(self) -> dict[str, JSONValue]:
        said = super().to_problem()
        character = str(self.fields.get("character", ""))
        if character:
            action = self.action if _is_letter(character) else "请去掉表情和特殊符号后再提交。"
            title = f"{_named(character)}印不进文书"
            said.update(title=title, action=action, detail=f"{title}。{action}")
        return said


@lru_cache(maxsize=1)
def font_files() -> tuple[Path, ...]:
    """The files of the papers' fonts, by name."""
    found = []
    for resource in files(FONT_PACKAGE).iterdir():
        if resource.name.endswith(".otf"):
            with as_file(resource) as path:
                found.append(path)
    if RARE_FONT.is_file():
        found.append(RARE_FONT)
    return tuple(sorted(found, key=lambda path: path.name))


@lru_cache(maxsize=1)
def font_digests() -> dict[str, str]:
    """SHA-256 of each font file by its name: which fonts a paper was set with."""
    return {path.name: sha256_hex(path.read_bytes()) for path in font_files()}


def missing(text: str) -> str:
    """The characters of `text` that cannot be printed, each once, in order."""
    return "".join(
        dict.fromkeys(one for one in text if one not in _WITHOUT_GLYPH and not _drawn(ord(one)))
    )


def refuse_missing(texts: Mapping[str, str]) -> None:
    """Refuse with `glyph_missing` what cannot be printed: `fields.errors` has each field's name
    and what is wrong, `fields.character` the first such character."""
    found = {name: missing(text) for name, text in texts.items()}
    errors = {name: _sentence(characters) for name, characters in found.items() if characters}
    if errors:
        raise refusal_of(next(filter(None, found.values()))[0], errors)


def refusal_of(character: str, errors: Mapping[str, str] | None = None) -> GlyphMissing:
    """The refusal that names this character."""
    named: dict[str, JSONValue] = {
        "character": character,
        "code_point": code_point(character) if character else "",
    }
    return GlyphMissing(errors, fields=named)


def code_point(character: str) -> str:
    return f"U+{ord(character):04X}"


def _sentence(characters: str) -> str:
    named = "、".join(_named(one) for one in characters)
    if any(_is_letter(one) for one in characters):
        return f"{named}印不进文书：请联系管理员补装含该字的字体，不要改字替代"
    return f"{named}印不进文书：请去掉表情和特殊符号"


def _named(character: str) -> str:
    return f"「{character}」（{code_point(character)}）"


def _is_letter(character: str) -> bool:
    # Planes 2 and 3 hold nothing but ideographs, also those newer than this Python's tables.
    return 0x20000 <= ord(character) <= 0x3FFFF or unicodedata.category(character).startswith("L")


def _drawn(point: int) -> bool:
    starts, ends = _covered()
    place = bisect_right(starts, point) - 1
    return place >= 0 and point <= ends[place]


@lru_cache(maxsize=1)
def _covered() -> tuple[list[int], list[int]]:
    """First and last code points of the runs that some font draws, in order, merged."""
    runs = sorted(run for path in font_files() if path.name in _RUNNING for run in _runs(path))
    starts: list[int] = []
    ends: list[int] = []
    for first, last in runs:
        if ends and first <= ends[-1] + 1:
            ends[-1] = max(ends[-1], last)
        else:
            starts.append(first)
            ends.append(last)
    return starts, ends


def _runs(path: Path) -> list[tuple[int, int]]:
    """The groups of the font's cmap subtable of format 12 (OpenType 1.9, chapter cmap)."""
    with path.open("rb") as file:
        tables = struct.unpack(">4xH6x", file.read(12))[0]
        directory = [struct.unpack(">4sIII", file.read(16)) for _ in range(tables)]
        offset, length = next(
            (offset, length) for tag, _, offset, length in directory if tag == b"cmap"
        )
        file.seek(offset)
        cmap = file.read(length)
    subtables = struct.unpack_from(">H", cmap, 2)[0]
    for number in range(subtables):
        (place,) = struct.unpack_from(">I", cmap, 4 + 8 * number + 4)
        if struct.unpack_from(">H", cmap, place)[0] == _SEGMENTED:
            (count,) = struct.unpack_from(">I", cmap, place + 12)
            groups = struct.iter_unpack(">III", cmap[place + 16 : place + 16 + 12 * count])
            return [(first, last) for first, last, glyph in groups if glyph]
    raise ValueError(f"{path.name} has no cmap of format {_SEGMENTED}")
