"""The Monday meeting: figures against the week before, obstacles and owners, a frozen paper."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import transaction
from pypdf import PdfReader

from fieldsvc.kernel import journal, outbox
from fieldsvc.kernel.clock import FixedClock
from fieldsvc.kernel.journal import Actor
from inspections.aftercare.models import FollowUp
from inspections.ledger import content, rules, services
from inspections.ledger.models import Obstacle, WeeklyReport
from inspections.people.states import Role
from tests.inspections.aftercare.scene import (
    Caller,
    applicant_of,
    as_staff,
    deliver,
    go_there,
    hire,
)
from tests.inspections.ledger.scene import Book, area_of

MONDAY = date(2026, 11, 16)
TUESDAY = datetime(2026, 11, 17, 2, tzinfo=UTC)
DAY = timedelta(days=1)
WEEK = "/ledger/weeks/2026-11-16"


def play(book: Book) -> None:
    """Week before: one. Last week: three, one late, one bounced, one call, one from the door."""
    folk = book.folk
    area_of(folk)
    old = book.add(TUESDAY - 7 * DAY, folk.zhou, state="DELIVERED", delivered_at=TUESDAY - 6 * DAY)
    book.visit(old, {"staff": folk.zhou, "state": "DONE", "arrived_at": TUESDAY - 6.5 * DAY})
    good = book.add(TUESDAY, folk.zhou, state="DELIVERED", delivered_at=TUESDAY + DAY)
    book.visit(good, {"staff": folk.zhou, "state": "DONE", "arrived_at": TUESDAY + DAY / 8})
    book.add(TUESDAY, folk.wu, due_at=TUESDAY + 2 * DAY, items=["GTSH"])
    bounced = book.add(TUESDAY + DAY, folk.wu)
    book.visit(
        bounced,
        {
            "staff": folk.zhou,
            "state": "DECLINED",
            "reason_code": "TOO_FAR",
            "answered_at": TUESDAY + DAY,
        },
        bounces=1,
    )
    call = FollowUp.objects.create(
        bureau=folk.cast.bureau,
        subject_kind="DELEGATION",
        subject=good.pk,
        number=good.number,
        cause="SAMPLE",
        causes=["SAMPLE"],
        state="DONE",
        opened_at=TUESDAY,
        due_at=TUESDAY,
        calendar_version="0",
        outcome="UNDERSTANDING",
        said="公证处让我跑了两次",
        blocked_point="HAND_OVER",
        blocked_text="公证处两次要原件",
        done_at=TUESDAY + 2 * DAY,
        done_by=folk.feng,
    )
    call.rated.add(folk.zhou)
    services.gather(folk.cast.bureau.pk, MONDAY)


def seen(caller: Caller, path: str = WEEK) -> dict[str, Any]:
    answer = caller.get(path)
    assert answer.status_code == 200, answer.content
    return answer.json()  # type: ignore[no-any-return]


def test_a_week_is_told_in_sentences_and_each_figure_opens_its_cases(book: Book) -> None:
    play(book)
    head = as_staff(book.folk.cast.head)
    told = seen(head)["content"]
    assert told["opening"] == [
        "上周（11月16日至22日）全局登记 3 件，比前一周多 2 件；办结 1 件，与前一周持平。",
        "从群众来电登记到专员上门，一半的件在 3 小时以内，前一周是 12 小时；"
        "登记后一天之内有人上门的 1 件。",
        "超过承诺时限的 2 件，比前一周多 2 件；派单后被退回过的 1 件。",
        "完成回访 1 件。群众评价不单列（评价不足 5 件，按规定不单独公布）。",
        "回访中群众反映「部门之间流转慢」的最多，有 1 件。",
    ]
    figures = {one["key"]: one for one in told["figures"]}
    assert (figures["registered"]["value"], figures["registered"]["before"]) == (3, 1)
    assert (figures["late"]["value"], figures["late"]["better"]) == (2, False)
    assert figures["minutes_to_door"]["value"] == 180
    assert figures["rated"]["value"] is None
    for figure in figures.values():
        if figure["filter"] and figure["unit"] == "件":
            query = "&".join(f"{name}={value}" for name, value in figure["filter"].items())
            assert seen(head, f"/ledger?{query}")["total"] == figure["value"], figure


def test_only_the_week_before_this_one_is_called_last_week(book: Book) -> None:
    head = as_staff(book.folk.cast.head)
    for monday, name, opening in (
        ("2026-11-09", "这一周", "11月9日至15日这一周全局登记"),
        ("2026-11-16", "上周", "上周（11月16日至22日）全局登记"),
        ("2026-11-23", "本周", "本周（11月23日至29日，未结束）全局登记"),
    ):
        told = seen(head, f"/ledger/weeks/{monday}")["content"]
        assert told["week_name"] == name
        assert told["opening"][0].startswith(opening)
        assert told["obstacle_sentence"] == f"{name}没有记录到堵点。"


def test_what_stood_in_the_way_is_gathered_and_opens_its_cases(book: Book) -> None:
    play(book)
    feng = as_staff(book.folk.feng)
    rows = seen(feng)["obstacles"]
    assert [(row["origin"], row["count"]) for row in rows] == [
        ("OVERDUE", 1),
        ("OVERDUE", 1),
        ("BLOCKED_POINT", 1),
        ("BOUNCES", 1),
    ]
    for row in rows:
        assert seen(feng, f"/ledger?obstacle={row['filter']['obstacle']}")["total"] == row["count"]
    bounced = rows[-1]
    assert bounced["title"] == "退单 1 次：路程赶不到"
    assert services.gather(book.folk.cast.bureau.pk, MONDAY) == 4
    assert Obstacle.objects.count() == 4


def test_obstacles_are_claimed_settled_and_carried_on(
    book: Book, standing_clock: FixedClock
) -> None:
    play(book)
    folk = book.folk
    feng, head = as_staff(folk.feng), as_staff(folk.cast.head)
    row = seen(feng)["obstacles"][2]
    path = f"/ledger/obstacles/{row['id']}"
    past = feng.post(f"{path}/claim", {"version": row["version"], "due": "2026-11-20"})
    assert (past.status_code, past.json()["code"]) == (422, "invalid")
    foreign = {"version": row["version"], "due": "2026-11-27", "staff": str(folk.cast.zhao.pk)}
    assert feng.post(f"{path}/claim", foreign).status_code == 422
    early = feng.post(f"{path}/close", {"version": row["version"], "result": "x"})
    assert early.json()["code"] == "transition_refused"
    claimed = feng.post(f"{path}/claim", {"version": row["version"], "due": "2026-11-27"})
    assert claimed.json()["claimed_by"]["name"] == "冯调度"
    stale = head.post(f"{path}/claim", {"version": row["version"], "due": "2026-11-27"})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_version")
    assert as_staff(folk.cast.auditor).post(f"{path}/claim", foreign).status_code == 403
    stranger = as_staff(hire(folk.cast.elsewhere, "guo", "郭他局", Role.HEAD))
    assert stranger.post(f"{path}/claim", foreign).status_code == 404
    # A week later it is still on the table, with the week it came from.
    later = seen(head, "/ledger/weeks/2026-11-23")
    carried = later["obstacles"][0]
    assert (carried["id"], carried["week"]) == (row["id"], "2026-11-16")
    assert later["content"]["obstacles"][0]["from_week"] == "11月16日那周提出"
    done = {"version": claimed.json()["version"], "result": "公证处同意一次提交"}
    assert feng.post(f"{path}/close", done).json()["state"] == "CLOSED"
    assert seen(head, "/ledger/weeks/2026-11-23")["obstacles"] == []
    own = feng.post(f"{WEEK}/obstacles", {"title": "北郊没有会手语的专员"})
    assert own.status_code == 201, own.content
    services.gather(folk.cast.bureau.pk, MONDAY)
    titles = [one["title"] for one in seen(head)["obstacles"]]
    assert "北郊没有会手语的专员" in titles


def test_decisions_are_looked_at_the_week_after(book: Book, standing_clock: FixedClock) -> None:
    play(book)
    head, feng = as_staff(book.folk.cast.head), as_staff(book.folk.feng)
    body = {"text": "与公证处商定一次提交原件", "owner": "孙主任", "due": "2026-11-25"}
    assert feng.post(f"{WEEK}/decisions", body).status_code == 403
    past = head.post(f"{WEEK}/decisions", {**body, "due": "2026-11-22"})
    assert past.json()["code"] == "invalid"
    made = head.post(f"{WEEK}/decisions", body).json()
    head.post(f"{WEEK}/decisions", {**body, "text": "招一名手语专员"})
    standing_clock.advance(7 * DAY)
    later = seen(feng, "/ledger/weeks/2026-11-23")
    assert len(later["last_decisions"]) == 2
    said = later["content"]["decision_sentence"]
    assert said == "上次会议以来要落实的决定 2 项，完成 0 项，2 项还在办，其中 2 项已过期限。"
    done = feng.post(f"/ledger/decisions/{made['id']}/done", {"version": 0, "note": "已函告"})
    assert done.json()["state"] == "DONE"
    again = feng.post(f"/ledger/decisions/{made['id']}/done", {"version": 1})
    assert again.json()["code"] == "transition_refused"
    standing_clock.advance(7 * DAY)
    # What was done is told once; what was not comes back until it is.
    far = seen(head, "/ledger/weeks/2026-11-30")["content"]["decisions"]
    assert [one["text"] for one in far] == ["招一名手语专员"]
    assert far[0]["late"] is True


def test_a_frozen_week_stays_as_it_was_and_prints_the_same_bytes(book: Book) -> None:
    play(book)
    head = as_staff(book.folk.cast.head)
    assert head.get(f"{WEEK}/report.pdf").json()["code"] == "report_unknown"
    assert as_staff(book.folk.feng).post(f"{WEEK}/freeze").status_code == 403
    before = content.heads_of(book.folk.cast.bureau.pk)
    frozen = head.post(f"{WEEK}/freeze").json()
    assert frozen["report"]["head"] == rules.tree(before) == frozen["content"]["head"]
    book.add(TUESDAY)
    assert seen(head)["content"] == frozen["content"]
    again = head.post(f"{WEEK}/freeze")
    assert (again.status_code, again.json()["code"]) == (409, "week_frozen")
    report = WeeklyReport.objects.get()
    pdf = head.get(f"{WEEK}/report.pdf")
    assert pdf["Content-Type"] == "application/pdf"
    assert hashlib.sha256(pdf.content).hexdigest() == report.pdf_sha256
    assert services.set_again(report) == pdf.content
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf.content)).pages)
    assert report.head in text.replace("\n", "")
    assert "周村区行政审批服务局" in text
    attached = PdfReader(BytesIO(pdf.content)).attachments
    assert set(attached) == {"week.json", "heads.json"}
    entry = journal.entries(f"bureau:{report.bureau_id}").get(kind="weekly_report.frozen")
    assert entry.data["pdf_sha256"] == report.pdf_sha256


def test_a_week_that_goes_on_is_not_frozen_and_a_week_begins_on_monday(book: Book) -> None:
    head = as_staff(book.folk.cast.head)
    early = head.post("/ledger/weeks/2026-11-23/freeze")
    assert (early.status_code, early.json()["code"]) == (409, "week_not_over")
    assert seen(head, "/ledger/weeks/2026-11-23")["may_freeze"] is False
    for answer in (
        head.get("/ledger/weeks/2026-11-24"),
        head.post("/ledger/weeks/2026-11-24/freeze"),
        head.post("/ledger/weeks/2026-11-24/obstacles", {"title": "x"}),
        head.post(
            "/ledger/weeks/2026-11-24/decisions",
            {"text": "x", "owner": "y", "due": "2026-11-25"},
        ),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "not_a_monday")


def test_ratings_are_read_aloud_from_five_up_only(book: Book) -> None:
    folk = book.folk
    for number in range(5):
        made = book.add(TUESDAY, folk.zhou)
        go_there(made, folk.zhou)
        deliver(made)
        told = seen(as_staff(folk.cast.head), "/ledger/weeks/2026-11-23")["content"]
        figures = {one["key"]: one for one in told["figures"]}
        assert (figures["rated"]["value"], figures["bad"]["value"]) == (None, None)
        applicant_of(made).post("/join/rating", {"grade": 1 if number == 0 else 5})
    told = seen(as_staff(folk.cast.head), "/ledger/weeks/2026-11-23")["content"]
    figures = {one["key"]: one for one in told["figures"]}
    assert (figures["rated"]["value"], figures["bad"]["value"]) == (5, 1)


def test_who_may_read_a_week(book: Book) -> None:
    for staff in (book.folk.zhou, book.folk.wei, book.folk.cast.wang):
        assert as_staff(staff).get(WEEK).status_code == 403
    seen(as_staff(book.folk.cast.auditor))


def test_the_lines_follow_the_journal(book: Book) -> None:
    made = book.add(TUESDAY)
    type(made).objects.filter(pk=made.pk).update(channel="COUNTER")
    with transaction.atomic():
        actor = Actor("system", "system", str(made.bureau_id))
        journal.append(made.stream, "delegation.accepted", actor=actor, data={})
    outbox.drain()
    head = as_staff(book.folk.cast.head)
    assert seen(head, "/ledger?channel=COUNTER")["total"] == 1
    assert services.rebuild() == 1


@pytest.mark.parametrize("size", [0, 1, 3])
def test_the_digest_over_the_chains_depends_on_all_of_them_and_on_no_order(size: int) -> None:
    heads = [(f"case:{number}", number, f"{number:064d}") for number in range(size)]
    assert rules.tree(heads) == rules.tree(reversed(heads))
    assert rules.tree(heads) != rules.tree([*heads, ("case:9", 1, "f" * 64)])
