"""What was disposed of by law, so that its absence is no tampering; nor is it completeness."""

from inspections.evidence.verifier.chain import GENESIS, Entry, read_entry
from inspections.evidence.verifier.files import Package
from inspections.evidence.verifier.report import Report, place

CUSTODY = "data/custody.jsonl"


def check_custody(package: Package, report: Report, last: Entry) -> None:
    """The custody journal is a chain about this dossier as it ended; keeps what was removed."""
    if CUSTODY not in package:
        return
    entries = [read_entry(line) for line in package.read(CUSTODY).split(b"\n")[:-1]]
    before, number = GENESIS, 1
    for entry in entries:
        told = entry and (entry.stream, entry.number, entry.prev)
        if told != ("custody:" + last.stream.partition(":")[2], number, before):
            report.fail("custody_wrong", CUSTODY)
            return
        before, number = entry.digest if entry else "", number + 1
    disposed = [one for one in entries if one and one.kind == "dossier.disposed"]
    if not disposed or not package.read(CUSTODY).endswith(b"\n"):
        report.fail("custody_wrong", CUSTODY)
        return
    told_end = {"stream": last.stream, "length": last.number, "head": last.digest}
    removed = disposed[0].data.get("removed")
    if disposed[0].data.get("journal") != told_end or not isinstance(removed, list):
        report.fail("custody_wrong", CUSTODY)
        return
    package.disposed = {str(one.get("sha256")) for one in removed if isinstance(one, dict)}


def note_absent(package: Package, report: Report, path: str, source: tuple[Entry, str]) -> None:
    """A file is not there: disposed of, as the certificate says, or lost."""
    entry, key = source
    if entry.text(key) in package.disposed:
        report.gap(2, "item_disposed", path, CUSTODY)
    else:
        report.fail("item_missing", path, place(entry.number))
