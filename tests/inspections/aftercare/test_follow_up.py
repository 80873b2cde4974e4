"""Whom we call back, what is asked, and what becomes of the answer."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from fieldsvc.kernel import journal
from fieldsvc.kernel.clock import FixedClock
from inspections.aftercare import rules
from inspections.aftercare.models import FollowUp
from inspections.aftercare.rules import Delivered
from inspections.aftercare.states import Cause
from tests.inspections.aftercare.scene import (
    People,
    applicant_of,
    as_staff,
    deliver,
    go_there,
    key,
    new_delegation,
)

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


def test_late_and_many_trips_are_always_called_and_a_tenth_of_the_rest() -> None:
    plain = key(sampled=False)
    late = Delivered(plain, NOON, NOON - timedelta(minutes=1), 1)
    assert rules.causes(late) == [Cause.LONG]
    assert rules.causes(Delivered(plain, NOON, NOON, 2)) == [Cause.MANY_TRIPS]
    assert rules.causes(Delivered(plain, NOON, NOON, 1)) == []
    assert rules.causes(Delivered(key(sampled=True), NOON, NOON, 1)) == [Cause.SAMPLE]


@given(st.uuids())
def test_the_sample_is_the_same_every_time(one: UUID) -> None:
    assert rules.in_sample(one) is rules.in_sample(UUID(str(one)))


def test_the_sample_is_about_a_tenth() -> None:
    found = sum(rules.in_sample(UUID(int=number)) for number in range(5000))
    assert 430 <= found <= 570


def test_a_late_delivery_is_queued_with_a_script_and_once(folk: People) -> None:
    delegation = new_delegation(
        folk.cast.bureau, folk.zhou, due_at=datetime(2026, 11, 22, tzinfo=UTC)
    )
    go_there(delegation, folk.zhou)
    deliver(delegation)
    deliver(delegation)
    call = FollowUp.objects.get()
    assert call.cause == "LONG"
    # Three working days after Monday 2026-11-23.
    assert call.due_at == datetime(2026, 11, 26, 9, tzinfo=UTC)
    row = as_staff(folk.feng).get("/aftercare/follow-ups").json()["items"][0]
    assert delegation.number in row["script"][0]
    assert any("比承诺的时间办得久" in line for line in row["script"])
    assert row["phone"] == delegation.phone


def test_a_bad_rating_joins_the_open_call_and_brings_it_forward(folk: People) -> None:
    delegation = new_delegation(folk.cast.bureau, folk.zhou)
    go_there(delegation, folk.zhou)
    go_there(delegation, folk.zhou, "order.arrived")
    deliver(delegation)
    applicant_of(delegation).post("/join/rating", {"grade": 2})
    call = FollowUp.objects.get()
    assert (call.cause, call.causes) == ("BAD_RATING", ["BAD_RATING", "MANY_TRIPS"])
    assert call.due_at == datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_a_plain_delivery_outside_the_sample_is_not_called(folk: People) -> None:
    delegation = new_delegation(folk.cast.bureau, folk.zhou, id=key(sampled=False))
    go_there(delegation, folk.zhou)
    deliver(delegation)
    assert not FollowUp.objects.exists()


def queued(folk: People) -> FollowUp:
    delegation = new_delegation(folk.cast.bureau, folk.zhou, id=key(sampled=True))
    go_there(delegation, folk.zhou)
    deliver(delegation)
    return FollowUp.objects.get()


def test_a_call_is_finished_with_an_outcome_and_a_blocked_point(folk: People) -> None:
    call = queued(folk)
    path, feng = f"/aftercare/follow-ups/{call.pk}", as_staff(folk.feng)
    done = {"version": call.version, "outcome": "UNDERSTANDING", "said": "公证处让我跑了两次"}
    bare = feng.post(f"{path}/done", {**done, "blocked_point": "OTHER"})
    assert (bare.status_code, bare.json()["code"]) == (422, "blocked_point_needs_text")
    assert as_staff(folk.zhou).post(f"{path}/done", done).status_code == 403
    assert as_staff(folk.cast.auditor).post(f"{path}/done", done).status_code == 403
    stale = feng.post(f"{path}/done", {**done, "version": call.version + 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_version")
    answer = feng.post(f"{path}/done", {**done, "blocked_point": "HAND_OVER"})
    assert answer.status_code == 200, answer.content
    assert answer.json()["blocked_point_label"] == "部门之间流转慢"
    again = feng.post(f"{path}/done", {**done, "version": answer.json()["version"]})
    assert again.json()["code"] == "transition_refused"
    told = journal.entries(call.stream).get(kind="follow_up.done")
    assert told.data["subject"] == str(call.subject)
    assert "公证处" not in bytes(told.body).decode()


def test_three_tries_hours_apart_and_the_call_is_given_up(
    folk: People, standing_clock: FixedClock
) -> None:
    call = queued(folk)
    path, feng = f"/aftercare/follow-ups/{call.pk}/unreachable", as_staff(folk.feng)
    version = call.version
    for number in (1, 2, 3):
        answer = feng.post(path, {"version": version})
        assert answer.status_code == 200, answer.content
        assert answer.json()["tries"] == number
        version = answer.json()["version"]
        if number == 1:
            early = feng.post(path, {"version": version})
            assert (early.status_code, early.json()["code"]) == (409, "follow_up_too_early")
        standing_clock.advance(timedelta(hours=3))
    assert answer.json()["state"] == "UNREACHABLE"
    kinds = [one.kind for one in journal.entries(call.stream)]
    assert kinds == [
        "follow_up.opened",
        "follow_up.tried",
        "follow_up.tried",
        "follow_up.unreachable",
    ]
