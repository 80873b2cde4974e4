"""One journal entry calls for one paper beside the record, or for none: composed, set, sealed."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import blobs, clock, hashing, journal
from fieldsvc.kernel.blobs import Blob
from fieldsvc.kernel.errors import NotAllowed
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor, JournalEntry
from inspections.catalog.states import Outcome
from inspections.evidence.errors import FilesDisposed
from inspections.evidence.selectors import is_disposed, papers_stream
from inspections.inspection.models import Inspection
from inspections.inspection.policies import is_assigned
from inspections.people.states import Role
from inspections.reports import selectors, typesetting
from inspections.reports.content.inspection_papers import Source, compose
from inspections.reports.errors import NothingToServe, PapersChanged
from inspections.reports.models import InspectionPaper
from inspections.reports.services.storing import sealed_copy, store_pages
from inspections.reports.shapes.inspection_paper import InspectionPaperContent
from inspections.reports.states import InspectionPaperKind, RecordState

_KINDS = {
    "inspection.transferred": InspectionPaperKind.BROKEN_OFF,
    "rectification.ordered": InspectionPaperKind.RECTIFICATION_NOTICE,
    "rectification.accepted": InspectionPaperKind.REVIEW_OPINION,
    "rectification.returned": InspectionPaperKind.REVIEW_OPINION,
    "record.issued": InspectionPaperKind.SIGNING_TRAIL,
    "service_receipt.asked": InspectionPaperKind.SERVICE_RECEIPT,
    "service_receipt.confirmed": InspectionPaperKind.SERVICE_RECEIPT,
}
CALLS = ("inspection.concluded", *_KINDS)
_BY_VERDICT = {
    Outcome.NON_CONFORMING.value: InspectionPaperKind.NOT_PASSED,
    Outcome.ON_SITE_REQUIRED.value: InspectionPaperKind.BROKEN_OFF,
}


@dataclass(frozen=True, slots=True)
class _Copy:
    """The sealed file, its pages, and what the journal is told of the seal."""

    pdf: Blob
    pages: list[str]
    seal: dict[str, JSONValue]


def make_papers(entry: JournalEntry) -> list[InspectionPaper]:
    """Set, seal and issue every paper that `entry` calls for; idempotent by entry and kind.

    Journals `inspection_paper.issued` (digests of content and PDF, and of the seal what
    `record.sealed` tells) on the papers' own stream: the dossier may be sealed by then. Refuses
    with `glyph_missing`, `render_failed`.
    """
    inspection = Inspection.objects.select_related("case", "bureau", "dossier").get(
        pk=UUID(str(entry.data["inspection"]))
    )
    return [_make(inspection, kind, entry) for kind in _kinds_of(entry)]


def ask_service_receipt(inspection: Inspection, *, actor: Actor) -> None:
    """Have the receipt of service made as of now; journals `service_receipt.asked`.

    Refuses with `not_allowed` for others than assigned inspectors and heads, `nothing_to_serve`
    before the record is issued, `files_disposed` when there are no papers any more.
    """
    if not is_assigned(actor, inspection) and Role.HEAD.value not in actor.roles:
        raise NotAllowed
    if not inspection.records.filter(state=RecordState.ISSUED.value).exists():
        raise NothingToServe
    if is_disposed(inspection.dossier_id):
        raise FilesDisposed
    with transaction.atomic():
        journal.append(
            inspection.case.stream,
            "service_receipt.asked",
            actor=actor,
            data={"inspection": str(inspection.pk), "case": str(inspection.case_id)},
        )


def confirm_receipt(inspection: Inspection, digests: list[str], *, actor: Actor) -> None:
    """The applicant has the papers of these digests (SHA-256 of the files): what was shown, not
    what may have been issued since. Whatever was confirmed before stays at its first time.

    Journals `service_receipt.confirmed` (each paper's number and digest, and the channel) on the
    papers' own stream, which has a receipt of service made. Refuses with `not_allowed` for others
    than the applicant, `papers_changed` for a digest that is not served, `files_disposed`.
    """
    if actor.kind != "applicant":
        raise NotAllowed
    if is_disposed(inspection.dossier_id):
        raise FilesDisposed
    with transaction.atomic():
        Inspection.objects.select_for_update().get(pk=inspection.pk)
        known = {one.sha256: one for one in selectors.served(inspection)}
        if not digests or not set(digests) <= set(known):
            raise PapersChanged
        fresh = [one for one in known.values() if one.sha256 in digests and not one.received_at]
        if fresh:
            journal.append(
                papers_stream(inspection.dossier),
                "service_receipt.confirmed",
                actor=actor,
                data={
                    "inspection": str(inspection.pk),
                    "case": str(inspection.case_id),
                    "channel": "link",
                    "papers": [{"serial": one.serial, "sha256": one.sha256} for one in fresh],
                },
            )


def paper_sheet(content: InspectionPaperContent) -> typesetting.Paper:
    """Content ready to be set; equal content gives an equal paper."""
    body = hashing.canonical(cast("JSONValue", content))
    footer = [*content["footer"], f"内容指纹 SHA-256 {hashing.sha256_hex(body)}"]
    return typesetting.Paper(
        InspectionPaperKind(content["kind"]).template,
        {
            "data.json": hashing.canonical(cast("JSONValue", {**content, "footer": footer})),
            "paper.json": body,
            "qr.svg": typesetting.qr(content["check"]),
        },
        datetime.fromisoformat(content["at"]),
    )


def _kinds_of(entry: JournalEntry) -> list[InspectionPaperKind]:
    if entry.kind in _KINDS:
        return [_KINDS[entry.kind]]
    more = _BY_VERDICT.get(str(entry.data["verdict"]))
    return [InspectionPaperKind.CHECK_SHEET, *([more] if more else [])]


def _make(
    inspection: Inspection, kind: InspectionPaperKind, entry: JournalEntry
) -> InspectionPaper:
    known = InspectionPaper.objects.filter(entry=entry.pk, kind=kind.value).first()
    if known is not None:
        return known
    edition = inspection.papers.filter(kind=kind.value).count() + 1
    source = Source(kind, edition, inspection, entry)
    content = compose(source)
    body = hashing.canonical(cast("JSONValue", content))
    store = blobs.store()
    kept = store.put(body, media_type="application/json")
    sheet = paper_sheet(content)
    pdf, told = sealed_copy(sheet)
    pages = store_pages(sheet)
    with transaction.atomic():
        return _keep(source, kept, _Copy(pdf, pages, told))


def _keep(source: Source, content: Blob, copy: _Copy) -> InspectionPaper:
    inspection, pdf = source.inspection, copy.pdf
    paper, made = InspectionPaper.objects.get_or_create(
        entry=source.entry.pk,
        kind=source.kind.value,
        defaults={
            "inspection": inspection,
            "edition": source.edition,
            "serial": source.serial,
            "issued_at": clock.now(),
            "content_key": content.key,
            "content_sha256": content.sha256,
            "pdf_key": pdf.key,
            "sha256": pdf.sha256,
            "size": pdf.size,
            "page_keys": copy.pages,
        },
    )
    if made:
        journal.append(
            papers_stream(inspection.dossier),
            "inspection_paper.issued",
            actor=Actor("system", "system", str(inspection.bureau_id)),
            data={
                "inspection": str(inspection.pk),
                "case": str(inspection.case_id),
                "paper": str(paper.pk),
                "kind": paper.kind,
                "serial": paper.serial,
                "entry": source.entry.digest,
                "content_sha256": paper.content_sha256,
                "pages": len(copy.pages),
                **copy.seal,
            },
        )
    return paper
