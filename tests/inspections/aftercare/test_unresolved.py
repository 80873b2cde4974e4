"""办不成事: forms in their order, 5 and 10 working days, 15 in all and told before expiry."""

from datetime import UTC, datetime, timedelta

import pytest

from fieldsvc.kernel import clock, journal, outbox
from fieldsvc.kernel.clock import FixedClock
from inspections.aftercare.models import Unresolved
from inspections.aftercare.services import watch_unresolved
from inspections.aftercare.services.common import deadline
from inspections.people.states import Role
from tests.inspections.aftercare.scene import People, as_staff, hire, new_delegation, tell

PATH = "/aftercare/matters"


def register(folk: People, complexity: str = "NORMAL") -> dict:  # type: ignore[type-arg]
    body = {
        "text": "三次都说材料不齐，没有办成",
        "source": "WINDOW",
        "complexity": complexity,
        "applicant_name": "李申请",
        "phone": "13805331234",
    }
    answer = as_staff(folk.feng).post(PATH, body)
    assert answer.status_code == 201, answer.content
    return answer.json()  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("complexity", "due"),
    [
        ("SIMPLE", "2026-11-23T09:00:00Z"),
        ("NORMAL", "2026-11-30T09:00:00Z"),
        ("COMPLEX", "2026-12-07T09:00:00Z"),
    ],
)
def test_the_clock_starts_at_registration(folk: People, complexity: str, due: str) -> None:
    row = register(folk, complexity)
    assert row["due_at"] == due
    assert row["number"] == "BS-2026-000001"


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        # National Day: 1 to 7 October are off, Saturday the 10th is a working day.
        (datetime(2026, 9, 30, 1, tzinfo=UTC), 5, datetime(2026, 10, 13, 9, tzinfo=UTC)),
        # Spring Festival: Saturday 14 February works, the 15th to the 23rd do not.
        (datetime(2026, 2, 13, 1, tzinfo=UTC), 1, datetime(2026, 2, 14, 9, tzinfo=UTC)),
        (datetime(2026, 2, 13, 1, tzinfo=UTC), 2, datetime(2026, 2, 24, 9, tzinfo=UTC)),
        # After the close of office a thing for at once is due the next working day.
        (datetime(2026, 9, 30, 10, tzinfo=UTC), 0, datetime(2026, 10, 8, 9, tzinfo=UTC)),
    ],
)
def test_holidays_and_working_saturdays_of_2026_count(
    folk: People, start: datetime, days: int, due: datetime
) -> None:
    assert deadline(folk.cast.bureau.pk, start, days).at == due


def test_a_deadline_into_an_unknown_year_is_provisional_and_no_error(folk: People) -> None:
    found = deadline(folk.cast.bureau.pk, datetime(2026, 12, 25, 1, tzinfo=UTC), 15)
    assert found.provisional


def test_the_forms_are_signed_one_after_the_other(folk: People) -> None:
    row = register(folk)
    feng, head = as_staff(folk.feng), as_staff(folk.cast.head)
    path = f"{PATH}/{row['id']}"
    early = feng.post(f"{path}/reply", {"version": row["version"], "text": "x"})
    assert early.json()["code"] == "transition_refused"
    sheet = {"version": row["version"], "department": "人社局", "opinion": "拟交人社局"}
    row = feng.post(f"{path}/propose", sheet).json()
    assert row["state_label"] == "分办待批"
    order = {"version": row["version"], "department": "人社局", "instruction": "三日内办结"}
    assert feng.post(f"{path}/assign", order).status_code == 403
    row = head.post(f"{path}/assign", order).json()
    assert row["state"] == "ASSIGNED"
    row = feng.post(f"{path}/reply", {"version": row["version"], "text": "已补录"}).json()
    row = head.post(f"{path}/return", {"version": row["version"]}).json()
    assert row["state"] == "ASSIGNED"
    row = feng.post(f"{path}/reply", {"version": row["version"], "text": "已办成"}).json()
    stale = feng.post(f"{path}/close", {"version": 0, "resolved": True})
    assert stale.json()["code"] == "stale_version"
    row = feng.post(f"{path}/close", {"version": row["version"], "resolved": True}).json()
    assert [(one["form"], one["by"]) for one in row["forms"]] == [
        ("收件登记表", "冯调度"),
        ("分办呈批表", "冯调度"),
        ("交办单", "孙主任"),
        ("部门回复", "冯调度"),
        ("办结", "冯调度"),
    ]
    assert row["resolved"] is True
    told = [one.kind for one in journal.entries(f"unresolved:{row['id']}")]
    assert told[0] == "unresolved.registered"
    assert told[-1] == "unresolved.closed"


def test_time_is_given_once_before_expiry_told_and_never_beyond_fifteen_days(
    folk: People, standing_clock: FixedClock
) -> None:
    row = register(folk)
    head, path = as_staff(folk.cast.head), f"{PATH}/{row['id']}"
    more = {"version": row["version"], "days": 5, "reason": "需外省协查", "told_way": "PHONE"}
    assert as_staff(folk.feng).post(f"{path}/extend", more).status_code == 403
    untold = head.post(f"{path}/extend", {k: v for k, v in more.items() if k != "told_way"})
    assert untold.status_code == 422
    long = head.post(f"{path}/extend", {**more, "days": 11})
    assert (long.status_code, long.json()["code"]) == (422, "extension_too_long")
    given = head.post(f"{path}/extend", {**more, "days": 10}).json()
    # 5 + 10 working days after Monday 2026-11-23.
    assert given["due_at"] == "2026-12-14T09:00:00Z"
    assert {"form": "延期告知", "by": "孙主任", "at": clock.iso(clock.now())[:19] + "Z"} in given[
        "forms"
    ]
    again = head.post(f"{path}/extend", {**more, "version": given["version"]})
    assert again.json()["code"] == "extended_already"
    late = register(folk)
    standing_clock.advance(timedelta(days=8))
    answer = head.post(f"{PATH}/{late['id']}/extend", {**more, "version": late["version"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "extension_too_late")


def test_we_are_warned_before_the_deadline_and_told_at_it_once(
    folk: People, standing_clock: FixedClock
) -> None:
    row = register(folk)
    assert watch_unresolved() == 0
    standing_clock.advance(timedelta(days=4))  # Friday; due on Monday
    assert (watch_unresolved(), watch_unresolved()) == (1, 0)
    standing_clock.advance(timedelta(days=4))
    assert (watch_unresolved(), watch_unresolved()) == (1, 0)
    told = [one.kind for one in journal.entries(f"unresolved:{row['id']}")]
    assert told == ["unresolved.registered", "unresolved.expiring", "unresolved.overdue"]
    listed = as_staff(folk.cast.auditor).get(f"{PATH}?overdue=true").json()
    assert listed["overdue"] == 1


def test_a_report_from_the_door_opens_one_at_once(folk: People) -> None:
    delegation = new_delegation(folk.cast.bureau, folk.zhou)
    entry = tell(
        delegation,
        "door.report_made",
        {"text": "等到六点没有人"},
        kind="NOBODY_CAME",
        subject=str(delegation.pk),
    )
    outbox.drain()
    row = Unresolved.objects.get()
    assert (row.source, row.complexity, row.entry) == ("DOOR", "SIMPLE", entry.pk)
    assert row.text == "没有人来。等到六点没有人"
    listed = as_staff(folk.cast.head).get(PATH).json()["items"][0]
    assert (listed["applicant_name"], listed["phone"]) == ("李**", "138****1234")
    assert listed["delegation"] == str(delegation.pk)
    full = as_staff(folk.cast.head).get(f"{PATH}/{row.pk}").json()
    assert full["phone"] == delegation.phone


def test_delegates_and_other_bureaus_see_none(folk: People) -> None:
    row = register(folk)
    stranger = as_staff(hire(folk.cast.elsewhere, "guo", "郭他局", Role.DISPATCHER))
    assert stranger.get(PATH).json()["items"] == []
    assert stranger.get(f"{PATH}/{row['id']}").status_code == 404
    assert as_staff(folk.zhou).get(PATH).status_code == 403
    body = {"text": "x", "source": "WINDOW", "delegation": str(row["id"])}
    assert as_staff(folk.feng).post(PATH, body).status_code == 422
