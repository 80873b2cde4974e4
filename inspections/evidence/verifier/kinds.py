"""The two kinds of package: a whole dossier, and a single finding."""

from inspections.evidence.covers import entry_leaf
from inspections.evidence.trees import verify_inclusion
from inspections.evidence.verifier.anchors import Head
from inspections.evidence.verifier.bag import check_info
from inspections.evidence.verifier.beside import (
    check_custody_leaf,
    check_paper_files,
    check_paper_leaf,
    check_papers_beside,
    read_papers,
)
from inspections.evidence.verifier.chain import Entry, check_chain, read_entry
from inspections.evidence.verifier.custody import CUSTODY, CUSTODY_LEAF, check_custody
from inspections.evidence.verifier.files import Package, unhex
from inspections.evidence.verifier.items import (
    check_derived,
    check_frozen,
    check_items,
    check_messages,
    check_private,
    check_record,
)
from inspections.evidence.verifier.late import check_late_files, check_late_stamps
from inspections.evidence.verifier.mark import check_mark
from inspections.evidence.verifier.openssl import trusting
from inspections.evidence.verifier.papers import check_paper_seal
from inspections.evidence.verifier.report import Report, place
from inspections.evidence.verifier.seal import check_seal
from inspections.evidence.verifier.signers import check_signers
from inspections.evidence.verifier.stamps import (
    check_anchors,
    check_certificates,
    check_challenge,
)


def check_dossier(package: Package, report: Report, roots: list[str]) -> None:
    entries = check_chain(package.read("data/events.jsonl"), report)
    if not entries:
        report.fail("file_missing", "data/events.jsonl", "manifest-sha256.txt")
        return
    last = entries[-1]
    report.facts.update(kind="dossier", stream=last.stream, entries=len(entries), at=last.at)
    check_info(package, report, ("dossier", last.stream, last.at))
    admitted = [one for one in entries if one.kind == "evidence.admitted"]
    report.facts["items"] = len(admitted)
    custody = check_custody(package, report, last)
    known = check_items(package, report, admitted) | check_record(package, report, admitted)
    known |= check_derived(package, report, admitted)
    known |= check_frozen(package, report, entries) | check_messages(package, report, entries)
    papers = read_papers(package, report, entries)
    known |= check_paper_files(package, report, papers) | check_late_files(package, report, papers)
    check_private(package, report, entries)
    check_seal(package, report, entries)
    head = Head(last, place(last.number), place(last.number + 1))
    with trusting(roots, report) as openssl:
        anchors = check_anchors(package, report, head, openssl)
        check_paper_leaf(package, report, anchors, papers)
        check_custody_leaf(package, report, anchors, custody)
        check_extras(package, report, known)
        if anchors.whole:
            check_certificates(package, report, anchors, [*entries, *papers])
            check_challenge(package, entries, anchors, report)
        check_signers(package, entries, report, openssl)
        check_paper_seal(package, entries, report, openssl)
        check_mark(package, entries, report, openssl)
        check_late_stamps(package, papers, report, openssl)
        check_papers_beside(package, papers, report, openssl)


def check_extras(package: Package, report: Report, known: set[str]) -> None:
    """Nothing lies in the package that nobody accounts for."""
    known = known | {
        *("data/events.jsonl", "data/manifest.json", "data/private.json", "data/finding.json"),
        *(CUSTODY, CUSTODY_LEAF),
        *(
            "data/anchors/" + name
            for name in (
                *("checkpoints.jsonl", "leaf.json", "proofs.json", "covers.json"),
                *("before.json", "renewals.json"),
            )
        ),
    }
    pems = {pem for pem in package.under("data/certificates/") if pem.endswith(".pem")}
    tokens = set(package.under("data/anchors/tokens/"))
    for path in package.under("data/"):
        if path not in known | pems | tokens:
            report.fail("file_unexpected", path)


class Proof:
    """data/finding.json: which entries are shown, and the path of each to the root in the seal."""

    def __init__(self, package: Package) -> None:
        said = package.json("data/finding.json")
        self.item = str(said["item"])
        self.seal = Entry(package.read(entry_path(int(said["seal"]))))
        self.length = int(self.seal.data["journal_length"])
        self.root = unhex(self.seal.data["entries_root"])
        self.shown = {
            int(one["number"]): (
                unhex(one["cover"]),
                [unhex(step) for step in one["path"]],
            )
            for one in said["entries"]
        }

    def holds(self, number: int, entry: Entry) -> bool:
        covering, path = self.shown[number]
        leaf = entry_leaf(covering, entry.digest)
        told = entry.number == number and entry.stream == self.seal.stream
        return told and verify_inclusion(leaf, number - 1, self.length, path, self.root)


def check_finding(package: Package, report: Report, roots: list[str]) -> None:
    """One finding with its pictures, each entry proved to lie in the sealed dossier."""
    report.not_proved.extend(("rest", "persons"))
    try:
        proof = Proof(package)
    except (ValueError, KeyError, TypeError):
        report.fail("anchors_unreadable", "data/finding.json")
        return
    seal, entries = proof.seal, []
    for number in sorted(proof.shown):
        entry = read_entry(package.read(entry_path(number)))
        if entry is None or not proof.holds(number, entry):
            report.fail("finding_wrong", entry_path(number))
        else:
            entries.append(entry)
    admitted = [one for one in entries if one.kind == "evidence.admitted"]
    check_subject(proof, report, entries)
    report.facts.update(kind="finding", stream=seal.stream, item=proof.item, at=seal.at)
    check_info(package, report, ("finding", seal.stream, seal.at))
    known = {entry_path(number) for number in (*proof.shown, seal.number)}
    known |= check_items(package, report, admitted)
    head = Head(seal, entry_path(seal.number), entry_path(seal.number + 1))
    with trusting(roots, report) as openssl:
        anchors = check_anchors(package, report, head, openssl)
    if anchors.whole:
        check_certificates(package, report, anchors, [])
    check_extras(package, report, known)
    report.gap(4, "finding_only")


def check_subject(proof: Proof, report: Report, entries: list[Entry]) -> None:
    """One finding of the item that is named, with exactly the pictures it cites."""
    findings = [one for one in entries if one.kind == "finding.recorded"]
    named = [str(one) for finding in findings for one in finding.data.get("evidence") or []]
    shown = [one.text("evidence") for one in entries if one.kind == "evidence.admitted"]
    right = [one.data.get("item") for one in findings] == [proof.item]
    if not right or sorted(named) != sorted(shown) or proof.seal.kind != "dossier.sealed":
        report.fail("finding_differs", "data/finding.json")


def entry_path(number: int) -> str:
    return f"data/entries/{number:06d}.json"
