"""Freezing a record for signature and issuing it with the signatures."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from django.conf import settings
from django.db import transaction

from fieldsvc.kernel import blobs, clock, hashing, journal, workflow
from fieldsvc.kernel.blobs import Blob
from fieldsvc.kernel.errors import Refusal
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor, JournalEntry
from fieldsvc.kernel.masking import mask_phone
from inspections.evidence import media
from inspections.evidence.models import EvidenceItem
from inspections.evidence.selectors import papers_stream
from inspections.evidence.services import Circumstances, admit_own
from inspections.evidence.states import EvidenceKind, Purpose
from inspections.inspection.models import Inspection
from inspections.inspection.selectors import assigned_staff
from inspections.reports import sealing, typesetting, wording
from inspections.reports.content import as_of_now, gather, with_objection
from inspections.reports.content.marks import stamp_of
from inspections.reports.models import Record
from inspections.reports.sealing import OfficialSeal
from inspections.reports.services.storing import sealed_copy, store_pages
from inspections.reports.shapes import Content, Signature
from inspections.reports.states import RecordState
from inspections.signing import selectors as signing
from inspections.signing.models import SignatureRequest
from inspections.signing.services import Asked, Signer, request_signatures
from inspections.signing.states import Assurance, SignatureState, SignerKind, SigningKey

# 300 dots an inch where it is printed: more only takes memory. Up to version 2 it was more.
PHOTO_BOX = (900, 675)
PHOTO_BOX_BEFORE = (1400, 1050)
TEMPLATE = "record.typ"


@dataclass(frozen=True, slots=True)
class _Copy:
    """What is handed out: the sealed file, its pages, what the journal is told of the seal, and
    the mark of the official seal system beside it."""

    pdf: Blob
    pages: list[str]
    seal: dict[str, JSONValue]
    mark: Blob | None


def freeze(inspection_id: UUID) -> Record:
    """Set the record of a concluded inspection in type and ask everybody to sign it.

    Journals `record.frozen` (with the digests of content and PDF) and `signature.requested` for
    the applicant and each inspector. Idempotent. Refuses with `glyph_missing`, `render_failed`.
    """
    known = Record.objects.filter(inspection_id=inspection_id, edition=1).first()
    if known is not None:
        return known
    inspection = _inspection(inspection_id)
    at = clock.now()
    return _freeze(inspection, gather(inspection, 1, at), at)


def freeze_anew(record: Record, objection: JournalEntry) -> Record:
    """The next edition of a record: the same content with the applicant's objection in it, so that
    nothing else can have changed; everybody is asked anew.

    Journals `record.superseded` for the edition before, then as `freeze`. Idempotent by edition.
    """
    edition = record.edition + 1
    known = Record.objects.filter(inspection_id=record.inspection_id, edition=edition).first()
    if known is not None:
        return known
    inspection = _inspection(record.inspection_id)
    at = clock.now()
    content = with_objection(content_of(record), inspection, objection, at)
    return _freeze(inspection, content, at)


def _inspection(inspection_id: UUID) -> Inspection:
    return Inspection.objects.select_related("case", "bureau", "dossier").get(pk=inspection_id)


def _freeze(inspection: Inspection, content: Content, at: datetime) -> Record:
    body = hashing.canonical(cast("JSONValue", content))
    content_blob = blobs.store().put(body, media_type="application/json")
    paper = paper_of(content, content_blob.sha256, at)
    pdf = blobs.store().put(typesetting.pdf(paper), media_type="application/pdf")
    pages = store_pages(paper)
    with transaction.atomic():
        record, made = Record.objects.get_or_create(
            inspection=inspection,
            edition=content["version"],
            defaults={
                "frozen_at": at,
                "content_key": content_blob.key,
                "content_sha256": content_blob.sha256,
                "pdf_key": pdf.key,
                "sha256": pdf.sha256,
                "size": pdf.size,
                "page_keys": pages,
            },
        )
        if made:
            _supersede_before(record)
            _tell_frozen(record, content_blob, pdf)
        return record


def note_refused(inspection_id: UUID, refusal: Refusal) -> None:
    """Keep for everybody to see why there is no record; journals `record.refused`, once."""
    inspection = Inspection.objects.select_related("dossier").get(pk=inspection_id)
    stream = inspection.dossier.stream
    with transaction.atomic():
        if not journal.entries(stream).filter(kind="record.refused").exists():
            journal.append(
                stream,
                "record.refused",
                actor=Actor("system", "system", str(inspection.bureau_id)),
                data={"inspection": str(inspection_id), "code": refusal.code, **refusal.fields},
            )


def issue(record_id: UUID, *, official: OfficialSeal | None = None) -> Record:
    """Once everybody has answered: the copy with the drawn signatures, sealed by the bureau;
    journals `record.sealed` and `record.issued`.

    The frozen PDF stays what was signed; the copy names its digest. Idempotent; does nothing
    while somebody has not answered. Without a timestamp authority the seal is a lower one, which
    `record.sealed` says. The mark of an `official` seal system is kept beside the file as evidence;
    refuses with `official_seal_unavailable`.
    """
    record = Record.objects.select_related("inspection__dossier").get(pk=record_id)
    dossier = record.inspection.dossier
    if record.state != RecordState.FROZEN.value or not signing.all_answered(
        dossier.pk, record.sha256
    ):
        return record
    requests = signing.requests_for(dossier.pk, record.sha256)
    content = signed_content(content_of(record), record, requests)
    paper = paper_of(content, record.content_sha256, record.frozen_at, requests)
    return _issue(record, _sealed_copy(paper, official), requests)


def content_of(record: Record) -> Content:
    """The frozen content as stored."""
    with blobs.store().open(record.content_key) as file:
        return as_of_now(cast("Content", json.loads(file.read())), record)


def signed_content(content: Content, record: Record, requests: list[SignatureRequest]) -> Content:
    """The same content with each answer in its place and the digest of what was signed."""
    note = f"本页签名所对应的未签名笔录文件指纹：SHA-256 {record.sha256}"
    return {
        **content,
        "signatures": [
            _signature(line, number, requests)
            for number, line in enumerate(content["signatures"], start=1)
        ],
        "signed_note": note,
        "stamp": stamp_of(content["bureau"]["name"]),
    }


def paper_of(
    content: Content,
    content_sha256: str,
    at: datetime,
    requests: list[SignatureRequest] | None = None,
) -> typesetting.Paper:
    """Content and every file it shows, ready to be set; equal content gives an equal paper."""
    footer = [*content["footer"], f"内容指纹 SHA-256 {content_sha256}"]
    shown = cast("JSONValue", {**content, "footer": footer})
    files = {
        "data.json": hashing.canonical(shown),
        "record.json": hashing.canonical(cast("JSONValue", content)),
        "qr.svg": typesetting.qr(content["check"]),
    }
    if content["manifest"] is not None:
        manifest = cast("JSONValue", content["manifest"])
        files["evidence-manifest.json"] = hashing.canonical(manifest)
    box = PHOTO_BOX if content["v"] > 2 else PHOTO_BOX_BEFORE
    pieces = EvidenceItem.objects.in_bulk([UUID(photo["evidence"]) for photo in content["photos"]])
    for photo in content["photos"]:
        key = pieces[UUID(photo["evidence"])].blob_key
        files[photo["file"]] = media.reencoded(key, box)
    for number, request in enumerate(requests or [], start=1):
        drawn = signing.svg_of(request)
        if drawn is not None:
            files[f"signature{number}.svg"] = drawn.encode()
    return typesetting.Paper(TEMPLATE, files, at)


def _signature(line: Signature, number: int, requests: list[SignatureRequest]) -> Signature:
    request = requests[number - 1]
    at = wording.moment(request.answered_at)
    if request.state == SignatureState.COMPLETED.value:
        return {
            **line,
            "picture": f"signature{number}.svg",
            "alt": f"{line['name']} 的手写签名",
            "at": at,
            "how": SigningKey(request.key).label if request.key else "",
        }
    names = {one.signer_id: one.name for one in requests}
    said = f"拒绝签名。理由：{request.decline_reason}"
    if request.refusal_witnessed_by:
        noted, seen = names[request.refusal_noted_by], names[request.refusal_witnessed_by]
        said = f"拒绝签名。{noted}注明，{seen}见证：{request.decline_reason}"
    return {**line, "empty": said, "at": at}


def _supersede_before(record: Record) -> None:
    before = Record.objects.select_related("inspection__dossier").filter(
        inspection_id=record.inspection_id, edition__lt=record.edition
    )
    for one in before.filter(state=RecordState.FROZEN.value):
        workflow.move(
            one,
            one.supersede,
            actor=_system(one),
            kind="record.superseded",
            stream=one.inspection.dossier.stream,
            data={
                "record": str(one.id),
                "inspection": str(one.inspection_id),
                "edition": one.edition,
                "sha256": one.sha256,
            },
        )


def _tell_frozen(record: Record, content: Blob, pdf: Blob) -> None:
    inspection = record.inspection
    how = Circumstances(Purpose.RECORD, segment="content")
    admit_own(inspection.dossier, content, EvidenceKind.DOCUMENT, how)
    _admit(record, pdf, "frozen")
    journal.append(
        inspection.dossier.stream,
        "record.frozen",
        actor=_system(record),
        data={
            "record": str(record.id),
            "inspection": str(inspection.id),
            "case": str(inspection.case_id),
            "edition": record.edition,
            "sha256": record.sha256,
            "content_sha256": record.content_sha256,
            "pages": len(record.page_keys),
        },
    )
    case = inspection.case
    phone = mask_phone(case.contact_phone)
    signers = [Signer(SignerKind.APPLICANT, str(case.pk), case.contact_name, phone_hint=phone)]
    signers.extend(
        Signer(SignerKind.INSPECTOR, str(staff.pk), staff.name)
        for staff in assigned_staff(inspection)
    )
    asked = Asked(
        inspection.number, len(record.page_keys), Assurance[settings.SIGNING_ASSURANCE.upper()]
    )
    request_signatures(inspection.dossier, record.sha256, signers, asked)


def _sealed_copy(paper: typesetting.Paper, official: OfficialSeal | None) -> _Copy:
    pdf, told = sealed_copy(paper)
    mark = None
    if official is not None:
        with blobs.store().open(pdf.key) as file:
            made = official.seal(file.read())
        mark = blobs.store().put(made.signature, media_type=sealing.MEDIA_TYPE)
        told["official_sha256"] = mark.sha256
        told["official_certificate"] = base64.b64encode(made.certificate).decode()
        told["official_certificate_sha256"] = hashing.sha256_hex(made.certificate)
        told["official_system"] = made.system
    return _Copy(pdf, store_pages(paper), told, mark)


@transaction.atomic
def _issue(record: Record, copy: _Copy, requests: list[SignatureRequest]) -> Record:
    record = (
        Record.objects.select_for_update(of=("self",))
        .select_related("inspection__dossier")
        .get(pk=record.pk)
    )
    if record.state != RecordState.FROZEN.value:
        return record
    pdf = copy.pdf
    _admit(record, pdf, "issued")
    if copy.mark is not None:
        beside = Circumstances(Purpose.RECORD, segment="official")
        admit_own(record.inspection.dossier, copy.mark, EvidenceKind.SIGNATURE, beside)
    journal.append(
        record.inspection.dossier.stream,
        "record.sealed",
        actor=_system(record),
        data={"record": str(record.id), **copy.seal},
    )
    workflow.move(
        record,
        lambda: record.issue(
            at=clock.now(), key=pdf.key, sha256=pdf.sha256, size=pdf.size, page_keys=copy.pages
        ),
        actor=_system(record),
        kind="record.issued",
        stream=record.inspection.dossier.stream,
        data=_issued_data(record, pdf, requests),
    )
    return record


def _issued_data(
    record: Record, pdf: Blob, requests: list[SignatureRequest]
) -> dict[str, JSONValue]:
    """With the papers beside the record as they are now: later ones follow on their stream."""
    papers = journal.head(papers_stream(record.inspection.dossier))
    declined = [one.signer for one in requests if one.state == SignatureState.DECLINED.value]
    return {
        "record": str(record.id),
        "inspection": str(record.inspection_id),
        "case": str(record.inspection.case_id),
        "frozen_sha256": record.sha256,
        "signed_sha256": pdf.sha256,
        "papers": {"length": papers.length, "head": papers.digest},
        "declined": [*declined],
    }


def _admit(record: Record, pdf: Blob, part: str) -> None:
    how = Circumstances(Purpose.RECORD, segment=part)
    admit_own(record.inspection.dossier, pdf, EvidenceKind.DOCUMENT, how)


def _system(record: Record) -> Actor:
    return Actor("system", "system", str(record.inspection.bureau_id))
