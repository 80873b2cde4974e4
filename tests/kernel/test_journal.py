"""The journal keeps every fact, in order, and notices every change."""

import pytest
from django.db import DatabaseError, transaction

from fieldsvc.kernel import chain, journal, outbox
from fieldsvc.kernel.journal import SYSTEM, JournalEntry


def write(stream: str = "s", kind: str = "thing.done", **data: str) -> JournalEntry:
    with transaction.atomic():
        return journal.append(stream, kind, actor=SYSTEM, data=data)


@pytest.mark.django_db
def test_entries_are_numbered_and_linked():
    first, second = write(a="1"), write(a="2")
    assert (first.number, second.number) == (1, 2)
    assert second.prev == first.digest
    assert chain.verify("s").ok


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_to_change_or_delete_an_entry():
    entry = write()
    with pytest.raises(DatabaseError):
        JournalEntry.objects.filter(pk=entry.pk).update(kind="other")
    with pytest.raises(DatabaseError):
        JournalEntry.objects.filter(pk=entry.pk).delete()


@pytest.mark.django_db(transaction=True)
def test_the_tables_were_empty_again_after_the_flush():
    assert JournalEntry.objects.count() == 0
    with pytest.raises(RuntimeError):
        journal.append("s", "k", actor=SYSTEM, data={})


@pytest.mark.django_db
def test_a_subscriber_gets_the_committed_entry():
    seen: list[int] = []

    def listen(entry: JournalEntry) -> None:
        seen.append(entry.number)

    outbox.on("thing.done", name="test.listen")(listen)
    try:
        write()
        write()
        assert outbox.drain() == 2
    finally:
        outbox.remove("test.listen")
    assert seen == [1, 2]
