"""E3: checkpoints and the tree they stand for."""

import base64
from datetime import datetime
from typing import Any

from inspections.evidence.trees import leaf_hash, verify_consistency, verify_inclusion
from inspections.evidence.verifier.files import Package, strict_json
from inspections.evidence.verifier.openssl import UTC
from inspections.evidence.verifier.report import Report, sha256


class Checkpoint:
    def __init__(self, line: bytes) -> None:
        said = strict_json(line)
        self.body = base64.b64decode(said["body"], validate=True)
        self.signature = base64.b64decode(said["signature"], validate=True)
        self.pem = str(said["certificate"])
        inner = strict_json(self.body)
        self.number, self.size = int(inner["number"]), int(inner["size"])
        self.root, self.previous = str(inner["root"]), str(inner["previous"])
        self.at = datetime.strptime(inner["at"][:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
        self.digest = sha256(self.body)
        self.root_bytes = bytes.fromhex(self.root)


class Anchors:
    """data/anchors as it says of itself; whatever is not readable has been reported."""

    def __init__(self, package: Package, report: Report) -> None:
        self.checkpoints: list[Checkpoint] = []
        self.leaf_index, self.leaf_body = -1, b""
        self.leaf: dict[str, Any] = {}
        self.proofs: dict[str, Any] = {}
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

    def _read(self, name: str, data: bytes) -> None:
        if name == "checkpoints.jsonl":
            self.checkpoints = [Checkpoint(line) for line in data.splitlines()]
            numbers = [one.number for one in self.checkpoints]
            if not numbers or numbers != sorted(set(numbers)):
                raise ValueError("numbers")
        elif name == "leaf.json":
            said = strict_json(data)
            self.leaf_index = int(said["index"])
            self.leaf_body = base64.b64decode(said["body"], validate=True)
            self.leaf = dict(strict_json(self.leaf_body))
        else:
            said = strict_json(data)
            self.proofs = {
                "size": int(said["size"]),
                "inclusion": [bytes.fromhex(one) for one in said["inclusion"]],
                "consistency": {
                    (int(one["from"]), int(one["to"])): [
                        bytes.fromhex(step) for step in one["path"]
                    ]
                    for one in said["consistency"]
                },
            }


def checkpoint_item(number: int) -> str:
    return f"data/anchors/checkpoints.jsonl#{number}"


def check_tree(anchors: Anchors, report: Report, head: tuple[str, int, str]) -> None:
    """The dossier's last entry is a leaf of the last checkpoint; the earlier ones came before."""
    said = anchors.leaf
    if (said.get("stream"), said.get("length"), said.get("head")) != head:
        report.fail("leaf_differs", "data/anchors/leaf.json")
    last = anchors.checkpoints[-1]
    leaf, path = leaf_hash(anchors.leaf_body), anchors.proofs["inclusion"]
    inside = verify_inclusion(leaf, anchors.leaf_index, last.size, path, last.root_bytes)
    if not inside or anchors.proofs["size"] != last.size:
        report.fail("inclusion_wrong", "data/anchors/proofs.json")
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
