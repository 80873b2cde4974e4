"""Workers that die or run at once: every result is recorded exactly once."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from django.conf import settings
from django.db import connection

from fieldsvc.kernel import clock, outbox
from inspections.results import services
from inspections.results.gateways import HttpGateway
from inspections.results.models import ResultDelivery
from inspections.results.subscribers import SCHEDULE
from tests.inspections.cast import Cast
from tests.inspections.results.scene import Handover, hand_over_to
from tests.support.database import child_env
from tests.support.processes import start
from tests.support.receiver import Received, Receiver, Reply
from tests.support.until import until

WORKER = "import django; django.setup(); from fieldsvc.kernel import outbox; outbox.drain()"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def handover(cast: Cast, receiver: Receiver) -> Iterator[Handover]:
    """At the real time, which other processes see, too."""
    before = outbox._poke
    outbox.poke_with(None)
    yield hand_over_to(cast, receiver.url)
    outbox.poke_with(before)


def test_a_worker_killed_between_sending_and_recording_leaves_one_effect(
    handover: Handover, receiver: Receiver, tmp_path: Path
) -> None:
    held = Event()

    def answer(received: Received) -> Reply:
        # The receiver has taken it; the first worker never learns.
        if len(receiver.received) == 1:
            held.wait(60)
        return 200, b'{"receipt_id": "R-1"}'

    receiver.answer = answer
    delivery = handover.queue()
    env = {
        **child_env(),
        "DJANGO_SETTINGS_MODULE": "fieldsvc.settings",
        "SECRET_KEY": settings.SECRET_KEY,
        "SMS_FOLDER": str(tmp_path),
    }
    worker = start([sys.executable, "-c", WORKER], log=tmp_path / "worker.log", env=env)
    try:
        until(lambda: receiver.received, seconds=40, what="the first request")
    finally:
        worker.kill()
        held.set()
    delivery.refresh_from_db()
    assert (delivery.state, handover.kinds()) == ("PENDING", ["result.queued"])

    with clock.using(clock.FixedClock(clock.now() + timedelta(seconds=61))):
        outbox.drain()
    delivery.refresh_from_db()
    assert delivery.state == "DELIVERED"
    first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert handover.kinds() == ["result.queued", "result.attempted", "result.delivered"]


def test_many_workers_at_once_record_it_once(handover: Handover, receiver: Receiver) -> None:
    delivery = handover.queue()

    def attempt(_: int) -> str:
        try:
            return services.attempt(handover.case.pk, HttpGateway(), schedule=SCHEDULE).code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        codes = list(pool.map(attempt, range(6)))
    assert codes.count("ok") == 1
    assert set(codes) <= {"ok", "settled_elsewhere", "nothing_due"}
    assert handover.kinds().count("result.delivered") == 1
    assert {item.headers["webhook-id"] for item in receiver.received} == {str(delivery.pk)}


def test_the_same_dossier_from_many_workers_is_one_result(handover: Handover) -> None:
    result = handover.result()

    def queue(_: int) -> ResultDelivery:
        try:
            return services.queue(result)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert len({delivery.pk for delivery in pool.map(queue, range(6))}) == 1
    assert handover.kinds() == ["result.queued"]
