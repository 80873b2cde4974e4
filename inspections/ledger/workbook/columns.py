"""What stands in which column."""

from collections.abc import Iterable
from datetime import datetime

from inspections.aftercare.states import Grade
from inspections.ledger.rules.shapes import LedgerRow
from inspections.ledger.workbook.package import Column, Spreadsheet

_GRADES = {one.value: one.label for one in Grade}

_COLUMNS: tuple[Column[LedgerRow], ...] = (
    Column("编号", 18, lambda row: row.number),
    Column("类别", 10, lambda row: row.kind.label),
    Column("登记时间", 17, lambda row: row.registered_at),
    Column("事项", 28, lambda row: "、".join(row.items)),
    Column("片区", 14, lambda row: row.area),
    Column("代办专员", 10, lambda row: row.delegate),
    Column("来源", 10, lambda row: row.channel_label),
    Column("申请人", 10, lambda row: row.applicant_name),
    Column("电话", 13, lambda row: row.phone),
    Column("地址", 24, lambda row: row.address),
    Column("群众原话", 40, lambda row: row.wish),
    Column("状态", 10, lambda row: row.state_label),
    Column("承诺办结", 17, lambda row: row.due_at),
    Column("逾期", 6, lambda row: "是" if row.overdue else "否"),
    Column("办结时间", 17, lambda row: row.finished_at),
    Column("上门次数", 9, lambda row: row.trips),
    Column("退单次数", 9, lambda row: row.bounces),
    Column("登记到上门(分钟)", 16, lambda row: row.minutes_to_door),
    Column("评价", 12, lambda row: _GRADES[row.rating_grade] if row.rating_grade else ""),
    Column("记录链末端指纹", 66, lambda row: row.head_hash),
)


def make(rows: Iterable[LedgerRow], at: datetime) -> bytes:
    """The workbook as of `at`: one sheet, a row for every row of the ledger."""
    return Spreadsheet(title="上门代办与勘验台账", sheet="台账", columns=_COLUMNS, made_at=at).file(
        rows
    )
