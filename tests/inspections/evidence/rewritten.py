"""Journals written anew by who owns them, digests and all: only tree, seals and keys can tell."""

import base64
import hashlib
import json
import random

from fieldsvc.kernel import hashing
from inspections.evidence.verifier.custody import CUSTODY, PAPERS
from tests.inspections.evidence.bags import EVENTS, Files, Forger, Mutant, refresh
from tests.inspections.evidence.paper_attacks import ATTACKS, Attack

# Journals beside the dossier's own.
BESIDE = (PAPERS, CUSTODY)


def rechain(files: Files, _: Forger, chance: random.Random) -> Mutant:
    """The operator rewrites a verdict and all that follows; the checkpoint stays as it was."""
    entries = [json.loads(line) for line in files[EVENTS].splitlines()]
    entries[chance.randrange(len(entries) - 1)]["data"]["result"] = "REWRITTEN"
    return Mutant("rechain", _sealed_anew(files, entries), ("data/anchors/*",))


def rollback(files: Files, _: Forger, chance: random.Random) -> Mutant:
    """The dossier as it was some entries ago, its leaf made to fit."""
    entries = [json.loads(line) for line in files[EVENTS].splitlines()]
    kept = entries[: chance.randrange(3, len(entries))]
    return Mutant("rollback", _sealed_anew(files, kept), ("data/anchors/*",))


def retell(files: Files, _: Forger, chance: random.Random) -> Mutant:
    """The journal of the papers or of custody written anew, so that only the tree can tell."""
    path = chance.choice(BESIDE)
    entries = [json.loads(line) for line in files[path].splitlines()]
    entries[chance.randrange(len(entries))]["data"]["reason"] = "REWRITTEN"
    return Mutant("retell", refresh({**files, path: _chained(entries)[0]}), (path,))


def paper_beside(files: Files, forger: Forger, chance: random.Random) -> Mutant:
    """An attack on the seal of a paper, of which its journal is made to tell."""
    path = chance.choice(sorted(one for one in files if one.endswith(".pdf") and "papers" in one))
    content = chance.choice(ATTACKS)(files[path], forger.paper)
    before, after = (hashlib.sha256(one).hexdigest() for one in (files[path], content))
    told = files[PAPERS].replace(before.encode(), after.encode())
    journal, _head = _chained([json.loads(line) for line in told.splitlines()])
    return Mutant("paper beside", refresh({**files, path: content, PAPERS: journal}), (path,))


def _chained(entries: list[dict[str, object]]) -> tuple[bytes, str]:
    """A journal of these entries, each naming the one before, and the digest of the last."""
    before, lines = "0" * 64, []
    for entry in entries:
        entry["prev"] = before
        lines.append(hashing.canonical(entry))  # type: ignore[arg-type]
        before = hashlib.sha256(lines[-1]).hexdigest()
    return b"\n".join(lines) + b"\n", before


def _sealed_anew(files: Files, entries: list[dict[str, object]]) -> Files:
    journal, head = _chained(entries)
    last = entries[-1]
    leaf = {"stream": last["stream"], "length": last["number"], "head": head}
    said = json.loads(files["data/anchors/leaf.json"])
    said["body"] = base64.b64encode(hashing.canonical(leaf)).decode()  # type: ignore[arg-type]
    made = {**files, EVENTS: journal}
    made["data/anchors/leaf.json"] = json.dumps(said, ensure_ascii=False, indent=1).encode() + b"\n"
    return refresh(made)


def lie(files: Files, forger: Forger, chance: random.Random) -> Mutant:
    """The operator exchanges the record or a message and makes the journal say it was always so.

    That the checkpoints tell is not enough here: seal and signatures have to tell by themselves.
    """
    if chance.random() < 0.5:
        return paper_lie(files, forger, chance.choice(ATTACKS))
    path = "data/signatures/signature-case-1.p7s"
    made = _told_anew(files, files[path], chance.choice(forger.messages))
    return Mutant("lie", made, (path,))


def mark_lie(files: Files, forger: Forger, chance: random.Random) -> Mutant:
    """The mark exchanged, and the journal made to say so: by a key of the forger's own, over
    another paper, or with a digit more that nobody asked for."""
    path = next(name for name in files if name.endswith(".sm2"))
    made = _told_anew(files, files[path], chance.choice([*forger.marks, files[path] + b"\0"]))
    return Mutant("mark lie", made, (path,))


def paper_lie(files: Files, forger: Forger, attack: Attack) -> Mutant:
    path = "data/record.pdf"
    content = attack(files[path], forger.paper)
    return Mutant(f"lie {attack.__name__}", _told_anew(files, files[path], content), (path,))


def _told_anew(files: Files, before: bytes, after: bytes) -> Files:
    made = {name: after if one == before else one for name, one in files.items()}
    lines = files[EVENTS].decode()
    for name in ("sha256", "sm3"):
        old, new = (hashlib.new(name, one).hexdigest() for one in (before, after))
        lines = lines.replace(old, new)
    entries = [json.loads(line) for line in lines.splitlines()]
    for entry in entries:
        if (
            entry["data"].get("sha256") == hashlib.sha256(after).hexdigest()
            and "size" in entry["data"]
        ):
            entry["data"]["size"] = len(after)
    return _sealed_anew(made, entries)
