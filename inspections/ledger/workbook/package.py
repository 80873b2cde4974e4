"""The .xlsx file: a zip of parts, the sheet's streamed into it row by row."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from itertools import islice
from string import ascii_uppercase
from typing import IO, Generic, TypeVar
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from inspections.ledger.rules import BEIJING
from inspections.ledger.workbook import parts
from inspections.ledger.workbook.cells import HEADING_STYLE, Cell, row_xml, text_xml

Row = TypeVar("Row")

_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """`of` gives text, a number, a moment or None; `width` is in characters."""

    title: str
    width: int
    of: Callable[[Row], Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spreadsheet(Generic[Row]):
    """A file with one sheet of up to 26 columns, its heading frozen and filterable."""

    title: str
    sheet: str
    columns: Sequence[Column[Row]]
    made_at: datetime

    def file(self, rows: Iterable[Row]) -> bytes:
        """The rows as a file: moments are dates in Beijing time, every text is text."""
        target = BytesIO()
        with ZipFile(target, "w") as book:
            for path, part in parts.ALWAYS.items():
                book.writestr(self._place(path), part)
            book.writestr(self._place("docProps/core.xml"), self._properties())
            with book.open(self._place(parts.SHEET), "w") as sheet:
                sheet.write(self._opening().encode())
                last = self._write(sheet, rows)
                sheet.write(self._closing(last).encode())
            book.writestr(self._place("xl/workbook.xml"), self._book(last))
        return target.getvalue()

    def _place(self, path: str) -> ZipInfo:
        """One file of the zip; made at the same moment, two exports are the same bytes."""
        place = ZipInfo(path, self.made_at.astimezone(BEIJING).timetuple()[:6])
        place.compress_type = ZIP_DEFLATED
        return place

    def _write(self, sheet: IO[bytes], rows: Iterable[Row]) -> int:
        """The rows below the heading; answers the number of the last one."""
        getters = [column.of for column in self.columns]
        last, left = 1, iter(rows)
        while some := list(islice(left, _ROWS_AT_ONCE)):
            xml = [
                row_xml(number, [of(row) for of in getters])
                for number, row in enumerate(some, start=last + 1)
            ]
            sheet.write("".join(xml).encode())
            last += len(some)
        return last

    def _opening(self) -> str:
        widths = "".join(
            f'<col min="{place}" max="{place}" width="{column.width}.7109375" customWidth="1"/>'
            for place, column in enumerate(self.columns, start=1)
        )
        headings = "".join(
            f'<c r="{letter}1" s="{HEADING_STYLE}" t="inlineStr">{text_xml(column.title)}</c>'
            for letter, column in zip(ascii_uppercase, self.columns, strict=False)
        )
        return (
            f'{parts.XML}<worksheet xmlns="{parts.MAIN}">'
            '<sheetViews><sheetView tabSelected="1" workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
            '<selection pane="bottomLeft"/></sheetView></sheetViews>'
            f"<cols>{widths}</cols>"
            f'<sheetData><row r="1">{headings}</row>'
        )

    def _closing(self, last: int) -> str:
        area = f"A1:{self._last_column()}{last}"
        return f'</sheetData><autoFilter ref="{area}"/></worksheet>'

    def _book(self, last: int) -> str:
        name = escape(self.sheet)
        area = f"'{name}'!$A$1:${self._last_column()}${last}"
        return (
            f'{parts.XML}<workbook xmlns="{parts.MAIN}" xmlns:r="{parts.RELATIONSHIPS}">'
            f'<sheets><sheet name="{name}" sheetId="1" r:id="rId1"/></sheets>'
            '<definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">'
            f"{area}</definedName></definedNames></workbook>"
        )

    def _properties(self) -> str:
        at = f"{self.made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        return (
            f'{parts.XML}<cp:coreProperties xmlns:cp="{parts.CORE}"'
            ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
            ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
            f"<dc:title>{escape(self.title)}</dc:title>"
            f'<dcterms:created xsi:type="dcterms:W3CDTF">{at}</dcterms:created>'
            "</cp:coreProperties>"
        )

    def _last_column(self) -> str:
        return ascii_uppercase[len(self.columns) - 1]
