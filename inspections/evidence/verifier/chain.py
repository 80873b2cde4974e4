"""E1: the journal, entry by entry."""

from inspections.evidence.verifier.files import strict_json
from inspections.evidence.verifier.report import Report, place, sha256

GENESIS = "0" * 64


class Entry:
    """One journal entry: its exact bytes, their digest, and what they say."""

    def __init__(self, body: bytes) -> None:
        said = strict_json(body)
        self.digest = sha256(body)
        self.stream, self.number, self.prev = said["stream"], said["number"], said["prev"]
        self.kind, self.at = said["kind"], said["at"]
        self.data, self.private = said["data"], said["private"]
        kinds = (self.stream, self.prev, self.kind, self.at)
        if not all(isinstance(one, str) for one in kinds) or not isinstance(self.number, int):
            raise ValueError("entry")
        if not isinstance(self.data, dict) or not isinstance(self.private, dict):
            raise ValueError("entry")

    def text(self, key: str) -> str:
        return str(self.data.get(key) or "")


def read_entry(body: bytes) -> Entry | None:
    try:
        return Entry(body)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def check_chain(data: bytes, report: Report) -> list[Entry]:
    """Numbers without gaps, each entry naming the digest of the one before (GENESIS first)."""
    lines = data.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    found = [read_entry(line) for line in lines]
    entries: list[Entry] = []
    expected, before = 1, GENESIS
    for place_in_file, entry in enumerate(found):
        if entry is None:
            report.fail("entry_unreadable", place(expected))
            expected, before = expected + 1, ""
            continue
        if entry.number != expected:
            missing = range(expected, min(entry.number, expected + 20))
            for number in missing:
                report.fail("entry_missing", place(number))
            if not missing:
                report.fail("entry_misplaced", place(expected), str(entry.number))
            before = ""
        if entries and entry.stream != entries[0].stream:
            report.fail("entry_foreign", place(entry.number))
        if before and entry.prev != before:
            # Who is intact by the word of the next one does not have to answer for the break.
            following = found[place_in_file + 1] if place_in_file + 1 < len(found) else None
            whole = following is None or following.prev == entry.digest
            report.fail("entry_altered", place(max(1, entry.number - 1 if whole else entry.number)))
        entries.append(entry)
        expected, before = entry.number + 1, entry.digest
    if data and not data.endswith(b"\n"):
        report.fail("entry_unreadable", place(max(1, expected - 1)))
    return entries


def is_beside(entries: list[Entry], data: bytes, name: str, last: Entry) -> bool:
    """Whether `entries` are all the lines of `data` and a chain on the stream of that name beside
    the dossier that ends with `last`."""
    before, stream = GENESIS, f"{name}:" + last.stream.partition(":")[2]
    for number, one in enumerate(entries, start=1):
        if (one.stream, one.number, one.prev) != (stream, number, before):
            return False
        before = one.digest
    return data.endswith(b"\n") and 0 < len(entries) == data.count(b"\n")
