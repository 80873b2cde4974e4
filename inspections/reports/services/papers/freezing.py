"""One journal entry calls for one paper: its content frozen, set, and laid out for signing."""

from typing import cast
from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import blobs, clock, hashing, journal, workflow
from fieldsvc.kernel.blobs import Blob
from fieldsvc.kernel.errors import Refusal
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor, JournalEntry
from inspections.delegation.models import Delegation
from inspections.reports import typesetting
from inspections.reports.content.papers import Sources, compose, signers_of, sources_of
from inspections.reports.models import Paper
from inspections.reports.services.papers.setting import admit_part, set_paper
from inspections.reports.services.storing import store_pages
from inspections.reports.states import PaperKind, PaperState
from inspections.signing.services import request_signatures

KINDS = {
    "delegation.registered": PaperKind.REGISTRATION,
    "delegation.accepted": PaperKind.ACCEPTANCE,
    "mandate.drafted": PaperKind.MANDATE,
    "delegation.suspended": PaperKind.SUSPENSION,
    "delegation.resumed": PaperKind.RESUMPTION,
    "delegation.delivered": PaperKind.COMPLETION,
    "delegation.terminated": PaperKind.TERMINATION,
    "document.handed_over": PaperKind.HAND_OVER,
}


def freeze_paper(entry: JournalEntry) -> Paper | None:
    """Set the paper that `entry` calls for; None when it calls for none any more.

    Journals `paper.frozen` (digests of content and PDF) and `signature.requested` for each
    signer; a paper nobody signs is issued at once (`paper.issued`). An older list or mandate that
    waits for signatures is superseded (`paper.superseded`). Idempotent by entry. Refuses with
    `glyph_missing`, `render_failed`: nothing is left out silently.
    """
    known = Paper.objects.filter(entry=entry.pk).first()
    kind = kind_of(entry)
    if known is not None or _is_overtaken(kind, entry):
        return known
    delegation = (
        Delegation.objects.select_related("bureau", "dossier", "staff", "wanted_staff")
        .prefetch_related("mandates", "hand_overs", "steps")
        .get(pk=delegation_id_of(entry))
    )
    edition = delegation.papers.filter(kind=kind.value).count() + 1
    sources = sources_of(kind, edition, delegation, entry)
    if not _has_something_to_say(sources):
        return None
    content = compose(sources)
    body = hashing.canonical(cast("JSONValue", content))
    content_blob = blobs.store().put(body, media_type="application/json")
    paper = set_paper(content, content_blob.sha256)
    pdf = blobs.store().put(typesetting.pdf(paper), media_type="application/pdf")
    pages = store_pages(paper)
    with transaction.atomic():
        return _keep(sources, entry, content_blob, pdf, pages)


def note_paper_refused(entry: JournalEntry, refusal: Refusal) -> None:
    """Keep for everybody to see why there is no paper; journals `paper.refused`, once an entry."""
    delegation = Delegation.objects.get(pk=delegation_id_of(entry))
    with transaction.atomic():
        told = journal.entries(delegation.stream).filter(kind="paper.refused")
        if any(one.data["entry"] == entry.pk for one in told):
            return
        journal.append(
            delegation.stream,
            "paper.refused",
            actor=system_of(delegation),
            data={
                "delegation": str(delegation.pk),
                "entry": entry.pk,
                "kind": kind_of(entry).value,
                "code": refusal.code,
                **refusal.fields,
            },
        )


def kind_of(entry: JournalEntry) -> PaperKind:
    """A mandate drafted while the delegation is suspended is the one that renews it: 续办."""
    if entry.kind == "mandate.drafted" and entry.data.get("renewal"):
        return PaperKind.RESUMPTION
    return KINDS[entry.kind]


def delegation_id_of(entry: JournalEntry) -> UUID:
    return UUID(entry.stream.removeprefix("delegation:"))


def system_of(delegation: Delegation) -> Actor:
    return Actor("system", "system", str(delegation.bureau_id))


def supersede(paper: Paper) -> None:
    """Nobody can sign it any more; journals `paper.superseded`."""
    workflow.move(
        paper,
        paper.supersede,
        actor=system_of(paper.delegation),
        kind="paper.superseded",
        stream=paper.delegation.stream,
        data={"delegation": str(paper.delegation_id), "paper": str(paper.pk), "kind": paper.kind},
    )


def _is_overtaken(kind: PaperKind, entry: JournalEntry) -> bool:
    """Documents handed over one after another stand on one list: the last one makes it."""
    if kind is not PaperKind.HAND_OVER:
        return False
    later = journal.entries(entry.stream, after=entry.number)
    return later.filter(kind="document.handed_over").exists()


def _has_something_to_say(sources: Sources) -> bool:
    if sources.kind is PaperKind.RESUMPTION:
        # Without a mandate from before there is none to go on with: a new one will be, or was,
        # drafted, and that entry has its own paper.
        return sources.mandate is not None
    return sources.kind is not PaperKind.HAND_OVER or bool(sources.documents)


def _keep(
    sources: Sources, entry: JournalEntry, content: Blob, pdf: Blob, pages: list[str]
) -> Paper:
    delegation = sources.delegation
    for older in delegation.papers.filter(
        kind=sources.kind.value, state=PaperState.FROZEN.value
    ).select_related("delegation"):
        supersede(older)
    paper = Paper.objects.create(
        delegation=delegation,
        kind=sources.kind.value,
        edition=sources.edition,
        entry=entry.pk,
        subjects=_subjects(sources),
        frozen_at=clock.now(),
        content_key=content.key,
        content_sha256=content.sha256,
        pdf_key=pdf.key,
        sha256=pdf.sha256,
        size=pdf.size,
        page_keys=pages,
    )
    admit_part(paper, content, "content")
    admit_part(paper, pdf, "frozen")
    _tell_frozen(paper)
    signers = signers_of(sources)
    if signers:
        request_signatures(delegation.dossier, paper.sha256, signers)
    else:
        issue_as_frozen(paper, pdf)
    return paper


def issue_as_frozen(paper: Paper, pdf: Blob) -> None:
    workflow.move(
        paper,
        lambda: paper.issue(
            at=clock.now(),
            key=pdf.key,
            sha256=pdf.sha256,
            size=pdf.size,
            page_keys=paper.page_keys,
        ),
        actor=system_of(paper.delegation),
        kind="paper.issued",
        stream=paper.delegation.stream,
        data=issued_data(paper, pdf.sha256),
    )


def issued_data(paper: Paper, sha256: str) -> dict[str, JSONValue]:
    return {
        "delegation": str(paper.delegation_id),
        "paper": str(paper.pk),
        "kind": paper.kind,
        "edition": paper.edition,
        "frozen_sha256": paper.sha256,
        "signed_sha256": sha256,
    }


def _subjects(sources: Sources) -> list[str]:
    if sources.kind is PaperKind.HAND_OVER:
        return [str(one.pk) for one in sources.documents]
    return [str(sources.mandate.pk)] if sources.mandate else []


def _tell_frozen(paper: Paper) -> None:
    journal.append(
        paper.delegation.stream,
        "paper.frozen",
        actor=system_of(paper.delegation),
        data={
            "delegation": str(paper.delegation_id),
            "paper": str(paper.pk),
            "kind": paper.kind,
            "edition": paper.edition,
            "entry": paper.entry,
            "subjects": paper.subjects,
            "sha256": paper.sha256,
            "content_sha256": paper.content_sha256,
            "pages": len(paper.page_keys),
        },
    )
