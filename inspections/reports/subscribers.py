from uuid import UUID

from fieldsvc.kernel.glyphs import GlyphMissing
from fieldsvc.kernel.journal import JournalEntry
from fieldsvc.kernel.outbox import on
from inspections.delegation.models import Mandate
from inspections.evidence.states import Purpose
from inspections.reports import gateways, selectors, services
from inspections.reports.services import disposing, inspection_papers, papers


@on("inspection.concluded", lease=120)
def freeze(entry: JournalEntry) -> None:
    inspection_id = UUID(str(entry.data["inspection"]))
    try:
        services.freeze(inspection_id)
    except GlyphMissing as refusal:
        services.note_refused(inspection_id, refusal)
        raise


@on("signature.objected", lease=120)
def freeze_anew(entry: JournalEntry) -> None:
    record = selectors.record_with_digest(str(entry.data["document_sha256"]))
    if record is not None:
        services.freeze_anew(record, entry)


@on("signature.completed", "signature.declined", lease=120)
def issue(entry: JournalEntry) -> None:
    record = selectors.record_with_digest(str(entry.data["document_sha256"]))
    if record is not None:
        services.issue(record.pk, official=gateways.official_seal())


# One paper that cannot be set must not hold back the others of its delegation.
@on(*papers.KINDS, lease=120, ordered=False)
def freeze_paper(entry: JournalEntry) -> None:
    try:
        papers.freeze_paper(entry)
    except GlyphMissing as refusal:
        papers.note_paper_refused(entry, refusal)
        raise


@on("signature.completed", "signature.declined")
def settle_paper(entry: JournalEntry) -> None:
    paper = selectors.paper_with_digest(str(entry.data["document_sha256"]))
    if paper is not None:
        papers.settle_paper(paper)


@on("paper.signed", lease=120, ordered=False)
def issue_paper(entry: JournalEntry) -> None:
    papers.issue_paper(UUID(str(entry.data["paper"])))


@on("mandate.revoked", "mandate.expired")
def supersede_papers(entry: JournalEntry) -> None:
    mandate = Mandate.objects.get(pk=UUID(str(entry.data["mandate"])))
    papers.supersede_mandate_papers(mandate)


# One paper that cannot be set must not hold back the others of its inspection.
@on(*inspection_papers.CALLS, lease=120, ordered=False)
def make_inspection_papers(entry: JournalEntry) -> None:
    inspection_papers.make_papers(entry)


@on("dossier.disposed")
def remove_papers(entry: JournalEntry) -> None:
    # Certificates from before the papers went with the rest say nothing of what the class keeps.
    keeps = entry.data.get("keeps", [Purpose.RECORD.value])
    if isinstance(keeps, list) and Purpose.RECORD.value not in keeps:
        disposing.remove_papers(UUID(str(entry.data["dossier"])))
