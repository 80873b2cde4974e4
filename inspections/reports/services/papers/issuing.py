"""The copy with the signatures in their places."""

from uuid import UUID

from django.db import transaction

from fieldsvc.kernel import blobs, clock, workflow
from fieldsvc.kernel.blobs import Blob
from inspections.evidence import media
from inspections.evidence.models import EvidenceItem
from inspections.evidence.states import Grade
from inspections.people.models import Staff
from inspections.reports import typesetting, wording
from inspections.reports.content.marks import stamp_of
from inspections.reports.models import Paper
from inspections.reports.services.papers.freezing import issued_data, system_of
from inspections.reports.services.papers.setting import admit_part, content_of_paper, set_paper
from inspections.reports.services.storing import store_pages
from inspections.reports.shapes import PaperContent, SheetPhoto, Signatory
from inspections.reports.states import PaperState
from inspections.signing import selectors as signatures
from inspections.signing.models import SignatureRequest
from inspections.signing.states import SignatureState, SignedWay, SignerKind

PHOTO_BOX = (1400, 1980)


def issue_paper(paper_id: UUID) -> Paper:
    """Set the signed paper once more with its signatures; journals `paper.issued`. Idempotent.

    The frozen PDF stays what was signed; the copy names its digest.
    """
    paper = Paper.objects.select_related("delegation__dossier").get(pk=paper_id)
    if paper.state != PaperState.SIGNED.value:
        return paper
    content, files = signed_copy(paper)
    sheet = set_paper(content, paper.content_sha256, files)
    pdf = blobs.store().put(typesetting.pdf(sheet), media_type="application/pdf")
    return _issue(paper_id, pdf, store_pages(sheet))


def signed_copy(paper: Paper) -> tuple[PaperContent, dict[str, bytes]]:
    """The frozen content with each answer in its place, and the pictures it shows."""
    content = content_of_paper(paper)
    requests = signatures.requests_for(paper.delegation.dossier_id, paper.sha256)
    files: dict[str, bytes] = {}
    lines = []
    for number, (line, request) in enumerate(
        zip(content["signatures"], requests, strict=True), start=1
    ):
        name = f"signature{number}.svg"
        drawn = signatures.svg_of(request)
        if drawn is not None:
            files[name] = drawn.encode()
        lines.append(_answered(line, request, name if drawn is not None else None))
    photos = _sheets(requests, files)
    note = f"本页签名所对应的未签名文书指纹：SHA-256 {paper.sha256}"
    stamp = stamp_of(content["bureau"]["name"])
    issued: PaperContent = {
        **content,
        "signatures": lines,
        "photos": photos,
        "signed_note": note,
        "stamp": stamp,
    }
    return issued, files


def _answered(line: Signatory, request: SignatureRequest, picture: str | None) -> Signatory:
    at = wording.moment(request.answered_at)
    if request.state == SignatureState.DECLINED.value:
        return {**line, "empty": f"拒绝签名。理由：{request.decline_reason}", "at": at}
    device = _device(request)
    if picture is None:
        return {**line, "empty": "已在纸质文书上签名，照片附后", "at": at, "device": device}
    alt = f"{line['name']} 的手写签名"
    return {**line, "picture": picture, "alt": alt, "at": at, "device": device}


def _device(request: SignatureRequest) -> str:
    if request.way == SignedWay.PAPER_PHOTO.value:
        return f"照片由 {_name(request.device_of)} 拍摄上传"
    if request.device_of:
        return f"本人在代办专员 {_name(request.device_of)} 的手机上签名"
    return "本人在自己的手机上签名" if request.signer == SignerKind.APPLICANT.value else ""


def _name(staff_id: str) -> str:
    found = Staff.objects.filter(pk=staff_id).values_list("name", flat=True).first()
    return found or wording.NOTHING


def _sheets(requests: list[SignatureRequest], files: dict[str, bytes]) -> list[SheetPhoto]:
    pieces: dict[UUID, EvidenceItem] = {}
    for request in requests:
        if request.way == SignedWay.PAPER_PHOTO.value and request.picture is not None:
            pieces[request.picture.pk] = request.picture
    found: list[SheetPhoto] = []
    for number, piece in enumerate(pieces.values(), start=1):
        name = f"sheet{number}.jpg"
        files[name] = media.reencoded(piece.blob_key, PHOTO_BOX)
        found.append(
            {
                "evidence": str(piece.pk),
                "file": name,
                "caption": f"{wording.moment(piece.admitted_at)} · {_grade(piece)} · "
                f"{piece.width}×{piece.height}",
                "sha256": piece.sha256,
                "alt": "纸质签署页照片",
            }
        )
    return found


def _grade(piece: EvidenceItem) -> str:
    """Who uploaded it is told beside; here only that nobody saw it being taken."""
    return "上传照片" if piece.grade == Grade.UPLOADED.value else Grade(piece.grade).label


@transaction.atomic
def _issue(paper_id: UUID, pdf: Blob, pages: list[str]) -> Paper:
    paper = (
        Paper.objects.select_for_update(of=("self",))
        .select_related("delegation__dossier")
        .get(pk=paper_id)
    )
    if paper.state != PaperState.SIGNED.value:
        return paper
    admit_part(paper, pdf, "issued")
    workflow.move(
        paper,
        lambda: paper.issue(
            at=clock.now(), key=pdf.key, sha256=pdf.sha256, size=pdf.size, page_keys=pages
        ),
        actor=system_of(paper.delegation),
        kind="paper.issued",
        stream=paper.delegation.stream,
        data=issued_data(paper, pdf.sha256),
    )
    return paper
