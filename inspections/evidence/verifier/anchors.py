"""E3: checkpoints and the tree they stand for."""

import json
from datetime import datetime
from typing import Any

from inspections.evidence.trees import leaf_hash, verify_consistency, verify_inclusion
from inspections.evidence.verifier.chain import Entry
from inspections.evidence.verifier.files import Package, strict_json, unbase64, unhex, written_json
from inspections.evidence.verifier.openssl import UTC, is_plain_pem
from inspections.evidence.verifier.report import Report, sha256


class Checkpoint:
    def __init__(self, line: bytes) -> None:
        said = strict_json(line)
        if json.dumps(said, separators=(",", ":")).encode() != line:
            raise ValueError("spelling")
        self.body = unbase64(said["body"])
        self.signature = unbase64(said["signature"])
        self.pem = str(said["certificate"])
        if not is_plain_pem(self.pem):
            raise ValueError("certificate")
        inner = strict_json(self.body)
        self.number, self.size = int(inner["number"]), int(inner["size"])
        self.root, self.previous = str(inner["root"]), str(inner["previous"])
        self.at = datetime.strptime(inner["at"][:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
        self.digest = sha256(self.body)
        self.root_bytes = unhex(self.root)


class Anchors:
    """data/anchors as it says of itself; whatever is not readable has been reported."""

    def __init__(self, package: Package, report: Report) -> None:
        self.checkpoints: list[Checkpoint] = []
        self.leaf_index, self.leaf_body = -1, b""
        self.leaf: dict[str, Any] = {}
        self.proofs: dict[str, Any] = {}
        # By the path of the token: its time, and whether somebody outside vouches for it.
        self.times: dict[str, tuple[str, bool]] = {}
        self.whole = True
        for name in ("checkpoints.jsonl", "leaf.json", "proofs.json"):
            path = "data/anchors/" + name
            if path not in package:
                report.gap(3, "anchors_missing", path)
                self.whole = False
                continue
            try:
                self._read(name, package.read(path))
            except (ValueError, KeyError, TypeError, AttributeError):
                report.fail("anchors_unreadable", path)
                self.whole = False

    @property
    def covering(self) -> Checkpoint:
        """The checkpoint whose tree the proof of the dossier's last entry speaks of; the ones
        after it cover what was told beside the dossier."""
        sizes = [one.size for one in self.checkpoints]
        size = self.proofs["size"]
        return self.checkpoints[sizes.index(size) if size in sizes else -1]

    def _read(self, name: str, data: bytes) -> None:
        if name == "checkpoints.jsonl":
            self.checkpoints = [Checkpoint(line) for line in data[:-1].split(b"\n")]
            if not data.endswith(b"\n"):
                raise ValueError("end")
            numbers = [one.number for one in self.checkpoints]
            if not numbers or numbers != sorted(set(numbers)):
                raise ValueError("numbers")
        elif name == "leaf.json":
            said = written_json(data)
            self.leaf_index = int(said["index"])
            self.leaf_body = unbase64(said["body"])
            self.leaf = dict(strict_json(self.leaf_body))
        else:
            said = written_json(data)
            self.proofs = {
                "size": int(said["size"]),
                "inclusion": [unhex(one) for one in said["inclusion"]],
                "consistency": {
                    (int(one["from"]), int(one["to"])): [unhex(step) for step in one["path"]]
                    for one in said["consistency"]
                },
            }


def checkpoint_item(number: int) -> str:
    return f"data/anchors/checkpoints.jsonl#{number}"


class Head:
    """The last entry of a dossier; `item` is where it lies, `after` where the next would be."""

    def __init__(self, entry: Entry, item: str, after: str) -> None:
        self.leaf = (entry.stream, entry.number, entry.digest)
        self.item, self.after = item, after


def check_tree(anchors: Anchors, report: Report, head: Head) -> None:
    """The dossier's last entry is a leaf of its checkpoint; each follows from the one before."""
    last = anchors.covering
    leaf, path = leaf_hash(anchors.leaf_body), anchors.proofs["inclusion"]
    inside = verify_inclusion(leaf, anchors.leaf_index, last.size, path, last.root_bytes)
    if not inside or anchors.proofs["size"] != last.size:
        report.fail("inclusion_wrong", "data/anchors/proofs.json")
    check_head(anchors, report, head, is_leaf=inside)
    check_growth(anchors, report)


def check_head(anchors: Anchors, report: Report, head: Head, *, is_leaf: bool) -> None:
    """A leaf that is in the tree says how the dossier ended; else it is the leaf that is wrong."""
    said = anchors.leaf
    told = (said.get("stream"), said.get("length"), said.get("head"))
    if told == head.leaf:
        return
    length = told[1] if isinstance(told[1], int) else 0
    if not is_leaf or told[0] != head.leaf[0] or length < head.leaf[1]:
        report.fail("leaf_differs", "data/anchors/leaf.json")
    elif length > head.leaf[1]:
        report.fail("entry_missing", head.after)
    else:
        report.fail("head_differs", head.item)


def check_growth(anchors: Anchors, report: Report) -> None:
    for place_in_list, one in enumerate(anchors.checkpoints[:-1]):
        following = anchors.checkpoints[place_in_list + 1]
        if following.number == one.number + 1 and following.previous != one.digest:
            report.fail("checkpoint_unlinked", checkpoint_item(following.number))
        path = anchors.proofs["consistency"].get((one.size, following.size))
        if path is None and one.size != following.size:
            report.fail("checkpoint_unlinked", checkpoint_item(one.number))
            continue
        old, new = (one.size, one.root_bytes), (following.size, following.root_bytes)
        if not verify_consistency(old, new, path or []):
            report.fail("consistency_wrong", checkpoint_item(one.number))
