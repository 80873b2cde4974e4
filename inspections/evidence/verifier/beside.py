"""The papers beside the record: a journal of their own, their files, their seals."""

import json
import re
from typing import Any

from inspections.evidence.trees import leaf_hash, verify_inclusion
from inspections.evidence.verifier.anchors import Anchors
from inspections.evidence.verifier.chain import Entry, is_beside, read_entry
from inspections.evidence.verifier.custody import (
    CUSTODY,
    CUSTODY_LEAF,
    PAPERS,
    note_absent,
    place_of,
)
from inspections.evidence.verifier.files import Package, unbase64, unhex
from inspections.evidence.verifier.openssl import Openssl
from inspections.evidence.verifier.papers import check_sealed
from inspections.evidence.verifier.report import Report, place

PAPERS_LEAF = "data/anchors/papers.json"
TRAIL = "SIGNING_TRAIL"


def read_papers(package: Package, report: Report, entries: list[Entry]) -> list[Entry]:
    """The papers' journal: a chain of this dossier, at least as long as it was when the record was
    issued, and with the trail of the signing in it."""
    issued = [one for one in entries if one.kind == "record.issued"]
    told = issued[-1].data.get("papers") if issued else None
    claimed: dict[str, Any] = told if isinstance(told, dict) else {}
    if PAPERS not in package:
        if claimed.get("length"):
            report.fail("file_missing", PAPERS, place(issued[-1].number))
        elif claimed:
            report.gap(4, "trail_absent", PAPERS)
        return []
    data = package.read(PAPERS)
    papers = [one for one in map(read_entry, data[:-1].split(b"\n")) if one is not None]
    if not is_beside(papers, data, "papers", entries[-1]):
        report.fail("papers_wrong", PAPERS)
    if not holds(papers, claimed):
        report.fail("papers_wrong", PAPERS)
    if claimed and not any(one.text("kind") == TRAIL for one in papers):
        report.gap(4, "trail_absent", PAPERS)
    return papers


def holds(papers: list[Entry], claimed: dict[str, Any]) -> bool:
    """Whether the journal goes on from where it stood when the record was issued."""
    length = claimed.get("length", 0)
    if not length:
        return True
    there = isinstance(length, int) and 0 < length <= len(papers)
    return there and papers[length - 1].digest == claimed.get("head")


def issued_papers(papers: list[Entry]) -> list[Entry]:
    return [one for one in papers if one.kind == "inspection_paper.issued"]


def paper_path(paper: Entry, suffix: str) -> str:
    return f"data/papers/{re.sub('[^0-9A-Za-z-]', '_', paper.text('serial'))}.{suffix}"


def check_paper_files(package: Package, report: Report, papers: list[Entry]) -> set[str]:
    """Each paper and what it was set from is there as registered, or was disposed of; returns
    their paths."""
    paths = {PAPERS, PAPERS_LEAF} if PAPERS in package else set()
    for one in issued_papers(papers):
        for suffix, key in (("pdf", "sha256"), ("json", "content_sha256")):
            path = paper_path(one, suffix)
            paths.add(path)
            if path not in package:
                note_absent(package, report, path, (one, key), signed=True)
            elif package.digests[path][0] != one.text(key):
                report.fail("item_altered", path, place_of(one))
    return paths


def check_paper_leaf(
    package: Package, report: Report, anchors: Anchors, papers: list[Entry]
) -> None:
    """The end of the papers' journal is a leaf under one of the checkpoints."""
    if not papers or not anchors.whole:
        return
    if PAPERS_LEAF not in package:
        report.gap(3, "anchors_missing", PAPERS_LEAF)
    else:
        check_leaf(package, report, anchors, (papers[-1], PAPERS, PAPERS_LEAF, "papers_wrong"))


def check_custody_leaf(
    package: Package, report: Report, anchors: Anchors, custody: list[Entry]
) -> None:
    """The certificate of a disposal is under a checkpoint: else anybody could have written it."""
    if not custody or not anchors.whole:
        return
    if CUSTODY_LEAF not in package:
        report.gap(2, "custody_unanchored", CUSTODY)
    else:
        check_leaf(package, report, anchors, (custody[-1], CUSTODY, CUSTODY_LEAF, "custody_wrong"))


def check_leaf(
    package: Package, report: Report, anchors: Anchors, told: tuple[Entry, str, str, str]
) -> None:
    """The last entry of a journal beside the dossier, in the file that is named, is the leaf that
    the second file proves to be in the tree; the code is for when it is not."""
    last, journal, leaf, code = told
    claimed = {"head": last.digest, "length": last.number, "stream": last.stream}
    try:
        said = package.json(leaf)
        body, path = unbase64(said["body"]), [unhex(step) for step in said["path"]]
        one = {each.number: each for each in anchors.checkpoints}[said["checkpoint"]]
        index = said["index"] if type(said["index"]) is int else -1
    except (ValueError, KeyError, TypeError):
        report.fail("anchors_unreadable", leaf)
        return
    if not verify_inclusion(leaf_hash(body), index, one.size, path, one.root_bytes):
        report.fail(code, leaf)
    elif json.dumps(claimed, ensure_ascii=False, separators=(",", ":")).encode() != body:
        report.fail(code, journal)


def check_papers_beside(
    package: Package, papers: list[Entry], report: Report, openssl: Openssl | None
) -> None:
    """Each paper carries the bureau's seal over all of it."""
    report.facts["papers"] = len(issued_papers(papers))
    for one in issued_papers(papers):
        check_sealed(package, (paper_path(one, "pdf"), one), report, openssl)
