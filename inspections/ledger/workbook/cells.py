"""What stands in a cell, as XML that no spreadsheet program takes for a formula."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from string import ascii_uppercase
from xml.sax.saxutils import escape

Cell = str | int | datetime | None

# Places in `cellXfs` of the package's styles.
HEADING_STYLE, MOMENT_STYLE, QUOTED_STYLE = 1, 2, 3

# A text that begins with one of these becomes a formula once somebody edits its cell.
_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
# XML 1.0 knows no other characters; Excel refuses the whole file for one of these.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Excel reads _x000D_ as the character of that number, so that underscore is spelt itself.
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
# A text without any of these is its own XML, as nearly all are.
_SPECIAL = re.compile(r"[&<>_\x00-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 32_767
# Spreadsheets count days without a zone; Beijing's are eight hours ahead of UTC.
_DAY_ZERO = datetime(1899, 12, 29, 16, tzinfo=UTC)
_DAY = timedelta(days=1)


def row_xml(number: int, cells: Iterable[Cell]) -> str:
    """The row of that number, counted from 1; cells without anything in them are left out."""
    row = str(number)
    found = [f'<row r="{row}">']
    for letter, value in zip(ascii_uppercase, cells, strict=False):
        if isinstance(value, str):
            if value:
                style = f' s="{QUOTED_STYLE}"' if is_risky(value) else ""
                found.append(f'<c r="{letter}{row}"{style} t="inlineStr">{text_xml(value)}</c>')
        elif isinstance(value, datetime):
            days = (value - _DAY_ZERO) / _DAY
            found.append(f'<c r="{letter}{row}" s="{MOMENT_STYLE}"><v>{days}</v></c>')
        elif value is not None:
            found.append(f'<c r="{letter}{row}"><v>{value}</v></c>')
    found.append("</row>")
    return "".join(found)


def text_xml(text: str) -> str:
    """The text as a cell holds it: line breaks kept, what XML cannot hold left out."""
    text = text[:_LONGEST]
    if _SPECIAL.search(text) is None and text == text.strip():
        return f"<is><t>{text}</t></is>"
    text = _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = escape(_LOOKS_ESCAPED.sub("_x005F_", text))
    return f'<is><t xml:space="preserve">{text}</t></is>'


def is_risky(text: str) -> bool:
    """Whether the cell needs Excel's quote prefix, which keeps it text even when it is edited."""
    return text[:1] in _STARTS
