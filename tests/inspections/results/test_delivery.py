import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from fieldsvc.kernel import journal, outbox
from fieldsvc.kernel.clock import FixedClock
from inspections.cases.models import Case
from inspections.results import keys, selectors, services
from inspections.results.gateways import HttpGateway
from inspections.results.models import ResultDelivery, WebhookKey
from inspections.results.subscribers import SCHEDULE
from tests.inspections.cast import Cast
from tests.inspections.results.scene import case_with_callback, result
from tests.inspections.results.servers import closed_port
from tests.support.receiver import Received, Receiver

Answerer = Callable[[Received], tuple[int, bytes]]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    one = Receiver()
    yield one
    one.close()


def queued(cast: Cast, url: str, **changes: Any) -> ResultDelivery:
    return services.queue(result(case_with_callback(cast, url), **changes))


def attempts(delivery: ResultDelivery) -> list[dict[str, Any]]:
    return [
        dict(entry.data)
        for entry in journal.entries(delivery.case.stream)
        if entry.kind == "result.attempted"
    ]


def later(clock: FixedClock, **step: float) -> None:
    clock.advance(timedelta(**step))
    outbox.drain()


@pytest.fixture(autouse=True)
def _quiet(capsys: pytest.CaptureFixture[str], settings: Any, tmp_path: Any) -> None:
    settings.SMS_FOLDER = tmp_path


class TestDelivering:
    def test_the_result_arrives_signed_and_the_case_shows_it(
        self, cast: Cast, receiver: Receiver, standing_clock: FixedClock
    ) -> None:
        delivery = queued(cast, receiver.url, rectification_deadline=None)
        outbox.drain()
        (got,) = receiver.received
        (key,) = selectors.keys_of(cast.bureau.pk)
        assert got.signed_by(key.public_key)
        assert got.headers["webhook-id"] == str(delivery.pk)
        assert got.headers["webhook-timestamp"] == str(int(standing_clock.now().timestamp()))
        assert got.json["verdict"] == "NON_CONFORMING"
        assert got.json["failed_items"] == [
            {"code": "CY10", "level": "KEY", "title": "餐用具消毒保洁"}
        ]
        assert len(got.body) < 20_000
        assert "保洁柜门坏了" not in got.body.decode()
        case = Case.objects.get()
        assert (case.outcome, case.result_version) == ("NON_CONFORMING", 1)
        kinds = [entry.kind for entry in journal.entries(case.stream)]
        assert [kind for kind in kinds if "result" in kind] == [
            "result.queued", "result.attempted", "result.delivered", "case.result_recorded",
        ]  # fmt: skip
        entry = journal.entries(case.stream).get(kind="result.delivered")
        assert entry.data["receipt_id"] == "R-1"

    def test_the_same_dossier_is_one_result(self, cast: Cast, receiver: Receiver) -> None:
        case = case_with_callback(cast, receiver.url)
        facts = result(case)
        assert services.queue(facts) == services.queue(facts)
        outbox.drain()
        assert len(receiver.received) == 1

    def test_versions_of_a_case_arrive_in_order(
        self, cast: Cast, receiver: Receiver, standing_clock: FixedClock
    ) -> None:
        receiver.answer = lambda _: (500, b"")
        case = case_with_callback(cast, receiver.url)
        services.queue(result(case))
        outbox.drain()
        services.queue(result(case, verdict="CONFORMING", rectification_deadline=None))
        outbox.drain()
        assert [got.json["version"] for got in receiver.received] == [1]
        receiver.answer = Receiver.answer
        later(standing_clock, seconds=6)
        assert [got.json["version"] for got in receiver.received] == [1, 1, 2]
        case.refresh_from_db()
        assert (case.outcome, case.result_version) == ("CONFORMING", 2)

    def test_two_keys_sign_while_one_takes_over(self, cast: Cast, receiver: Receiver) -> None:
        keys.ensure_key(cast.bureau.pk)
        old = WebhookKey.objects.get()
        new = keys.add_key(cast.bureau.pk)
        queued(cast, receiver.url)
        outbox.drain()
        signatures = receiver.received[0].headers["webhook-signature"].split()
        assert len(signatures) == 2
        keys.retire_key(old)
        assert [key.id for key in selectors.keys_of(cast.bureau.pk)] == [str(new.pk)]

    def test_the_private_key_is_not_readable_in_the_database(self, cast: Cast) -> None:
        keys.ensure_key(cast.bureau.pk)
        row = WebhookKey.objects.get()
        assert row.sealed_private_key.startswith("gAAAA")

    def test_the_client_reads_its_bureaus_keys_only(self, cast: Cast) -> None:
        keys.ensure_key(cast.bureau.pk)
        path = "/api/webhook-keys"
        mine = Client().get(path, headers={"Authorization": f"Bearer {cast.key}"}).json()
        other = Client().get(path, headers={"Authorization": f"Bearer {cast.other_key}"}).json()
        assert len(mine["keys"]) == 1
        assert other == {"keys": []}
        assert Client().get(path).status_code == 401


class TestReceiversThatFail:
    @pytest.mark.parametrize(
        ("answer", "code"),
        [
            (lambda _: (500, b""), "http_error"),
            (lambda _: (302, b""), "redirect_refused"),
            (lambda _: (200, b"thank you"), "receipt_missing"),
            (lambda _: (200, b""), "receipt_missing"),
            (lambda _: (429, b""), "busy"),
        ],
    )  # fmt: skip
    def test_the_failure_is_written_down_and_tried_again(
        self,
        cast: Cast,
        receiver: Receiver,
        standing_clock: FixedClock,
        answer: Answerer,
        code: str,
    ) -> None:
        receiver.answer = answer
        delivery = queued(cast, receiver.url)
        outbox.drain()
        (first,) = attempts(delivery)
        assert first["code"] == code
        assert first["again_at"] is not None
        receiver.answer = Receiver.answer
        later(standing_clock, seconds=6)
        assert [got["code"] for got in attempts(delivery)] == [code, "ok"]
        ids = {got.headers["webhook-id"] for got in receiver.received}
        assert ids == {str(delivery.pk)}
        assert len({got.body for got in receiver.received}) == 1

    def test_one_that_is_down_for_an_hour_gets_it_when_it_is_back(
        self, cast: Cast, receiver: Receiver, standing_clock: FixedClock
    ) -> None:
        url = closed_port()
        delivery = queued(cast, url)
        outbox.drain()
        for _ in range(12):
            later(standing_clock, minutes=5)
        codes = {got["code"] for got in attempts(delivery)}
        assert codes == {"connect_failed"}
        Case.objects.update(callback_url=receiver.url)
        later(standing_clock, hours=2)
        assert attempts(delivery)[-1]["code"] == "ok"

    def test_one_that_stays_down_is_left_to_a_person_after_three_days(
        self, cast: Cast, standing_clock: FixedClock
    ) -> None:
        delivery = queued(cast, closed_port())
        outbox.drain()
        for _ in range(4 * 24 * 2):
            later(standing_clock, minutes=30)
        tried = attempts(delivery)
        assert len(tried) == len(SCHEDULE) + 1
        assert tried[-1]["again_at"] is None
        (row,) = outbox.dead_rows()
        outbox.replay(row)
        outbox.drain()
        assert len(attempts(delivery)) == len(tried) + 1

    def test_retry_after_is_honoured(self, cast: Cast, standing_clock: FixedClock) -> None:
        with _asks_to_wait("600") as (url, received):
            queued(cast, url)
            outbox.drain()
            later(standing_clock, minutes=9)
            assert len(received) == 1
            later(standing_clock, minutes=2)
            assert len(received) == 2

    def test_410_ends_it(self, cast: Cast, receiver: Receiver, standing_clock: FixedClock) -> None:
        receiver.answer = lambda _: (410, b"")
        delivery = queued(cast, receiver.url)
        outbox.drain()
        later(standing_clock, days=1)
        assert len(receiver.received) == 1
        delivery.refresh_from_db()
        assert delivery.state == "STOPPED"
        assert not outbox.dead_rows()

    def test_a_place_taken_off_the_list_is_not_called(
        self, cast: Cast, receiver: Receiver, settings: Any
    ) -> None:
        delivery = queued(cast, receiver.url)
        settings.EMBEDDED = False
        outbox.drain()
        assert receiver.received == []
        assert attempts(delivery)[0]["code"] == "url_refused"


class TestTheSameTryTwice:
    def test_a_second_worker_changes_nothing(self, cast: Cast, receiver: Receiver) -> None:
        delivery = queued(cast, receiver.url)
        first = services.attempt(delivery.pk, HttpGateway(), schedule=SCHEDULE)
        again = services.attempt(delivery.pk, HttpGateway(), schedule=SCHEDULE)
        assert (first.code, again.code) == ("ok", "done")
        assert len(attempts(delivery)) == 1


@pytest.mark.django_db(transaction=True)
class TestManyWorkersAtOnce:
    def test_the_result_is_recorded_once(self, cast: Cast, receiver: Receiver) -> None:
        delivery = queued(cast, receiver.url)

        def attempt(_: int) -> str:
            try:
                return services.attempt(delivery.pk, HttpGateway(), schedule=SCHEDULE).code
            finally:
                connection.close()

        with ThreadPoolExecutor(6) as pool:
            codes = sorted(pool.map(attempt, range(6)))
        assert codes.count("ok") == 1
        assert set(codes) <= {"ok", "done"}
        kinds = [entry.kind for entry in journal.entries(delivery.case.stream)]
        assert kinds.count("result.delivered") == 1
        assert {json.loads(got.body)["id"] for got in receiver.received} == {str(delivery.pk)}


def _asks_to_wait(seconds: str):  # type: ignore[no-untyped-def]
    from contextlib import contextmanager
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    from threading import Thread

    received: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            received.append(self.path)
            self.send_response(429)
            self.send_header("retry-after", seconds)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return

    @contextmanager
    def serve():  # type: ignore[no-untyped-def]
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/", received
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    return serve()
