"""Results on their way to a real receiver that behaves, misbehaves, or is away."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from fieldsvc.kernel import chain, outbox
from fieldsvc.kernel.clock import FixedClock
from fieldsvc.kernel.outbox import OutboxRow
from inspections.cases.selectors import case_of
from inspections.catalog.states import Outcome
from inspections.people.selectors import actor_of_staff
from inspections.results import services
from inspections.results.errors import DeliveryNotDead, EarlierResultMissing
from inspections.results.models import ResultDelivery
from inspections.results.rules import Answer
from inspections.results.services import Post
from inspections.results.subscribers import SCHEDULE
from tests.inspections.cast import PHONE
from tests.inspections.results.scene import NOTE, Handover, past
from tests.support.receiver import Receiver, Reply

GOOD: Reply = (200, b'{"receipt_id": "R-1"}')


def always(reply: Reply) -> Callable[[object], Reply]:
    return lambda received: reply


def play(*replies: Reply) -> Callable[[object], Reply]:
    """The replies in turn."""
    queue = list(replies)
    return lambda received: queue.pop(0)


class TestAReceiverThatBehaves:
    def test_it_gets_the_result_once_and_can_verify_who_sent_it(
        self, handover: Handover, receiver: Receiver
    ) -> None:
        delivery = handover.send()
        (item,) = receiver.received
        assert item.signed_by(handover.public_key)
        assert item.headers["webhook-id"] == str(delivery.pk) == item.json["id"]
        assert item.body == bytes(delivery.body)
        assert item.json == {
            "type": "inspection.result",
            "id": str(delivery.pk),
            "case_number": "KY-2026-000123",
            "inspection_number": "YKY-2026-000001",
            "round": 1,
            "version": 1,
            "verdict": "NON_CONFORMING",
            "counts": {"conforming": 20, "key_failed": 1},
            "failed_items": [{"code": "CY01", "title": "招牌", "level": "KEY"}],
            "rectification_deadline": "2026-11-28T01:00:00.000000Z",
            "record_sha256": "a" * 64,
            "dossier_head": "b" * 64,
            "at": "2026-11-23T01:00:00.000000Z",
        }

    def test_its_receipt_is_a_fact_of_the_case_and_the_case_shows_the_result(
        self, handover: Handover
    ) -> None:
        delivery = handover.send()
        assert (delivery.state, delivery.receipt_id) == ("DELIVERED", "R-1")
        assert handover.kinds() == ["result.queued", "result.attempted", "result.delivered"]
        last = handover.told()[-1]
        assert last.data["receipt_id"] == "R-1"
        assert last.data["body_sha256"] == delivery.body_sha256
        case = case_of(handover.case.pk)
        assert (case.outcome, case.result_version) == ("NON_CONFORMING", 1)
        assert case.result_delivered_at == delivery.delivered_at

    def test_the_same_dossier_queued_again_sends_nothing_again(
        self, handover: Handover, receiver: Receiver
    ) -> None:
        result = handover.result()
        first, again = services.queue(result), services.queue(result)
        outbox.drain()
        assert first.pk == again.pk
        assert len(receiver.received) == 1

    def test_another_key_or_another_body_does_not_verify(
        self, handover: Handover, receiver: Receiver
    ) -> None:
        handover.send()
        (item,) = receiver.received
        forged = type(item)(item.headers, item.body.replace(b"NON_CONFORMING", b"CONFORMING"))
        assert not forged.signed_by(handover.public_key)
        late = {**item.headers, "webhook-timestamp": "1"}
        assert not type(item)(late, item.body).signed_by(handover.public_key)


class TestAReceiverThatMisbehaves:
    @pytest.mark.parametrize(
        ("reply", "code", "status"),
        [
            ((500, b""), "http_error", 500),
            ((404, b""), "http_error", 404),
            ((302, b"", {"location": "http://127.0.0.1:9/"}), "redirect_refused", 302),
            ((200, b""), "receipt_missing", 200),
            ((204, b""), "receipt_missing", 204),
            ((200, b"<html>OK</html>"), "receipt_missing", 200),
            ((200, b"[" * 60_000), "receipt_missing", 200),
            ((200, b'{"receipt_id": ""}'), "receipt_missing", 200),
            ((200, b'{"receipt_id": 7}'), "receipt_missing", 200),
            ((200, b'{"receipt_id": "a\\nb"}'), "receipt_missing", 200),
            (
                (200, b'{"receipt_id": "R", "more": "' + b"x" * 100_000 + b'"}'),
                "receipt_missing",
                200,
            ),
        ],
    )
    def test_the_failure_is_named_and_the_next_try_delivers(
        self,
        handover: Handover,
        receiver: Receiver,
        standing_clock: FixedClock,
        reply: Reply,
        code: str,
        status: int,
    ) -> None:
        receiver.answer = play(reply, GOOD)
        delivery = handover.send()
        assert (delivery.state, delivery.last_code, delivery.last_status) == (
            "PENDING",
            code,
            status,
        )
        standing_clock.advance(past(0))
        outbox.drain()
        delivery.refresh_from_db()
        assert (delivery.state, delivery.attempts) == ("DELIVERED", 2)
        first, second = receiver.received
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert first.body == second.body
        assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
        assert second.signed_by(handover.public_key)

    def test_one_that_is_down_gets_it_when_it_is_back(
        self, handover: Handover, receiver: Receiver, standing_clock: FixedClock
    ) -> None:
        up, handover.case.callback_url = receiver.url, "http://127.0.0.1:1/results"
        handover.case.save()
        delivery = handover.send()
        assert delivery.last_code == "connect_failed"
        ResultDelivery.objects.update(callback_url=up)
        standing_clock.advance(past(0))
        outbox.drain()
        delivery.refresh_from_db()
        assert delivery.state == "DELIVERED"

    def test_it_is_not_asked_again_before_the_time_it_wants(
        self, handover: Handover, receiver: Receiver, standing_clock: FixedClock
    ) -> None:
        receiver.answer = play((429, b"", {"retry-after": "900"}), GOOD)
        handover.send()
        standing_clock.advance(timedelta(seconds=899))
        outbox.drain()
        assert len(receiver.received) == 1
        standing_clock.advance(timedelta(seconds=2))
        outbox.drain()
        assert handover.codes() == ["busy", "ok"]

    def test_gone_stops_at_once(
        self, handover: Handover, receiver: Receiver, standing_clock: FixedClock
    ) -> None:
        receiver.answer = always((410, b""))
        delivery = handover.send()
        standing_clock.advance(timedelta(days=10))
        outbox.drain()
        assert len(receiver.received) == 1
        assert (delivery.state, delivery.next_attempt_at) == ("DEAD", None)
        assert handover.told()[-1].data["again_at"] is None

    def test_the_last_try_comes_three_days_after_the_first(
        self, handover: Handover, receiver: Receiver, standing_clock: FixedClock
    ) -> None:
        receiver.answer = always((503, b""))
        delivery = handover.send()
        for step in range(len(SCHEDULE)):
            assert delivery.state == "PENDING"
            standing_clock.advance(past(step))
            outbox.drain()
            delivery.refresh_from_db()
        assert (delivery.state, delivery.attempts) == ("DEAD", 10)
        assert len(receiver.received) == 10
        assert sum(SCHEDULE) >= 72 * 3600
        assert not OutboxRow.objects.exclude(state="DONE").exists()


class TestADeadDelivery:
    def test_a_person_starts_it_anew_with_the_same_webhook_id(
        self, handover: Handover, receiver: Receiver
    ) -> None:
        receiver.answer = play((410, b""), GOOD)
        delivery = handover.send()
        services.replay(delivery, actor=actor_of_staff(handover.cast.head))
        outbox.drain()
        delivery.refresh_from_db()
        assert (delivery.state, delivery.attempts) == ("DELIVERED", 1)
        first, second = receiver.received
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert handover.told()[2].actor.id == str(handover.cast.head.pk)

    def test_what_is_not_dead_is_not_started_anew(self, handover: Handover) -> None:
        delivery = handover.send()
        with pytest.raises(DeliveryNotDead):
            services.replay(delivery, actor=actor_of_staff(handover.cast.head))


class TestTheOrderOfVersions:
    def test_the_second_waits_until_the_first_has_its_receipt(
        self, handover: Handover, receiver: Receiver, standing_clock: FixedClock
    ) -> None:
        receiver.answer = play((500, b""), GOOD, (200, b'{"receipt_id": "R-2"}'))
        handover.send()
        handover.queue(2, Outcome.CONFORMING)
        outbox.drain()
        standing_clock.advance(past(0))
        outbox.drain()
        assert [item.json["version"] for item in receiver.received] == [1, 1, 2]
        case = case_of(handover.case.pk)
        assert (case.outcome, case.result_version) == ("CONFORMING", 2)

    def test_a_dead_first_holds_the_second_back_until_it_is_replayed(
        self, handover: Handover, receiver: Receiver
    ) -> None:
        receiver.answer = play((410, b""), GOOD, (200, b'{"receipt_id": "R-2"}'))
        first = handover.send()
        second = handover.queue(2, Outcome.CONFORMING)
        outbox.drain()
        assert len(receiver.received) == 1
        services.replay(first, actor=actor_of_staff(handover.cast.head))
        outbox.drain()
        second.refresh_from_db()
        assert (second.state, second.receipt_id) == ("DELIVERED", "R-2")
        assert [item.json["version"] for item in receiver.received] == [1, 1, 2]

    def test_a_second_version_is_not_taken_before_the_first(self, handover: Handover) -> None:
        with pytest.raises(EarlierResultMissing):
            handover.queue(2)


class SlowColleague:
    """A gateway in whose middle another worker delivers the same result."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        self.meanwhile = meanwhile

    def post(self, post: Post) -> Answer:
        self.meanwhile()
        return Answer(200, json.dumps({"receipt_id": "R-late"}).encode())


def test_of_two_workers_with_the_same_result_one_writes_the_receipt(handover: Handover) -> None:
    delivery = handover.queue()
    gateway = SlowColleague(outbox.drain)
    tried = services.attempt(handover.case.pk, gateway, schedule=SCHEDULE)
    delivery.refresh_from_db()
    assert (tried.code, delivery.receipt_id) == ("settled_elsewhere", "R-1")
    assert handover.kinds().count("result.delivered") == 1


def test_an_address_taken_off_the_list_gets_nothing_more(
    handover: Handover, receiver: Receiver, settings
) -> None:  # type: ignore[no-untyped-def]
    settings.EMBEDDED = False
    delivery = handover.send()
    assert (delivery.last_code, receiver.received) == ("url_refused", [])


def test_neither_the_journal_nor_the_message_holds_personal_data(
    handover: Handover, receiver: Receiver
) -> None:
    receiver.answer = play((500, PHONE.encode()), GOOD)
    handover.send()
    written = b"".join(bytes(entry.body) for entry in handover.told())
    for text in (written.decode(), receiver.received[0].body.decode()):
        for word in ("李申请", "张三小馆", "丝绸路", PHONE, NOTE):
            assert word not in text
    assert chain.verify(handover.case.stream).ok
