"""The papers beside the record as files of a package: their journal, each sealed PDF, and the
content it was set from."""

from fieldsvc.kernel import blobs, journal
from fieldsvc.kernel.journal import JournalEntry
from inspections.evidence import selectors
from inspections.evidence.export.bag import Bag
from inspections.evidence.export.signatures import put_sealer
from inspections.evidence.models import Dossier
from inspections.evidence.selectors import BesideProof, DossierProof
from inspections.evidence.verifier.beside import issued_papers, paper_path
from inspections.evidence.verifier.chain import Entry
from inspections.evidence.verifier.custody import PAPERS
from inspections.evidence.verifier.late import late_stamps, stamp_path


def put_papers(bag: Bag, dossier: Dossier, proof: DossierProof | None) -> BesideProof | None:
    """Everything that was issued as far as the tree covers it; all of it while nothing is covered.

    A file that was disposed of is left out. Returns what proves it.
    """
    told: list[JournalEntry] = list(journal.entries(selectors.papers_stream(dossier)))
    beside = None
    if proof is not None:
        beside = selectors.beside_proof(selectors.papers_stream(dossier), proof.checkpoint)
        told = told[: beside.leaf.length if beside else 0]
    if not told:
        return None
    bag.put(PAPERS, b"".join(bytes(one.body) + b"\n" for one in told))
    for one in late_stamps([Entry(bytes(entry.body)) for entry in told]):
        with blobs.store().open(blobs.key_of(one.text("sha256"))) as file:
            bag.put(stamp_path(one), file)
    disposed = {one.sha256 for one in selectors.condemned_papers(dossier)}
    for one in issued_papers([Entry(bytes(entry.body)) for entry in told]):
        for suffix, key in (("pdf", "sha256"), ("json", "content_sha256")):
            blob = blobs.key_of(one.text(key))
            if one.text(key) in disposed and not blobs.store().exists(blob):
                continue
            with blobs.store().open(blob) as file:
                content = file.read()
            bag.put(paper_path(one, suffix), content)
            if suffix == "pdf":
                put_sealer(bag, content, one)
    return beside
