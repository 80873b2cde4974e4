"""The journal keeps every fact, in order, once, and together with the change it tells of."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, transaction

from fieldsvc.kernel import chain, hashing, journal, personal
from fieldsvc.kernel.clock import FixedClock, iso
from fieldsvc.kernel.journal import SYSTEM, Actor, JournalEntry, JournalSecret
from tests.support.database import child_env
from tests.support.processes import start

WANG = Actor("staff", "7", scope="zhoucun", roles=frozenset({"inspector"}))


def write(stream: str = "s", kind: str = "thing.done", **data: str) -> JournalEntry:
    with transaction.atomic():
        return journal.append(stream, kind, actor=WANG, data=data)


@pytest.mark.django_db
def test_entries_are_numbered_without_gaps_and_linked_by_digest():
    first, second = write(a="1"), write(a="2")
    assert (first.number, second.number) == (1, 2)
    assert first.prev == journal.GENESIS
    assert second.prev == first.digest
    assert journal.head("s") == journal.Head("s", 2, second.digest)


@pytest.mark.django_db
def test_the_stored_bytes_are_the_canonical_form_that_was_hashed(standing_clock: FixedClock):
    write(b="2", a="中")
    entry = JournalEntry.objects.get()
    body = bytes(entry.body)
    assert hashing.sha256_hex(body) == entry.digest
    assert hashing.canonical(json.loads(body)) == body
    assert entry.payload["at"] == iso(standing_clock.now())
    assert entry.payload["actor"] == {"kind": "staff", "id": "7"}
    assert entry.data == {"a": "中", "b": "2"}
    assert entry.scope == "zhoucun"


@pytest.mark.django_db
def test_streams_are_numbered_apart():
    assert write("a").number == 1
    assert write("b").number == 1


@pytest.mark.django_db
def test_entries_can_be_read_from_a_number_on():
    for _ in range(3):
        write()
    assert [entry.number for entry in journal.entries("s", after=1)] == [2, 3]


@pytest.mark.django_db
def test_a_personal_value_enters_the_chain_as_a_salted_digest_and_can_be_forgotten():
    with transaction.atomic():
        entry = journal.append(
            "s", "case.received", actor=WANG, data={}, private={"phone": "13800001234"}
        )
    assert b"13800001234" not in bytes(entry.body)
    kept = bytes(JournalSecret.objects.get().sealed)
    assert b"1380000" not in kept
    shown = journal.disclose(entry)["phone"]
    assert entry.payload["private"] == {"phone": hashing.salted(shown.salt, "13800001234")}
    assert journal.reveal(entry, "phone") == "13800001234"
    assert journal.forget("s") == 1
    assert journal.reveal(entry, "phone") is None
    assert chain.verify("s").ok


@pytest.mark.django_db
def test_without_its_key_a_value_is_gone_even_where_the_row_was_kept():
    with transaction.atomic():
        entry = journal.append("s", "x.done", actor=WANG, data={}, private={"phone": "1"})
        other = journal.append("t", "x.done", actor=WANG, data={}, private={"phone": "2"})
        personal.destroy("s")
    assert JournalSecret.objects.filter(entry=entry).exists()
    assert journal.reveal(entry, "phone") is None
    assert journal.reveal(other, "phone") == "2"
    assert personal.is_erased("s") and not personal.is_erased("t")
    with pytest.raises(personal.PersonalErased), transaction.atomic():
        journal.append("s", "x.done", actor=WANG, data={}, private={"phone": "3"})
    assert chain.verify("s").ok


@pytest.mark.django_db
def test_a_box_put_in_another_place_does_not_open():
    with transaction.atomic():
        entry = journal.append(
            "s", "x.done", actor=WANG, data={}, private={"name": "李申请", "phone": "1"}
        )
    name, phone = JournalSecret.objects.filter(entry=entry).order_by("name")
    JournalSecret.objects.filter(pk=phone.pk).update(sealed=name.sealed)
    with pytest.raises(InvalidTag):
        journal.disclose(entry)


@pytest.mark.django_db
def test_another_installations_key_is_called_by_name(settings: Any):
    with transaction.atomic():
        entry = journal.append("s", "x.done", actor=WANG, data={}, private={"phone": "1"})
    settings.PERSONAL_KEY = "another key of another installation"
    with pytest.raises(ImproperlyConfigured, match="PERSONAL_KEY"):
        journal.disclose(entry)


@pytest.mark.django_db(transaction=True)
def test_it_refuses_to_write_outside_a_transaction():
    with pytest.raises(RuntimeError):
        journal.append("s", "thing.done", actor=SYSTEM, data={})


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_change_leaves_no_entry_and_no_gap():
    write()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        journal.append("s", "thing.done", actor=SYSTEM, data={})
        raise ZeroDivisionError
    assert write().number == 2
    assert chain.verify("s").ok


@pytest.mark.django_db(transaction=True)
def test_the_database_itself_refuses_to_change_or_delete_an_entry():
    entry = write()
    with pytest.raises(DatabaseError, match="append-only"):
        JournalEntry.objects.filter(pk=entry.pk).update(kind="other")
    with pytest.raises(DatabaseError, match="append-only"):
        JournalEntry.objects.filter(pk=entry.pk).delete()
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_journalentry SET digest = 'x'")
    assert chain.verify("s").ok


@pytest.mark.django_db(transaction=True)
def test_postgresql_refuses_to_truncate_the_journal_and_sqlite_to_empty_it():
    write()
    statement = {
        "postgresql": "TRUNCATE kernel_journalentry CASCADE",
        "sqlite": "DELETE FROM kernel_journalentry",
    }[connection.vendor]
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(statement)
    assert JournalEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_threads_on_one_stream_never_fork_the_chain():
    def work(_: int) -> None:
        try:
            for _ in range(10):
                write("shared")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    report = chain.verify("shared")
    assert report.ok, report.problems
    assert report.length == 80


@pytest.mark.django_db(transaction=True)
def test_four_processes_on_one_stream_never_fork_the_chain(tmp_path: Path):
    children = [
        start(
            [sys.executable, "-m", "tests.kernel.effects", tmp_path / "out", "write", "10"],
            log=tmp_path / f"{number}.log",
            env=child_env(),
        )
        for number in range(4)
    ]
    for child in children:
        assert child.child.wait(60) == 0, child.output()
    report = chain.verify("shared")
    assert report.ok, report.problems
    assert report.length == 40


@pytest.mark.django_db(transaction=True)
def test_a_listener_hears_of_a_commit_and_of_nothing_else():
    heard: list[journal.Committed] = []
    journal.listen(heard.extend)
    try:
        write()
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            journal.append("s", "thing.done", actor=SYSTEM, data={})
            raise ZeroDivisionError
    finally:
        journal.unlisten(heard.extend)
    assert [(news.stream, news.number, news.kind) for news in heard] == [("s", 1, "thing.done")]


@pytest.mark.django_db(transaction=True)
def test_a_listener_that_fails_silences_neither_the_writer_nor_the_others():
    heard: list[journal.Committed] = []

    def broken(news: list[journal.Committed]) -> None:
        raise ValueError

    journal.listen(broken)
    journal.listen(heard.extend)
    try:
        write()
    finally:
        journal.unlisten(broken)
        journal.unlisten(heard.extend)
    assert len(heard) == 1
