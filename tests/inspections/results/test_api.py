"""What staff and the approval system see of a delivery, and who may start it anew."""

import pytest
from django.test import Client

from fieldsvc.kernel import ids, outbox
from inspections.people import services as people
from inspections.people.services import NewStaff
from inspections.people.states import Role
from tests.inspections.cast import PASSWORD, Cast
from tests.inspections.results.scene import Handover
from tests.support.receiver import Receiver, Reply

PATH = "/api/cases/KY-2026-000123/results"
GONE: Reply = (410, b"")
GOOD: Reply = (200, b'{"receipt_id": "R-1"}')


def signed_in(username: str) -> Client:
    client = Client()
    json = "application/json"
    client.post("/api/session", {"username": username, "password": PASSWORD}, content_type=json)
    return client


def by_key(key: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {key}"})


def replay(client: Client, delivery_id: str):  # type: ignore[no-untyped-def]
    return client.post(
        f"/api/results/{delivery_id}/replay", headers={"Idempotency-Key": str(ids.new())}
    )


@pytest.fixture
def admin(cast: Cast) -> str:
    new = NewStaff("admin", "管理员", [Role.ADMINISTRATOR], badge_number="0306-99")
    people.add_staff(cast.bureau, new, password=PASSWORD)
    return "admin"


def test_staff_and_its_client_see_how_far_a_result_is(handover: Handover, admin: str) -> None:
    delivery = handover.send()
    for client in (
        signed_in("wang"),
        signed_in("sun"),
        signed_in(admin),
        by_key(handover.cast.key),
    ):
        answer = client.get(PATH)
        assert answer.status_code == 200
        (row,) = answer.json()["items"]
        assert row == {
            "id": str(delivery.pk),
            "version": 1,
            "state": "DELIVERED",
            "state_label": "已签收",
            "attempts": 1,
            "last_status": 200,
            "last_code": "ok",
            "next_attempt_at": None,
            "receipt_id": "R-1",
            "delivered_at": "2026-11-23T01:00:00Z",
        }


def test_while_it_fails_they_see_when_it_is_tried_again(
    handover: Handover, receiver: Receiver
) -> None:
    receiver.answer = lambda received: (500, b"")
    handover.send()
    (row,) = signed_in("wang").get(PATH).json()["items"]
    assert (row["state"], row["last_status"], row["receipt_id"]) == ("PENDING", 500, None)
    assert row["next_attempt_at"] > "2026-11-23T01:00:05"
    lines = signed_in("wang").get("/api/cases/KY-2026-000123").json()["timeline"]
    assert lines[-1]["label"] == "回传结果未成功，将自动重试"


def test_nobody_else_learns_that_there_is_one(handover: Handover) -> None:
    delivery = handover.send()
    for client, status in (
        (signed_in("zhao"), 404),
        (by_key(handover.cast.other_key), 404),
        (signed_in("qian"), 403),
        (Client(), 401),
    ):
        assert client.get(PATH).status_code == status
    for client, status in (
        (signed_in("zhao"), 404),
        (signed_in("wang"), 403),
        (signed_in("qian"), 403),
        (by_key(handover.cast.key), 403),
        (Client(), 401),
    ):
        assert replay(client, str(delivery.pk)).status_code == status


@pytest.mark.parametrize("username", ["sun", "admin"])
def test_head_or_administrator_starts_a_dead_one_anew(
    handover: Handover, receiver: Receiver, admin: str, username: str
) -> None:
    replies = [GONE, GOOD]
    receiver.answer = lambda received: replies.pop(0)
    delivery = handover.send()
    client = signed_in(username)
    assert client.get(PATH).json()["items"][0]["state_label"] == "已停止回传"
    answer = replay(client, str(delivery.pk))
    assert (answer.status_code, answer.json()["state"]) == (200, "PENDING")
    outbox.drain()
    assert client.get(PATH).json()["items"][0]["receipt_id"] == "R-1"
    again = replay(client, str(delivery.pk))
    assert (again.status_code, again.json()["code"]) == (409, "delivery_not_dead")


def test_an_unknown_one_is_not_found(cast: Cast) -> None:
    answer = replay(signed_in("sun"), str(ids.new()))
    assert (answer.status_code, answer.json()["code"]) == (404, "delivery_unknown")
