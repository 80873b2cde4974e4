"""Verification of a journal chain from its stored bytes alone."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from fieldsvc.kernel import clock, hashing, journal


@dataclass(frozen=True, slots=True)
class ChainReport:
    """`problems` are (number, code); number 0 stands for the stream as a whole."""

    stream: str
    ok: bool
    length: int
    head: str
    problems: list[tuple[int, str]]


def verify(stream: str) -> ChainReport:
    """Re-hash every stored body of `stream` and compare the chain with its head row.

    Codes: `edited` (bytes do not give the digest), `gap` (a number is missing), `reordered`
    (number or stream inside the bytes is another), `broken_link` (prev is not the digest before),
    `column_differs` (a query column says other than the bytes), `unreadable` (not JSON),
    `truncated` (the head row knows of more), `unknown_tail` (the head row knows of less),
    `head_differs` (same length, other digest).
    """
    problems: list[tuple[int, str]] = []
    number, digest = 0, journal.GENESIS
    for entry in journal.entries(stream).iterator(chunk_size=500):
        if entry.number != number + 1:
            problems.append((number + 1, "gap"))
        problems.extend((entry.number, code) for code in _check(entry, digest))
        number, digest = entry.number, hashing.sha256_hex(bytes(entry.body))
    head = journal.head(stream)
    if head.length > number:
        problems.append((number + 1, "truncated"))
    elif head.length < number:
        problems.append((head.length + 1, "unknown_tail"))
    elif head.digest != digest:
        problems.append((0, "head_differs"))
    return ChainReport(stream, not problems, number, digest, problems)


def _check(entry: journal.JournalEntry, before: str) -> Iterator[str]:
    body = bytes(entry.body)
    if hashing.sha256_hex(body) != entry.digest:
        yield "edited"
    try:
        said = json.loads(body)
        place = (said["stream"], said["number"])
        columns = (said["kind"], said["prev"], said["at"])
    except (ValueError, KeyError, TypeError):
        yield "unreadable"
        return
    if place != (entry.stream, entry.number):
        yield "reordered"
    if said["prev"] != before:
        yield "broken_link"
    if columns != (entry.kind, entry.prev, clock.iso(entry.at)):
        yield "column_differs"
