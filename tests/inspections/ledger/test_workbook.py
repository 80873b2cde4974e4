"""A workbook in which every text stays text and every date is one."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from fieldsvc.kernel import journal
from inspections.ledger.workbook import is_risky
from tests.inspections.aftercare.scene import as_staff
from tests.inspections.ledger.scene import Book

TUESDAY = datetime(2026, 11, 17, 2, tzinfo=UTC)
HEADINGS = [
    *("编号", "类别", "登记时间", "事项", "片区", "代办专员", "来源", "申请人", "电话", "地址"),
    *("群众原话", "状态", "承诺办结", "逾期", "办结时间", "上门次数", "退单次数"),
    *("登记到上门(分钟)", "评价", "记录链末端指纹"),
]
RISKY = [
    "=1+1",
    "+8613805331234",
    "-2+3",
    "@SUM(A1)",
    "\tstart",
    '=HYPERLINK("http://evil","x")',
    '=cmd|"/c calc"!A0',
    "＝1+1",
    "http://example.org/",
    "0012",
    '<b>黑体</b> & "引号"',
    "  两头有空格  ",
    "普通的话，𠮷野家",
]


def opened(book: Book, query: str = ""):  # type: ignore[no-untyped-def]
    answer = as_staff(book.folk.cast.head).get(f"/ledger.xlsx{query}")
    assert answer.status_code == 200, answer.content
    return load_workbook(BytesIO(answer.content))["台账"]


@pytest.mark.parametrize("wish", RISKY)
def test_what_a_person_wrote_stays_text(book: Book, wish: str) -> None:
    book.add(TUESDAY, wish=wish)
    cell = opened(book)["K2"]
    assert (cell.value, cell.data_type) == (wish, "s")
    assert cell.hyperlink is None
    assert bool(cell.quotePrefix) is is_risky(wish)


def test_line_breaks_and_control_characters_do_not_break_the_file(book: Book) -> None:
    book.add(TUESDAY, wish="\r=1+1\x00\x0b\r\n第二行")
    cell = opened(book)["K2"]
    assert (cell.value, cell.data_type) == ("\n=1+1\n第二行", "s")
    assert cell.quotePrefix


def test_what_excel_would_read_as_a_character_s_number_is_spelt_out(book: Book) -> None:
    book.add(TUESDAY, wish="_x003D_1+1")
    # Excel shows _x003D_1+1 for it; openpyxl hands on what is written.
    assert opened(book)["K2"].value == "_x005F_x003D_1+1"


def test_a_text_longer_than_a_cell_may_be_is_cut_and_an_empty_ledger_is_a_file(book: Book) -> None:
    assert [cell.value for cell in opened(book)[1]] == HEADINGS
    book.add(TUESDAY, wish="长" * 40_000)
    assert opened(book)["K2"].value == "长" * 32_767


def test_headings_are_frozen_and_dates_are_dates(book: Book) -> None:
    book.add(TUESDAY, book.folk.zhou, due_at=datetime(2026, 11, 20, 9, tzinfo=UTC))
    sheet = opened(book)
    assert [cell.value for cell in sheet[1]] == HEADINGS
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:T2"
    assert sheet["C2"].value.isoformat() == "2026-11-17T10:00:00"
    assert sheet["C2"].is_date
    assert sheet["M2"].value.isoformat() == "2026-11-20T17:00:00"
    assert sheet["P2"].value == 0
    assert sheet["H2"].value == "李**"


def test_the_export_is_the_filtered_list_and_leaves_a_trace(book: Book) -> None:
    for day in (16, 17, 18):
        book.add(datetime(2026, 11, day, 2, tzinfo=UTC))
    sheet = opened(book, "?from=2026-11-17")
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [
        "DB-2026-000002",
        "DB-2026-000003",
    ]
    entry = journal.entries(f"bureau:{book.folk.cast.bureau.pk}").get(kind="ledger.exported")
    assert entry.data == {"filters": ["from_"], "rows": 2}
