"""Rows add up to the total, and every number opens exactly its cases."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspections.ledger import selectors
from inspections.ledger.models import LedgerLine
from inspections.ledger.rules.shapes import Filters, PersonFilters
from inspections.ledger.states import By, Phase
from inspections.people.selectors import actor_of_staff
from tests.inspections.aftercare.scene import as_staff
from tests.inspections.ledger.scene import Book, area_of

MONDAY = datetime(2026, 11, 16, 2, tzinfo=UTC)

lines = st.lists(
    st.tuples(
        st.integers(0, 13),  # day
        st.sampled_from([["SBK"], ["GTSH", "SBK"], ["GTSH"]]),
        st.sampled_from(["HOTLINE", "WEB", "COUNTER"]),
        st.sampled_from(["HANDLING", "DELIVERED", "SUSPENDED", "TERMINATED"]),
        st.sampled_from(["zhou", "wu", None]),
        st.booleans(),  # has a place
        st.integers(-3, 5),  # days to the deadline
    ),
    max_size=6,
)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(lines, st.sampled_from(list(By)))
def test_rows_add_up_and_each_number_opens_its_cases(
    book: Book,
    drawn: list[tuple],
    by: By,  # type: ignore[type-arg]
) -> None:
    LedgerLine.objects.all().delete()
    for day, items, channel, state, who, placed, left in drawn:
        at = MONDAY + timedelta(days=day)
        finished = at + timedelta(days=2) if state in {"DELIVERED", "TERMINATED"} else None
        book.add(
            at,
            getattr(book.folk, who) if who else None,
            items=items,
            channel=channel,
            state=state,
            due_at=at + timedelta(days=left),
            delivered_at=finished,
            longitude=117.86 if placed else None,
        )
    actor = actor_of_staff(book.folk.cast.head)
    found = selectors.statistics(by, Filters(from_=MONDAY.date()), actor)
    for name, cell in found.total.cells.items():
        assert sum(row.cells[name].value for row in found.rows) == cell.value
    assert found.total.cells["total"].value == len(drawn)
    head = as_staff(book.folk.cast.head)
    for row in [*found.rows, found.total]:
        for cell in row.cells.values():
            listed = head.get(f"/ledger?{urlencode(cell.filter)}").json()
            assert listed["total"] == cell.value


def test_a_breakdown_by_delegate_tells_nothing_of_ratings(book: Book) -> None:
    book.add(MONDAY, book.folk.zhou)
    head = as_staff(book.folk.cast.head)
    answer = head.get("/ledger/statistics?by=delegate&from=2026-11-16").json()
    assert "bad" not in answer["measures"]
    assert answer["rows"][0]["label"] == "周代办"
    assert "bad" in head.get("/ledger/statistics?by=item").json()["measures"]


def test_an_area_is_named_and_places_outside_are_counted_too(book: Book) -> None:
    area = area_of(book.folk)
    book.add(MONDAY)
    book.add(MONDAY, longitude=118.5)
    answer = as_staff(book.folk.cast.auditor).get("/ledger/statistics?by=area").json()
    found = {row["label"]: row["cells"]["total"] for row in answer["rows"]}
    assert found == {
        "丝绸路片区": {"value": 1, "filter": {"area": str(area.pk)}},
        "没有划入片区": {"value": 1, "filter": {"area": "NONE"}},
    }


def test_filters_merge_and_speak_as_parameters() -> None:
    merged = selectors.merged(Filters(item="SBK"), Filters(overdue=True, phase=Phase.OPEN))
    assert merged.query() == {"item": "SBK", "phase": "OPEN", "overdue": "true"}
    secret = PersonFilters(phone_digest="a" * 64, applicant="李")
    assert secret.query() == {}
