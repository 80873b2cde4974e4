"""Rows as an .xlsx that no spreadsheet program takes for a formula."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from inspections.aftercare.states import Grade
from inspections.ledger.rules import BEIJING
from inspections.ledger.rules.shapes import LedgerRow

SHEET = "台账"
# A text that begins with one of these becomes a formula once somebody edits its cell.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# XML 1.0 knows no other control characters; Excel refuses the whole file for one of them.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LONGEST = 32_767


@dataclass(frozen=True, slots=True)
class _Column:
    """`of` gives text, a number, a local datetime or None."""

    title: str
    width: int
    of: Callable[[LedgerRow], str | int | datetime | None]


_COLUMNS = (
    _Column("编号", 18, lambda row: row.number),
    _Column("类别", 10, lambda row: row.kind.label),
    _Column("登记时间", 17, lambda row: _local(row.registered_at)),
    _Column("事项", 28, lambda row: "、".join(row.items)),
    _Column("片区", 14, lambda row: row.area),
    _Column("代办专员", 10, lambda row: row.delegate),
    _Column("来源", 10, lambda row: row.channel_label),
    _Column("申请人", 10, lambda row: row.applicant_name),
    _Column("电话", 13, lambda row: row.phone),
    _Column("地址", 24, lambda row: row.address),
    _Column("群众原话", 40, lambda row: row.wish),
    _Column("状态", 10, lambda row: row.state_label),
    _Column("承诺办结", 17, lambda row: _local(row.due_at)),
    _Column("逾期", 6, lambda row: "是" if row.overdue else "否"),
    _Column("办结时间", 17, lambda row: _local(row.finished_at)),
    _Column("上门次数", 9, lambda row: row.trips),
    _Column("退单次数", 9, lambda row: row.bounces),
    _Column("登记到上门(分钟)", 16, lambda row: row.minutes_to_door),
    _Column("评价", 12, lambda row: Grade(row.rating_grade).label if row.rating_grade else ""),
    _Column("记录链末端指纹", 66, lambda row: row.head_hash),
)


def make(rows: Iterable[LedgerRow], at: datetime) -> bytes:
    """The workbook in constant memory: frozen heading, real dates, every text as text."""
    target = BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"title": "上门代办与勘验台账", "created": _local(at)})
        sheet = book.add_worksheet(SHEET)
        sheet.freeze_panes(1, 0)
        head = book.add_format({"bold": True, "bg_color": "#F4F2EE", "bottom": 1})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for place, column in enumerate(_COLUMNS):
            sheet.set_column(place, place, column.width)
        for place, column in enumerate(_COLUMNS):
            sheet.write_string(0, place, column.title, head)
        quoted = book.add_format({"quote_prefix": True})
        last = _write(sheet, rows, moment, quoted)
        sheet.autofilter(0, 0, last, len(_COLUMNS) - 1)
    return target.getvalue()


def plain(text: str) -> str:
    """The text as XML can hold it."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _FORBIDDEN.sub("", text)[:_LONGEST]


def is_risky(text: str) -> bool:
    """Whether the cell needs Excel's quote prefix, which keeps it text even when it is edited."""
    return text.startswith(_STARTS)


def _write(sheet: Any, rows: Iterable[LedgerRow], moment: Any, quoted: Any) -> int:
    number = 0
    getters = [column.of for column in _COLUMNS]
    for number, row in enumerate(rows, start=1):
        for place, of in enumerate(getters):
            value = of(row)
            if isinstance(value, str):
                if value:
                    style = quoted if is_risky(value) else None
                    sheet.write_string(number, place, plain(value), style)
            elif isinstance(value, datetime):
                sheet.write_datetime(number, place, value, moment)
            elif value is not None:
                sheet.write_number(number, place, value)
    return number


def _local(at: datetime | None) -> datetime | None:
    """Beijing time without a zone, as spreadsheets know it."""
    return at.astimezone(BEIJING).replace(tzinfo=None) if at else None
