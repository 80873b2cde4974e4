"""Verification finds every way in which a chain can have been touched."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from fieldsvc.kernel import append_only, chain, hashing, journal
from fieldsvc.kernel.journal import SYSTEM, JournalEntry, JournalStream

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def three_entries() -> None:
    with transaction.atomic():
        for number in range(3):
            journal.append("s", "thing.done", actor=SYSTEM, data={"n": number})


@contextmanager
def an_intruder_with_the_owner_account() -> Iterator[None]:
    """Someone who may drop triggers: the database cannot stop him, the chain must show him."""
    append_only.lift(connection, "kernel_journalentry")
    try:
        yield
    finally:
        append_only.install(connection, "kernel_journalentry")


def entry(number: int) -> JournalEntry:
    return JournalEntry.objects.get(stream="s", number=number)


def problems() -> list[tuple[int, str]]:
    report = chain.verify("s")
    assert report.ok == (not report.problems)
    return report.problems


def test_an_untouched_chain_verifies():
    assert problems() == []
    assert chain.verify("s").length == 3


def test_a_stream_never_written_to_is_empty_and_whole():
    assert chain.verify("never").ok


def test_a_changed_byte_is_found_in_its_entry_and_breaks_the_link_after_it():
    body = bytes(entry(2).body).replace(b'"n":1', b'"n":9')
    with an_intruder_with_the_owner_account():
        JournalEntry.objects.filter(number=2).update(body=body)
    assert problems() == [(2, "edited"), (3, "broken_link")]


def test_a_rewritten_entry_with_a_fitting_digest_is_found_by_the_next_link():
    body = bytes(entry(2).body).replace(b'"n":1', b'"n":9')
    with an_intruder_with_the_owner_account():
        JournalEntry.objects.filter(number=2).update(body=body, digest=hashing.sha256_hex(body))
    assert problems() == [(3, "broken_link")]


def test_a_rewritten_last_entry_is_found_by_the_head():
    body = bytes(entry(3).body).replace(b'"n":2', b'"n":9')
    with an_intruder_with_the_owner_account():
        JournalEntry.objects.filter(number=3).update(body=body, digest=hashing.sha256_hex(body))
    assert problems() == [(0, "head_differs")]


def test_a_cut_off_tail_is_found_by_the_head():
    with an_intruder_with_the_owner_account():
        JournalEntry.objects.filter(number=3).delete()
    assert problems() == [(3, "truncated")]


def test_a_missing_entry_in_the_middle_is_a_gap():
    with an_intruder_with_the_owner_account():
        JournalEntry.objects.filter(number=2).delete()
    assert problems() == [(2, "gap"), (3, "broken_link")]


def test_two_entries_that_changed_places_are_found():
    with an_intruder_with_the_owner_account():
        JournalEntry.objects.filter(number=2).update(number=99)
        JournalEntry.objects.filter(number=3).update(number=2)
        JournalEntry.objects.filter(number=99).update(number=3)
    assert (2, "reordered") in problems()
    assert (3, "reordered") in problems()


def test_a_query_column_that_says_other_than_the_bytes_is_found():
    with an_intruder_with_the_owner_account():
        JournalEntry.objects.filter(number=2).update(kind="other.kind")
    assert problems() == [(2, "column_differs")]


def test_a_body_that_is_no_json_is_found():
    with an_intruder_with_the_owner_account():
        JournalEntry.objects.filter(number=3).update(body=b"\x00")
    assert problems() == [(3, "edited"), (3, "unreadable"), (0, "head_differs")]


def test_an_entry_the_head_does_not_know_is_found():
    JournalStream.objects.update(length=2, head=entry(2).digest)
    assert problems() == [(3, "unknown_tail")]
