"""What was disposed of by law, so that its absence is no tampering; nor is it completeness."""

from inspections.evidence.verifier.chain import Entry, is_beside, read_entry
from inspections.evidence.verifier.files import Package
from inspections.evidence.verifier.report import Report, place

PAPERS = "data/papers.jsonl"
CUSTODY = "data/custody.jsonl"
CUSTODY_LEAF = "data/anchors/custody.json"


def check_custody(package: Package, report: Report, last: Entry) -> list[Entry]:
    """The custody journal is a chain about this dossier as it ended; keeps what was removed and
    returns the entries."""
    if CUSTODY not in package:
        if CUSTODY_LEAF in package:
            report.fail("file_missing", CUSTODY, CUSTODY_LEAF)
        return []
    data = package.read(CUSTODY)
    entries = [one for one in map(read_entry, data[:-1].split(b"\n")) if one is not None]
    disposed = [one for one in entries if one.kind == "dossier.disposed"]
    told_end = {"stream": last.stream, "length": last.number, "head": last.digest}
    said = disposed[0].data if disposed and is_beside(entries, data, "custody", last) else {}
    removed = said.get("removed")
    if said.get("journal") != told_end or not isinstance(removed, list):
        report.fail("custody_wrong", CUSTODY)
        return []
    package.disposed = {str(one.get("sha256")) for one in removed if isinstance(one, dict)}
    return entries


def place_of(entry: Entry) -> str:
    """Where an entry stands in the package: the papers have a journal of their own."""
    is_paper = entry.stream.startswith("papers:")
    return f"{PAPERS}#{entry.number}" if is_paper else place(entry.number)


def note_absent(
    package: Package, report: Report, path: str, source: tuple[Entry, str], *, signed: bool = False
) -> None:
    """A file is not there: disposed of, as the certificate says, or lost. Without one that is
    `signed` nothing can be said of who signed."""
    entry, key = source
    if entry.text(key) not in package.disposed:
        report.fail("item_missing", path, place_of(entry))
        return
    report.unproved("disposed")
    if signed:
        report.gap(4, "item_disposed", path, CUSTODY)
    else:
        report.note("item_disposed", path, CUSTODY)
