"""In the embedded mode one process commits, delivers and sweeps, and stops when told to."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import transaction

from fieldsvc.embedded import Embedded
from fieldsvc.kernel import journal, outbox, tasks
from fieldsvc.kernel.journal import SYSTEM, JournalEntry
from fieldsvc.kernel.outbox import OutboxRow
from tests.support.until import until


def write() -> None:
    with transaction.atomic():
        journal.append("s", "thing.done", actor=SYSTEM, data={})


def all_done(count: int) -> bool:
    return OutboxRow.objects.filter(state=OutboxRow.State.DONE).count() == count


@pytest.mark.django_db(transaction=True)
def test_an_effect_follows_its_commit_within_a_second_and_a_lost_poke_within_a_sweep():
    seen: list[str] = []

    def handler(entry: JournalEntry) -> None:
        seen.append(threading.current_thread().name)

    outbox.on("thing.done", name="test.embedded")(handler)
    embedded = Embedded(concurrency=2)
    embedded.start()
    try:
        write()
        until(lambda: all_done(1), seconds=60, what="the poked delivery")
        outbox.poke_with(None)
        write()
        outbox.poke_with(tasks.poke)
        until(lambda: all_done(2), seconds=40, what="the swept delivery")
    finally:
        outbox.poke_with(tasks.poke)
        embedded.stop()
        outbox.remove("test.embedded")
    assert threading.current_thread().name not in seen
    assert not [t for t in threading.enumerate() if t.name.startswith("embedded-")]


def test_beat_knows_every_task_of_its_table_from_the_first_second(tmp_path: Path) -> None:
    """In a process of its own: here the tests have long imported the slices' tasks."""
    program = (
        "import django; django.setup()\n"
        "from fieldsvc.embedded import Embedded\n"
        "from fieldsvc.kernel import beat\n"
        "embedded = Embedded(concurrency=1)\n"
        "embedded.start()\n"
        "missing = set(beat.SCHEDULE) - embedded.clockwork\n"
        "assert 'evidence.anchor' in beat.SCHEDULE and not missing, missing\n"
        "embedded.stop()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"VAR_DIR": str(tmp_path)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
