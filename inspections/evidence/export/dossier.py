"""A whole dossier as a package."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from fieldsvc.kernel import blobs, clock, journal
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Disclosed, JournalEntry
from inspections.evidence import selectors
from inspections.evidence.export.anchors import as_json, put_anchors
from inspections.evidence.export.bag import Bag, new_bag
from inspections.evidence.export.papers import put_papers
from inspections.evidence.export.signatures import put_signatures
from inspections.evidence.models import Dossier, EvidenceItem, RecordingCopy
from inspections.evidence.selectors import BesideProof, DossierProof
from inspections.evidence.states import CopyState, Purpose
from inspections.evidence.verifier.beside import PAPERS_LEAF
from inspections.evidence.verifier.custody import CUSTODY, CUSTODY_LEAF
from inspections.evidence.verifier.items import item_path

COVERS = "covers"


@dataclass(frozen=True, slots=True)
class Exported:
    """`stamps_due`: timestamps that were asked for and have not come yet."""

    path: Path
    files: int
    stamps_due: int


def export_dossier(dossier: Dossier, out: Path, *, personal: bool = False) -> Exported:
    """Write everything a third party needs to check the dossier, and no root certificate.

    A folder, or a zip when `out` ends so; BagIt 1.0 (RFC 8493). `personal` adds the values behind
    the salted digests. FileExistsError when `out` is a folder that is no package.
    """
    with new_bag(out) as bag:
        last = put_events(bag, dossier)
        proof = selectors.proof_of(dossier)
        disposed, besides = _put_custody(bag, dossier, proof)
        for item in dossier.items.exclude(pk__in=disposed).order_by("number"):
            put_item(bag, item)
        if dossier.manifest_key:
            _put(bag, "data/manifest.json", dossier.manifest_key)
        _put_record(bag, dossier)
        put_signatures(bag, dossier)
        _put_copy(bag, dossier)
        papers = put_papers(bag, dossier, proof)
        if papers is not None:
            besides[PAPERS_LEAF] = papers
        due = put_anchors(bag, proof, besides)
        _put_covers(bag, last)
        if personal:
            _put_personal(bag, dossier)
        bag.close("dossier", dossier.stream, clock.iso(last.at))
        return Exported(out, len(bag.digests), due)


def put_events(bag: Bag, dossier: Dossier) -> JournalEntry:
    """All entries, their bytes as stored, one a line; returns the last one."""
    entries = list(journal.entries(dossier.stream))
    bag.put("data/events.jsonl", b"".join(bytes(entry.body) + b"\n" for entry in entries))
    return entries[-1]


def _put_custody(
    bag: Bag, dossier: Dossier, proof: DossierProof | None
) -> tuple[list[UUID], dict[str, BesideProof]]:
    """Of a disposed dossier what was told of it afterwards, with the certificate; returns which
    pieces are gone, and what proves the certificate.

    As far as the tree covers it; all of it while the certificate is not covered yet.
    """
    told = selectors.custody_entries(dossier)
    certificates = [one for one in told if one.kind == "dossier.disposed"]
    if not certificates:
        return [], {}
    stream = selectors.custody_stream(dossier)
    beside = selectors.beside_proof(stream, proof.checkpoint) if proof else None
    covered = beside is not None and beside.leaf.length >= certificates[0].number
    if beside is not None and covered:
        told = told[: beside.leaf.length]
    bag.put(CUSTODY, b"".join(bytes(one.body) + b"\n" for one in told))
    store = blobs.store()
    gone = [one.pk for one in selectors.condemned(dossier) if not store.exists(one.blob_key)]
    return gone, {CUSTODY_LEAF: beside} if beside is not None and covered else {}


def put_item(bag: Bag, item: EvidenceItem) -> None:
    said: dict[str, JSONValue] = {
        "kind": item.kind,
        "media_type": item.media_type,
        "item": item.item,
    }
    _put(bag, item_path(item.number, said), item.blob_key)


def _put(bag: Bag, path: str, key: str) -> None:
    with blobs.store().open(key) as file:
        bag.put(path, file)


def _put_record(bag: Bag, dossier: Dossier) -> None:
    """The newest record once more under a name that is found: what was issued, else frozen."""
    for name, media_type in (("pdf", "application/pdf"), ("json", "application/json")):
        papers = dossier.items.filter(purpose=Purpose.RECORD.value, media_type=media_type)
        newest = papers.order_by("-number").first()
        if newest is not None and blobs.store().exists(newest.blob_key):
            _put(bag, f"data/record.{name}", newest.blob_key)


def _put_copy(bag: Bag, dossier: Dossier) -> None:
    """The playable copy when there is one: made of the segments, and no evidence itself."""
    copy = RecordingCopy.objects.filter(dossier=dossier, state=CopyState.READY.value).first()
    if copy is None:
        return
    path = "derived/recording.mp4"
    _put(bag, f"data/{path}", copy.blob_key)
    told: list[dict[str, JSONValue]] = [
        {
            "file": path,
            "what": "由录像分段合成的播放件，不是原始证据",
            "sha256": copy.sha256,
            "parents_sha256": copy.parents_sha256,
        }
    ]
    bag.put("data/derived.json", as_json(told))


def _put_covers(bag: Bag, last: JournalEntry) -> None:
    seed = journal.disclose(last).get(COVERS)
    if seed is not None:
        bag.put("data/anchors/covers.json", as_json(_shown(seed)))


def _put_personal(bag: Bag, dossier: Dossier) -> None:
    values: dict[str, JSONValue] = {}
    for entry in journal.entries(dossier.stream):
        found = journal.disclose(entry) if entry.payload["private"] else {}
        shown = {name: _shown(one) for name, one in sorted(found.items()) if name != COVERS}
        if shown:
            values[str(entry.number)] = shown
    bag.put("data/private.json", as_json(values))


def _shown(one: Disclosed) -> dict[str, JSONValue]:
    return {"salt": one.salt, "value": one.value}
