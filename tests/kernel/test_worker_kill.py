"""Celery on a real Redis: workers and the broker may be killed, no effect is lost."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import transaction

from fieldsvc.kernel import journal, outbox
from fieldsvc.kernel.journal import SYSTEM
from fieldsvc.kernel.outbox import OutboxRow
from tests.support import redis
from tests.support.database import child_env
from tests.support.processes import Running, free_port, start, wait_ready
from tests.support.until import until

EFFECTS = 12
APP = "tests.kernel.effects_app"


@pytest.fixture
def subscribed() -> Iterator[None]:
    """The row is written here; only the worker processes have the real handler."""
    outbox.on("effect.wanted", name="test.slow_effect", ordered=False)(lambda entry: None)
    before = outbox._poke
    outbox.poke_with(None)
    yield
    outbox.poke_with(before)
    outbox.remove("test.slow_effect")


class Farm:
    """Worker and beat as separate processes, with their logs."""

    def __init__(self, folder: Path, broker: str, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._env = {
            **child_env(),
            # The worker says that it is ready in a line that the usual level leaves out.
            "LOG_LEVEL": "DEBUG",
            "DJANGO_SETTINGS_MODULE": "fieldsvc.settings",
            "BROKER_URL": broker,
            "TASK_VISIBILITY_SECONDS": "10",
            "EFFECTS_FILE": str(folder / "effects"),
        }

    def worker(self, name: str) -> Running:
        options = ["worker", "-c", "2", "-l", "INFO", "-n", f"{name}@test", "-Q", "default,heavy"]
        running = self._run(name, options)
        wait_ready(running, lambda: " ready." in running.output(), seconds=40)
        return running

    def beat(self) -> Running:
        return self._run("beat", ["beat", "-s", str(self._folder / "schedule")])

    def _run(self, name: str, options: list[str]) -> Running:
        running = start(
            [sys.executable, "-m", "celery", "-A", APP, *options],
            log=self._folder / f"{name}.log",
            env=self._env,
        )
        self._stack.callback(running.stop)
        return running


def done() -> int:
    return OutboxRow.objects.filter(state=OutboxRow.State.DONE).count()


@pytest.mark.django_db(transaction=True)
def test_workers_and_broker_are_killed_and_every_effect_happens(tmp_path: Path, subscribed: None):
    port = free_port()
    with ExitStack() as stack:
        url, server = stack.enter_context(redis.serving(port))
        farm = Farm(tmp_path, f"{url}/0", stack)
        farm.beat()
        first = farm.worker("first")
        for _ in range(EFFECTS):
            with transaction.atomic():
                journal.append("effects", "effect.wanted", actor=SYSTEM, data={})
        OutboxRow.objects.update(poke_at=journal.entries("effects").first().at)
        until(lambda: done() >= 2, seconds=60, what="the first effects")
        first.kill()
        server.kill()
        # An empty broker: every message that was in it is gone, the rows are not.
        stack.enter_context(redis.serving(port))
        farm.worker("second")
        until(lambda: done() == EFFECTS, seconds=90, what="the rest of the effects")
    lines = (tmp_path / "effects").read_text().split()
    assert {int(line) for line in lines} == set(range(1, EFFECTS + 1))
    # At least once: only what was in a killed worker's hands may have happened twice.
    assert len(lines) <= EFFECTS + 2
