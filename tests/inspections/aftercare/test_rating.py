"""One rating by one's own link; the rated learn nothing; a bad one starts a clock."""

from datetime import timedelta

import pytest

from fieldsvc.kernel import clock, journal
from fieldsvc.kernel.clock import FixedClock
from inspections.aftercare.models import FollowUp, Rating, Remedy
from inspections.aftercare.services import escalate_remedies
from inspections.people.states import Role
from tests.inspections.aftercare.scene import (
    People,
    applicant_of,
    as_staff,
    deliver,
    go_there,
    hire,
    new_delegation,
)

GOOD = {"grade": 5, "tags": ["POLITE"], "text": "很好"}
BAD = {"grade": 1, "tags": ["LATE", "RUDE"], "text": "来晚了还发脾气"}


def delivered(folk: People, number: int = 1, staff=None):  # type: ignore[no-untyped-def]
    delegation = new_delegation(folk.cast.bureau, staff or folk.zhou, number)
    go_there(delegation, staff or folk.zhou)
    deliver(delegation)
    return delegation


def test_a_citizen_rates_once_by_the_own_link(folk: People) -> None:
    delegation = delivered(folk)
    caller = applicant_of(delegation)
    asked = caller.get("/join/rating").json()
    assert asked["may_rate"] is True
    assert [one["label"] for one in asked["grades"]] == [
        "非常满意",
        "满意",
        "基本满意",
        "不满意",
        "非常不满意",
    ]
    answer = caller.post("/join/rating", GOOD)
    assert answer.status_code == 200, answer.content
    assert answer.json()["given"] is True
    assert "grade" not in answer.json()
    again = caller.post("/join/rating", BAD)
    assert (again.status_code, again.json()["code"]) == (409, "rating_given")
    assert Rating.objects.get().grade == 5


def test_nothing_is_rated_before_it_is_finished(folk: People) -> None:
    caller = applicant_of(new_delegation(folk.cast.bureau, folk.zhou))
    assert caller.get("/join/rating").json()["may_rate"] is False
    answer = caller.post("/join/rating", GOOD)
    assert (answer.status_code, answer.json()["code"]) == (409, "rating_not_yet")


def test_a_tag_must_fit_its_grade(folk: People) -> None:
    caller = applicant_of(delivered(folk))
    answer = caller.post("/join/rating", {"grade": 5, "tags": ["RUDE"]})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert caller.post("/join/rating", {"grade": 6}).status_code == 422
    assert not Rating.objects.exists()


@pytest.mark.parametrize("who", ["zhou", "feng", "head"])
def test_staff_cannot_rate(folk: People, who: str) -> None:
    delivered(folk)
    staff = folk.cast.head if who == "head" else getattr(folk, who)
    assert as_staff(staff).post("/join/rating", GOOD).status_code == 403


def test_a_bad_rating_opens_a_remedy_and_a_call(folk: People) -> None:
    delegation = delivered(folk)
    assert applicant_of(delegation).post("/join/rating", BAD).status_code == 200
    remedy = Remedy.objects.get()
    assert remedy.owner == folk.cast.head
    # 15 working days after Monday 2026-11-23: Monday 2026-12-14, close of office.
    assert clock.iso(remedy.due_at) == "2026-12-14T09:00:00.000000Z"
    call = FollowUp.objects.get(state="OPEN")
    assert call.cause == "BAD_RATING"
    assert clock.iso(call.due_at) == "2026-11-24T09:00:00.000000Z"
    kinds = [one.kind for one in journal.entries(f"aftercare:{delegation.pk}")]
    assert kinds[-3:] == ["rating.received", "remedy.opened", "follow_up.opened"]


def test_the_chain_of_the_service_does_not_tell_of_the_rating(folk: People) -> None:
    delegation = delivered(folk)
    before = journal.head(delegation.stream)
    caller = applicant_of(delegation)
    opened = journal.head(delegation.stream)
    caller.post("/join/rating", BAD)
    assert journal.head(delegation.stream) == opened
    assert opened.length >= before.length
    received = journal.entries(f"aftercare:{delegation.pk}").get(kind="rating.received")
    assert "发脾气" not in bytes(received.body).decode()
    assert journal.reveal(received, "text") == BAD["text"]


def test_the_rated_find_nothing_even_as_head_or_dispatcher(folk: People) -> None:
    both = hire(folk.cast.bureau, "he", "何兼任", Role.DELEGATE, Role.HEAD, Role.DISPATCHER)
    delegation = delivered(folk, staff=both)
    applicant_of(delegation).post("/join/rating", BAD)
    remedy, call = Remedy.objects.get(), FollowUp.objects.get(state="OPEN")
    assert remedy.owner != both
    rated, other = as_staff(both), as_staff(folk.cast.head)
    assert rated.get("/aftercare/remedies").json()["items"] == []
    assert rated.get("/aftercare/follow-ups").json()["items"] == []
    assert rated.get("/aftercare/ratings/summary").json()["bureau"][0]["count"] == 0
    closing = {"version": remedy.version, "outcome": "EXPLAINED", "found": "x", "answer": "y"}
    assert rated.post(f"/aftercare/remedies/{remedy.pk}/close", closing).status_code == 404
    done = {"version": call.version, "outcome": "SATISFIED"}
    assert rated.post(f"/aftercare/follow-ups/{call.pk}/done", done).status_code == 404
    assert len(other.get("/aftercare/remedies").json()["items"]) == 1
    assert other.get("/aftercare/ratings/summary").json()["bureau"][0]["count"] == 1


def test_those_who_took_the_visit_on_and_never_came_are_rated_too(folk: People) -> None:
    delegation = new_delegation(folk.cast.bureau, folk.zhou)
    go_there(delegation, folk.wu, "order.accepted")
    go_there(delegation, folk.zhou)
    deliver(delegation)
    applicant_of(delegation).post("/join/rating", BAD)
    assert set(Rating.objects.get().rated.all()) == {folk.zhou, folk.wu}


def test_own_totals_are_told_from_five_up_and_only_of_months_that_are_over(
    folk: People, standing_clock: FixedClock
) -> None:
    def own() -> list[dict]:  # type: ignore[type-arg]
        return as_staff(folk.zhou).get("/aftercare/ratings/summary").json()["own"]

    for number in range(1, 6):
        caller = applicant_of(delivered(folk, number))
        assert caller.post("/join/rating", GOOD).status_code == 200
    single = applicant_of(delivered(folk, 9, folk.wu))
    single.post("/join/rating", BAD)
    # The month is not over: each further rating would show in a moving total.
    assert next(one["month"] for one in own()) == "2026-10"
    assert all(one["count"] is None for one in own())
    standing_clock.advance(timedelta(days=10))
    november = next(one for one in own() if one["month"] == "2026-11")
    assert november == {
        "month": "2026-11",
        "count": 5,
        "grades": {"1": 0, "2": 0, "3": 0, "4": 0, "5": 5},
    }
    wu = as_staff(folk.wu).get("/aftercare/ratings/summary").json()
    assert wu["bureau"] is None
    assert all(one["count"] is None and one["grades"] is None for one in wu["own"])


def test_a_remedy_is_settled_by_its_owner_or_a_head_and_escalates(
    folk: People, standing_clock: FixedClock
) -> None:
    delegation = delivered(folk)
    applicant_of(delegation).post("/join/rating", BAD)
    remedy = Remedy.objects.get()
    path = f"/aftercare/remedies/{remedy.pk}"
    closing = {"outcome": "PUT_RIGHT", "found": "属实", "answer": "已当面道歉"}
    feng = as_staff(folk.feng)
    refused = feng.post(f"{path}/close", {**closing, "version": remedy.version})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_the_owner")
    head = as_staff(folk.cast.head)
    for staff, code in ((folk.zhou, "owner_unknown"), (folk.cast.zhao, "owner_unknown")):
        body = {"version": remedy.version, "staff": str(staff.pk)}
        assert head.post(f"{path}/assign", body).json()["code"] == code
    body = {"version": remedy.version, "staff": str(folk.feng.pk)}
    assert head.post(f"{path}/assign", body).json()["owner"]["name"] == "冯调度"
    assert head.post(f"{path}/assign", body).json()["code"] == "stale_version"
    standing_clock.advance(timedelta(days=30))
    assert (escalate_remedies(), escalate_remedies()) == (1, 0)
    remedy.refresh_from_db(fields=["version", "escalated_at"])
    row = feng.get("/aftercare/remedies").json()["items"][0]
    assert row["overdue"] and row["escalated"] and row["may_close"]
    closed = feng.post(f"{path}/close", {**closing, "version": remedy.version})
    assert closed.status_code == 200, closed.content
    assert closed.json()["state"] == "CLOSED"
    again = feng.post(f"{path}/close", {**closing, "version": remedy.version + 1})
    assert again.json()["code"] == "transition_refused"


def test_an_owner_is_never_one_of_the_rated(folk: People) -> None:
    both = hire(folk.cast.bureau, "he", "何兼任", Role.DELEGATE, Role.DISPATCHER)
    delegation = delivered(folk, staff=both)
    applicant_of(delegation).post("/join/rating", BAD)
    remedy = Remedy.objects.get()
    body = {"version": remedy.version, "staff": str(both.pk)}
    answer = as_staff(folk.cast.head).post(f"/aftercare/remedies/{remedy.pk}/assign", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "owner_was_rated")


def test_another_bureau_sees_nothing(folk: People) -> None:
    delegation = delivered(folk)
    applicant_of(delegation).post("/join/rating", BAD)
    remedy = Remedy.objects.get()
    stranger = as_staff(hire(folk.cast.elsewhere, "guo", "郭他局", Role.HEAD))
    assert stranger.get("/aftercare/remedies").json()["items"] == []
    closing = {"version": 0, "outcome": "EXPLAINED", "found": "x", "answer": "y"}
    assert stranger.post(f"/aftercare/remedies/{remedy.pk}/close", closing).status_code == 404
    assert as_staff(folk.zhou).get("/aftercare/remedies").status_code == 403
