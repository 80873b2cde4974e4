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


@pytest.mark.django_db(transaction=True)
def test_nothing_waits_behind_recordings_that_are_being_transcoded():
    begun, gate = threading.Event(), threading.Event()

    def long(entry: JournalEntry) -> None:
        begun.set()
        assert gate.wait(120)

    outbox.on("film.wanted", name="test.heavy", heavy=True, ordered=False)(long)
    outbox.on("thing.done", name="test.light")(lambda entry: None)
    embedded = Embedded(concurrency=1)
    embedded.start()
    try:
        with transaction.atomic():
            for _ in range(3):
                journal.append("s", "film.wanted", actor=SYSTEM, data={})
        assert begun.wait(60)
        write()
        until(lambda: all_done(1), seconds=60, what="the delivery beside the long ones")
        assert OutboxRow.objects.get(state=OutboxRow.State.DONE).subscriber == "test.light"
        gate.set()
        until(lambda: all_done(4), seconds=60, what="the long ones, one after the other")
    finally:
        gate.set()
        embedded.stop()
        outbox.remove("test.heavy")
        outbox.remove("test.light")


def test_a_child_that_a_task_started_does_not_hold_up_the_end(tmp_path: Path) -> None:
    """In a process of its own: the children of this one are other tests' servers."""
    program = (
        "import django, subprocess, threading; django.setup()\n"
        "from fieldsvc.embedded import end_children\n"
        "ended = []\n"
        "def work():\n"
        "    child = subprocess.Popen(['sleep', '600'])\n"
        "    begun.set()\n"
        "    ended.append(child.wait())\n"
        "begun = threading.Event()\n"
        "thread = threading.Thread(target=work)\n"
        "thread.start()\n"
        "begun.wait()\n"
        "end_children()\n"
        "thread.join(60)\n"
        "assert ended == [-15], ended\n"
    )
    _runs(program, tmp_path)


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
    _runs(program, tmp_path)


def _runs(program: str, folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"VAR_DIR": str(folder)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
