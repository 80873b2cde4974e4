"""One query set for list and export: masked, filtered, paged, closed to the rated and strangers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inspections.aftercare.models import Rating
from inspections.delegation.selectors import phone_digest_of
from inspections.ledger.rules import PAGE_SIZE
from inspections.people.states import Role
from tests.inspections.aftercare.scene import WISH, applicant_of, as_staff, hire
from tests.inspections.ledger.scene import Book, area_of

# Tuesday 2026-11-17, 10:00 in Beijing.
TUESDAY = datetime(2026, 11, 17, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


def numbers(book: Book, query: str) -> list[str]:
    answer = as_staff(book.folk.cast.head).get(f"/ledger?{query}")
    assert answer.status_code == 200, answer.content
    return [one["number"] for one in answer.json()["items"]]


def fill(book: Book) -> None:
    folk = book.folk
    area_of(folk)
    done = book.add(
        TUESDAY,
        folk.zhou,
        items=["SBK"],
        state="DELIVERED",
        delivered_at=TUESDAY + 5 * HOUR,
        phone_digest=phone_digest_of("13805331234"),
    )
    book.visit(done, {"staff": folk.zhou, "state": "DONE", "arrived_at": TUESDAY + 2 * HOUR})
    bounced = book.add(
        TUESDAY + 24 * HOUR,
        folk.wu,
        items=["GTSH", "SBK"],
        channel="WEB",
        applicant_name="王二小",
        due_at=TUESDAY + 48 * HOUR,
    )
    book.visit(
        bounced,
        {"staff": folk.zhou, "state": "DECLINED", "answered_at": TUESDAY + 25 * HOUR},
        {"staff": folk.wu, "state": "DONE", "arrived_at": TUESDAY + 60 * HOUR},
        bounces=1,
    )
    book.add(datetime(2026, 11, 23, 0, tzinfo=UTC), None, longitude=None, latitude=None)
    book.add(TUESDAY, None, bureau=folk.cast.elsewhere)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [3, 2, 1]),
        ("number=000002", [2]),
        ("item=SBK", [3, 1]),
        ("includes=SBK", [3, 2, 1]),
        ("channel=WEB", [2]),
        ("state=DELIVERED", [1]),
        ("phase=OPEN", [3, 2]),
        ("overdue=true", [2]),
        ("overdue=false", [3, 1]),
        ("late=true", [2]),
        ("bounced=true", [2]),
        ("bounced_from=2026-11-18&bounced_until=2026-11-18", [2]),
        ("bounced_from=2026-11-19", []),
        ("within_day=true", [1]),
        ("within_day=false", [3, 2]),
        ("reached=true", [2, 1]),
        ("from=2026-11-18&until=2026-11-22", [2]),
        ("finished_from=2026-11-17&finished_until=2026-11-17", [1]),
        ("area=NONE", [3]),
        ("delegate=NONE", [3]),
        ("delegate=nonsense", []),
        ("kind=INSPECTION", []),
    ],
)
def test_each_filter_finds_its_own(book: Book, query: str, found: list[int]) -> None:
    fill(book)
    assert numbers(book, query) == [f"DB-2026-{one:06d}" for one in found]


def test_phone_and_name_are_asked_for_in_a_body_and_never_sent_back(book: Book) -> None:
    fill(book)
    head = as_staff(book.folk.cast.head)

    def asked(**body: Any) -> list[str]:
        answer = head.post("/ledger/search", body)
        assert answer.status_code == 200, answer.content
        return [one["number"][-1] for one in answer.json()["items"]]

    assert asked(phone="138 0533 1234") == ["1"]
    assert asked(applicant="王二") == ["2"]
    assert asked(applicant="王二", item="SBK") == []
    assert asked(**{"from": "2026-11-18", "phone": "13805331234"}) == []
    assert asked(phone="nonsense") == []


def test_a_row_is_masked_but_the_own_words_are_shown(book: Book) -> None:
    fill(book)
    row = as_staff(book.folk.feng).get("/ledger?number=000001").json()["items"][0]
    assert (row["applicant_name"], row["phone"]) == ("李**", "138****1234")
    assert "8 号" not in row["address"]
    assert row["wish"] == WISH
    assert (row["area"], row["delegate"]) == ("丝绸路片区", "周代办")
    assert (row["trips"], row["minutes_to_door"]) == (1, 120)
    assert len(row["head_hash"]) == 64


def test_pages_are_whole_and_do_not_overlap(book: Book) -> None:
    for number in range(PAGE_SIZE + 3):
        book.add(TUESDAY + timedelta(minutes=number))
    head = as_staff(book.folk.cast.head)
    first, second = (head.get(f"/ledger?page={page}").json() for page in (1, 2))
    assert (first["total"], first["pages"]) == (PAGE_SIZE + 3, 2)
    assert len(second["items"]) == 3
    assert len({one["id"] for one in first["items"] + second["items"]}) == PAGE_SIZE + 3
    assert head.get("/ledger?page=99").json()["page"] == 2


def test_the_rated_find_their_own_rating_by_no_filter(book: Book) -> None:
    both = hire(book.folk.cast.bureau, "he", "何兼任", Role.DELEGATE, Role.HEAD)
    made = book.add(TUESDAY, both, state="DELIVERED", delivered_at=TUESDAY + HOUR)
    assert applicant_of(made).post("/join/rating", {"grade": 1}).status_code == 200
    rated, other = as_staff(both), as_staff(book.folk.cast.head)
    for query in ("grade=BAD", "grade=GOOD", "rated_from=2026-11-01"):
        assert rated.get(f"/ledger?{query}").json()["total"] == 0
    assert rated.get("/ledger?grade=NONE").json()["total"] == 1
    assert rated.get("/ledger").json()["items"][0]["rating_grade"] is None
    assert other.get("/ledger?grade=BAD").json()["items"][0]["rating_grade"] == 1
    assert other.get("/ledger?grade=NONE").json()["total"] == 0
    assert Rating.objects.get().grade == 1
    bad = rated.get("/ledger/statistics?by=item").json()["total"]["cells"]["bad"]
    assert bad["value"] == 0


def test_who_may_read(book: Book) -> None:
    fill(book)
    folk = book.folk
    for staff in (folk.zhou, folk.wei, folk.cast.wang):
        for path in ("/ledger", "/ledger.xlsx", "/ledger/statistics"):
            assert as_staff(staff).get(path).status_code == 403
    for staff in (folk.feng, folk.cast.head, folk.cast.auditor):
        assert as_staff(staff).get("/ledger").json()["total"] == 3
    stranger = as_staff(hire(folk.cast.elsewhere, "guo", "郭他局", Role.HEAD))
    assert [one["number"] for one in stranger.get("/ledger").json()["items"]] == ["DB-2026-000004"]
