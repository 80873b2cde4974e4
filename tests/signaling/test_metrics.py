"""Monitoring: who may read the figures, what they say, and that nobody is named in them."""

import re
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.test import AsyncClient, Client
from prometheus_client import REGISTRY
from pytest_django import Settings

from signaling import metrics
from signaling.mediaworker import MediaNode
from tests.signaling.conftest import Scene
from tests.signaling.test_node import flowing
from tests.support.processes import free_port
from tests.support.until import until_async


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, 200),
        ({"REMOTE_ADDR": "::1"}, 200),
        ({"REMOTE_ADDR": "10.0.0.9"}, 404),
        ({"REMOTE_ADDR": ""}, 404),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "10.0.0.9"}, 404),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=10.0.0.9"}, 404),
    ],
)
def test_without_a_token_only_this_machine_reads(headers: dict[str, str], status: int) -> None:
    assert Client().get("/metrics", **headers).status_code == status  # type: ignore[arg-type]


@pytest.mark.django_db
def test_with_a_token_it_must_be_brought_from_anywhere(settings: Settings) -> None:
    settings.METRICS_TOKEN = "of the operators"

    def ask(address: str, authorization: str) -> int:
        headers = {"REMOTE_ADDR": address, "HTTP_AUTHORIZATION": authorization}
        return Client().get("/metrics", **headers).status_code  # type: ignore[arg-type]

    assert ask("127.0.0.1", "") == 404
    assert ask("127.0.0.1", "Bearer guessed") == 404
    assert ask("10.0.0.9", "Bearer of the operators") == 200


async def test_a_call_shows_in_the_figures_and_nobody_is_named(
    scene: Scene, node: MediaNode
) -> None:
    await flowing(scene)
    await until_async(
        lambda: REGISTRY.get_sample_value("fieldsvc_media_peers", {"direction": "publish"}) == 1,
        seconds=60,
        what="the node's look at its rooms",
    )
    assert REGISTRY.get_sample_value("fieldsvc_sockets", {"kind": "RoomConsumer"})
    assert REGISTRY.get_sample_value("fieldsvc_message_seconds_count", {"type": "peer.publish"})
    answer = await AsyncClient().get("/metrics")
    text = answer.content.decode()
    assert answer.status_code == 200
    ours = "\n".join(line for line in text.splitlines() if line.startswith("fieldsvc_"))
    labels = set(re.findall(r'(\w+)="([^"]*)"', ours))
    assert {name for name, _ in labels} <= {*("direction", "kind", "le", "reason", "state", "type")}
    for person in (scene.li, scene.wang):
        for word in (person.name, person.subject, str(person.pk), person.pk.hex):
            assert word not in text
    assert str(scene.room.pk) not in text


def test_a_media_node_answers_on_loopback_and_stops() -> None:
    port = free_port()
    stop = metrics.serve(port)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
        assert b"fieldsvc_media_rooms" in answer.read()
    stop()
    with pytest.raises(OSError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=2)


def test_only_threads_of_a_pool_that_has_a_name_are_the_pools() -> None:
    before, end = metrics.pooled(), threading.Event()
    named = ThreadPoolExecutor(2, thread_name_prefix="of-a-test")
    nameless = ThreadPoolExecutor(2)
    alone = threading.Thread(target=end.wait, args=(40,))
    alone.start()
    for pool in (named, nameless):
        for _ in range(2):
            pool.submit(end.wait, 40)
    assert metrics.pooled() == before + 2
    end.set()
    alone.join()
    named.shutdown()
    nameless.shutdown()
    assert metrics.pooled() == before
