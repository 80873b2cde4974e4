"""Checkpoints, proofs, timestamps and certificates as files of a package."""

import json
from base64 import b64encode
from collections.abc import Mapping

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from fieldsvc.kernel.hashing import JSONValue
from inspections.evidence import selectors
from inspections.evidence.export.bag import Bag
from inspections.evidence.models import Checkpoint, TreeLeaf
from inspections.evidence.selectors import BesideProof, DossierProof, Growth, NotBefore, Renewal
from inspections.evidence.states import TokenState


def put_anchors(
    bag: Bag, proof: DossierProof | None, besides: Mapping[str, BesideProof] | None = None
) -> int:
    """Write what proves the time of the dossier's last entry, and how far the journals beside it
    are in the tree, each under its path; returns how many stamps are due.

    Writes nothing while no checkpoint covers the dossier.
    """
    if proof is None:
        return 0
    checkpoints = [*proof.earlier, proof.checkpoint]
    tokens, growth = list(proof.tokens), list(proof.growth)
    besides = besides or {}
    later = {one.checkpoint.number: one.checkpoint for one in besides.values()}
    told = [token for one in later.values() for token in one.tokens.select_related("checkpoint")]
    renewals = selectors.renewals_of([*tokens, *told], since=proof.checkpoint.number)
    later |= {one.checkpoint.number: one.checkpoint for one in renewals}
    for _, one in sorted(later.items()):
        if one.number > checkpoints[-1].number:
            tokens.extend(one.tokens.select_related("checkpoint"))
            growth.append(selectors.growth(checkpoints[-1].size, one.size))
            checkpoints.append(one)
    lines = [json.dumps(_line(one), separators=(",", ":")).encode() + b"\n" for one in checkpoints]
    bag.put("data/anchors/checkpoints.jsonl", b"".join(lines))
    leaf: dict[str, JSONValue] = {"index": proof.leaf.index, "body": _body(proof.leaf)}
    bag.put("data/anchors/leaf.json", as_json(leaf))
    bag.put("data/anchors/proofs.json", as_json(_proofs(proof, growth)))
    if proof.before:
        bag.put("data/anchors/before.json", as_json([_before(one) for one in proof.before]))
    if renewals:
        bag.put("data/anchors/renewals.json", as_json([_renewal(one) for one in renewals]))
    for path, beside in besides.items():
        bag.put(path, as_json(_beside(beside)))
    for name, pem in _certificates(checkpoints).items():
        bag.put(f"data/certificates/{name}.pem", pem.encode())
    for token in tokens:
        if token.state == TokenState.STAMPED.value and token.token is not None:
            name = f"{token.checkpoint.number}-{token.authority}"
            bag.put(f"data/anchors/tokens/{name}.tsr", bytes(token.token))
    return sum(token.state != TokenState.STAMPED.value for token in tokens)


def as_json(value: Mapping[str, JSONValue] | list[dict[str, JSONValue]]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def _line(checkpoint: Checkpoint) -> dict[str, str]:
    return {
        "body": b64encode(bytes(checkpoint.body)).decode(),
        "signature": b64encode(bytes(checkpoint.signature)).decode(),
        "certificate": checkpoint.certificate,
    }


def _body(leaf: TreeLeaf) -> str:
    return b64encode(bytes(leaf.body)).decode()


def _place(leaf: TreeLeaf, path: list[str]) -> dict[str, JSONValue]:
    return {"index": leaf.index, "body": _body(leaf), "path": list(path)}


def _beside(one: BesideProof) -> dict[str, JSONValue]:
    return {
        "checkpoint": one.checkpoint.number,
        **_place(one.leaf, one.path),
    }


def _proofs(proof: DossierProof, growth: list[Growth]) -> dict[str, JSONValue]:
    return {
        "size": proof.checkpoint.size,
        "inclusion": proof.path,
        "consistency": [{"from": one.before, "to": one.after, "path": one.path} for one in growth],
    }


def _before(one: NotBefore) -> dict[str, JSONValue]:
    return {
        "challenge": one.challenge,
        **_place(one.leaf, one.path),
        "token": f"tokens/{one.token.checkpoint.number}-{one.token.authority}.tsr",
    }


def _renewal(one: Renewal) -> dict[str, JSONValue]:
    return {
        "checkpoint": one.checkpoint.number,
        **_place(one.leaf, one.path),
        "token": f"tokens/{one.token.checkpoint_id}-{one.token.authority}.tsr",
    }


def _certificates(checkpoints: list[Checkpoint]) -> dict[str, str]:
    """Each certificate once, named by the beginning of its fingerprint."""
    found = {}
    for pem in {one.certificate for one in checkpoints}:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        found[f"checkpoint-{certificate.fingerprint(hashes.SHA256()).hex()[:16]}"] = pem
    return found
