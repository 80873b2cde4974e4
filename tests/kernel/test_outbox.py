"""Effects follow commits: at least once, in order per stream, until done or loudly dead."""

import logging
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path
from threading import Barrier, Event

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection, transaction

from fieldsvc.kernel import journal, outbox
from fieldsvc.kernel.clock import FixedClock
from fieldsvc.kernel.errors import StaleVersion
from fieldsvc.kernel.journal import SYSTEM, JournalEntry
from fieldsvc.kernel.outbox import OutboxRow, RetryLater
from tests.support.database import child_env
from tests.support.processes import start
from tests.support.until import until

Subscribe = Callable[..., None]
State = OutboxRow.State


@pytest.fixture
def subscribe() -> Iterator[Subscribe]:
    names: list[str] = []

    def register(handler: outbox.Handler, **options: object) -> None:
        name = f"test.subscriber{len(names)}"
        outbox.on("thing.done", name=name, **options)(handler)  # type: ignore[arg-type]
        names.append(name)

    yield register
    for name in names:
        outbox.remove(name)


@pytest.fixture(autouse=True)
def pokes() -> Iterator[list[int]]:
    """The ids a worker would have been told of."""
    told: list[int] = []
    before = outbox._poke
    outbox.poke_with(lambda row_id, heavy: told.append(row_id))
    yield told
    outbox.poke_with(before)


def write(stream: str = "s", kind: str = "thing.done") -> JournalEntry:
    with transaction.atomic():
        return journal.append(stream, kind, actor=SYSTEM, data={})


def states() -> list[str]:
    return list(OutboxRow.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.django_db
def test_each_subscriber_of_a_kind_gets_its_own_row(subscribe: Subscribe):
    seen: list[str] = []
    subscribe(lambda entry: seen.append("one"))
    subscribe(lambda entry: seen.append("two"))
    write()
    write(kind="other.thing")
    assert outbox.drain() == 2
    assert sorted(seen) == ["one", "two"]
    assert states() == [State.DONE, State.DONE]


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_told_after_commit_and_never_of_a_rolled_back_fact(
    subscribe: Subscribe, pokes: list[int]
):
    subscribe(lambda entry: None)
    with transaction.atomic():
        journal.append("s", "thing.done", actor=SYSTEM, data={})
        assert pokes == []
    assert pokes == [OutboxRow.objects.get().pk]
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        journal.append("s", "thing.done", actor=SYSTEM, data={})
        raise ZeroDivisionError
    assert len(pokes) == 1
    assert OutboxRow.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_costs_neither_the_fact_nor_the_effect(subscribe: Subscribe):
    seen: list[int] = []
    subscribe(lambda entry: seen.append(entry.number))

    def broken(row_id: int, heavy: bool) -> None:
        raise ConnectionError

    outbox.poke_with(broken)
    write()
    assert outbox.drain() == 1
    assert seen == [1]


@pytest.mark.django_db
def test_one_stream_is_delivered_in_order_and_a_failure_holds_only_that_stream(
    subscribe: Subscribe, standing_clock: FixedClock
):
    seen: list[tuple[str, int]] = []

    def handler(entry: JournalEntry) -> None:
        seen.append((entry.stream, entry.number))
        if (entry.stream, entry.number) == ("a", 1) and len(seen) == 1:
            raise ValueError

    subscribe(handler, schedule=[10])
    for stream in "aab":
        write(stream)
    outbox.drain()
    assert seen == [("a", 1), ("b", 1)]
    standing_clock.advance(seconds=12)
    outbox.drain()
    assert seen[2:] == [("a", 1), ("a", 2)]


@pytest.mark.django_db
def test_a_later_row_cannot_be_claimed_before_an_earlier_one_is_done(subscribe: Subscribe):
    subscribe(lambda entry: None)
    write()
    write()
    first, second = OutboxRow.objects.order_by("pk")
    assert not outbox.deliver(second.pk)
    assert outbox.deliver(first.pk)
    assert outbox.deliver(second.pk)


@pytest.mark.django_db
def test_the_next_of_the_stream_is_told_when_one_is_done(subscribe: Subscribe, pokes: list[int]):
    subscribe(lambda entry: None)
    write()
    write()
    first, second = OutboxRow.objects.order_by("pk")
    outbox.deliver(first.pk)
    assert pokes[-1] == second.pk


@pytest.mark.django_db
def test_an_unordered_subscriber_does_not_wait_for_its_stream(
    subscribe: Subscribe, standing_clock: FixedClock
):
    seen: list[int] = []

    def handler(entry: JournalEntry) -> None:
        seen.append(entry.number)
        if entry.number == 1:
            raise ValueError

    subscribe(handler, ordered=False)
    write()
    write()
    outbox.drain()
    assert seen == [1, 2]


@pytest.mark.django_db
def test_failures_follow_the_schedule_and_end_in_a_loudly_dead_row(
    subscribe: Subscribe, standing_clock: FixedClock, caplog: pytest.LogCaptureFixture
):
    tries: list[int] = []

    def handler(entry: JournalEntry) -> None:
        tries.append(1)
        raise StaleVersion

    subscribe(handler, schedule=[5, 300])
    write()
    outbox.drain()
    assert len(tries) == 1
    standing_clock.advance(seconds=4)
    assert outbox.drain() == 0
    standing_clock.advance(seconds=2)
    outbox.drain()
    standing_clock.advance(seconds=331)
    with caplog.at_level(logging.CRITICAL):
        outbox.drain()
    row = outbox.dead_rows().get()
    assert (len(tries), row.attempts, row.last_error) == (3, 3, "stale_version")
    assert "outbox row is dead" in caplog.text


@pytest.mark.django_db
def test_a_subscriber_may_say_when_it_wants_to_be_tried_again(
    subscribe: Subscribe, standing_clock: FixedClock
):
    tries: list[int] = []

    def handler(entry: JournalEntry) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise RetryLater(120, "receiver_busy")

    subscribe(handler, schedule=[5])
    write()
    outbox.drain()
    standing_clock.advance(seconds=119)
    assert outbox.drain() == 0
    assert OutboxRow.objects.get().last_error == "receiver_busy"
    standing_clock.advance(seconds=1)
    assert outbox.drain() == 1
    assert states() == [State.DONE]


@pytest.mark.django_db
def test_a_dead_row_holds_its_stream_until_it_is_replayed_or_dropped(
    subscribe: Subscribe, standing_clock: FixedClock
):
    broken = [True]

    def handler(entry: JournalEntry) -> None:
        if broken:
            raise ValueError

    subscribe(handler, schedule=[])
    write()
    write()
    outbox.drain()
    assert states() == [State.DEAD, State.PENDING]
    assert outbox.drain() == 0
    broken.clear()
    outbox.replay(outbox.dead_rows().get())
    outbox.drain()
    assert states() == [State.DONE, State.DONE]


@pytest.mark.django_db
def test_the_command_shows_replays_and_drops_what_is_stuck(subscribe: Subscribe):
    def handler(entry: JournalEntry) -> None:
        raise ValueError

    subscribe(handler, schedule=[])
    write()
    write()
    outbox.drain()
    dead = outbox.dead_rows().get()
    out = StringIO()
    call_command("outbox", stdout=out)
    assert f"{dead.pk}\tDEAD\ttest.subscriber0\ts#1" in out.getvalue()
    call_command("outbox", replay=dead.pk, stdout=out)
    assert states()[0] == State.PENDING
    outbox.drain()
    call_command("outbox", drop=dead.pk, stdout=out)
    assert states()[0] == State.DROPPED
    outbox.drain()
    assert states()[1] == State.DEAD


@pytest.mark.django_db
def test_a_row_whose_subscriber_is_gone_is_dead_and_not_forgotten(subscribe: Subscribe):
    subscribe(lambda entry: None)
    write()
    outbox.remove("test.subscriber0")
    outbox.drain()
    assert outbox.dead_rows().get().last_error == "unknown_subscriber"


def test_two_subscribers_cannot_share_a_name():
    outbox.on("thing.done", name="test.same")(print)
    try:
        with pytest.raises(ImproperlyConfigured):
            outbox.on("thing.done", name="test.same")(repr)
    finally:
        outbox.remove("test.same")


@pytest.mark.django_db
def test_the_sweep_tells_again_of_rows_whose_poke_was_lost_but_not_at_every_beat(
    subscribe: Subscribe, pokes: list[int], standing_clock: FixedClock
):
    subscribe(lambda entry: None)
    write()
    pokes.clear()
    assert outbox.sweep() == 0
    standing_clock.advance(outbox.POKE_GRACE)
    assert outbox.sweep() == 1
    assert outbox.sweep() == 0
    standing_clock.advance(outbox.REPOKE)
    assert outbox.sweep() == 1
    assert len(pokes) == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_told_of_one_row_run_it_once(subscribe: Subscribe):
    seen: list[int] = []
    together = Barrier(6, timeout=60)
    subscribe(lambda entry: seen.append(entry.number))
    write()
    row = OutboxRow.objects.get()

    def worker(_: int) -> bool:
        try:
            together.wait()
            return outbox.deliver(row.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(worker, range(6))) == [False] * 5 + [True]
    assert seen == [1]


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_lost_its_lease_cannot_overwrite_the_outcome_of_the_next(
    subscribe: Subscribe, standing_clock: FixedClock
):
    inside, go_on = Event(), Event()
    runs: list[int] = []

    def handler(entry: JournalEntry) -> None:
        runs.append(1)
        if len(runs) == 1:
            inside.set()
            assert go_on.wait(60)
            raise ValueError

    subscribe(handler, lease=30)
    write()
    row = OutboxRow.objects.get()

    def slow() -> None:
        try:
            outbox.deliver(row.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(slow)
        assert inside.wait(60)
        assert not outbox.deliver(row.pk)
        standing_clock.advance(seconds=31)
        assert outbox.deliver(row.pk)
        go_on.set()
        first.result(10)
    assert len(runs) == 2
    assert states() == [State.DONE]


@pytest.mark.django_db(transaction=True)
def test_a_kill_between_commit_and_delivery_is_made_good_once_by_the_sweep(tmp_path: Path):
    file = tmp_path / "effects"
    assert _run(file, "append", tmp_path) == -9
    assert states() == [State.PENDING]
    OutboxRow.objects.update(poke_at=journal.entries("effects").get().at)
    for _ in range(3):
        assert _run(file, "run", tmp_path) == 0
    assert file.read_text() == "1\n"
    assert states() == [State.DONE]


@pytest.mark.django_db(transaction=True)
def test_a_kill_in_the_middle_of_a_handler_runs_again_after_the_lease(tmp_path: Path):
    file = tmp_path / "effects"
    assert _run(file, "append", tmp_path) == -9
    assert _run(file, "die-in-handler", tmp_path) == -9
    assert states() == [State.PENDING]

    def done() -> bool:
        assert _run(file, "run", tmp_path) == 0
        return states() == [State.DONE]

    until(done, seconds=60, what="the delivery after the lease")
    assert file.read_text() == "1\n"
    assert OutboxRow.objects.get().attempts == 2


def _run(file: Path, act: str, folder: Path) -> int:
    child = start(
        [sys.executable, "-m", "tests.kernel.effects", file, act],
        log=folder / f"{act}.log",
        env=child_env(),
    )
    code = child.child.wait(60)
    assert code in {0, -9}, child.output()
    return code
