"""Asking for signatures and taking them."""

from dataclasses import asdict, dataclass

from django.db import transaction

from fieldsvc.kernel import blobs, clock, hashing, journal, workflow
from fieldsvc.kernel.errors import NotAllowed
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import SYSTEM, Actor
from inspections.evidence.models import Dossier, EvidenceItem
from inspections.evidence.services import Circumstances, admit_own
from inspections.evidence.states import EvidenceKind, Purpose
from inspections.signing import rules
from inspections.signing.errors import (
    AlreadySigned,
    DocumentChanged,
    StrokesReplayed,
    StrokesUnusable,
    TooFewStrokes,
    WillMissing,
)
from inspections.signing.models import SignatureRequest
from inspections.signing.policies import is_signer, may_lend
from inspections.signing.rules import Drawing
from inspections.signing.states import SignatureState, SignedWay, SignerKind


@dataclass(frozen=True, slots=True)
class Signer:
    """`id` is the one its Actor carries: case, delegation or staff id.

    `is_lendable`: may sign on the phone of the delegate who came to the door.
    """

    kind: SignerKind
    id: str
    name: str
    is_lendable: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """One act of signing as it came in; `device` is the user agent, kept only as a digest."""

    document_sha256: str
    drawing: Drawing
    will: bool
    device: str = ""


@dataclass(frozen=True, slots=True)
class _Marks:
    """Digests of the movement and of the device, and whose device it was if not the signer's."""

    trace: str
    device: str
    lender: str


def request_signatures(
    dossier: Dossier, document_sha256: str, signers: list[Signer]
) -> list[SignatureRequest]:
    """Ask each signer to sign the document; journals `signature.requested` once for each.

    A signer who was asked for the same document before is not asked again.
    """
    with transaction.atomic():
        for position, signer in enumerate(signers, start=1):
            request, made = SignatureRequest.objects.get_or_create(
                dossier=dossier,
                document_sha256=document_sha256,
                signer=signer.kind.value,
                signer_id=signer.id,
                defaults={
                    "name": signer.name,
                    "is_lendable": signer.is_lendable,
                    "position": position,
                    "requested_at": clock.now(),
                },
            )
            if made:
                journal.append(
                    dossier.stream,
                    "signature.requested",
                    actor=SYSTEM,
                    data={
                        "signature": str(request.id),
                        "signer": signer.kind.value,
                        "signer_id": signer.id,
                        "document_sha256": document_sha256,
                    },
                )
        return list(
            SignatureRequest.objects.filter(
                dossier=dossier, document_sha256=document_sha256
            ).order_by("position")
        )


def complete(request: SignatureRequest, act: Act, *, actor: Actor) -> SignatureRequest:
    """Take a hand-written signature; strokes (canonical JSON) and SVG become evidence and
    `signature.completed` is journalled with the document's digest.

    Refuses with `already_signed`, `document_changed`, `will_missing`, `too_few_strokes`,
    `strokes_unusable`, `strokes_replayed`. Electronic Signature Law (电子签名法) art. 13.

    `actor` is the signer, or for a lendable request the member of staff whose phone the signer
    holds: the entry then names that person as `device_of`, and is theirs to answer for.
    """
    trace = _check(request, act, actor)
    lender = "" if is_signer(actor, request) else actor.id
    marks = _Marks(trace, hashing.sha256_hex(act.device.encode()), lender)
    # Files are written before the transaction: a refusal below leaves only unnamed bytes.
    with transaction.atomic():
        if SignatureRequest.objects.filter(trace_digest=trace).exists():
            raise StrokesReplayed
        strokes, picture = _admit(request, act, actor)
        workflow.move(
            request,
            lambda: request.complete(
                at=clock.now(),
                strokes=strokes,
                picture=picture,
                trace=trace,
                device=marks.device,
                device_of=lender,
            ),
            actor=actor,
            kind="signature.completed",
            stream=request.dossier.stream,
            data=_completed(request, strokes, picture, marks),
        )
        return request


def note_on_paper(
    request: SignatureRequest, photo: EvidenceItem, *, actor: Actor
) -> SignatureRequest:
    """Take the photo of a signed sheet for the signature; journals `signature.completed` with its
    way, its digest and its grade.

    A lendable request is settled so by staff of its bureau, another only by its signer. Refuses
    with `not_allowed`, `already_signed`.
    """
    if not (is_signer(actor, request) or may_lend(actor, request)):
        raise NotAllowed
    if request.state != SignatureState.PENDING.value:
        raise AlreadySigned
    workflow.move(
        request,
        lambda: request.complete_on_paper(at=clock.now(), photo=photo, device_of=actor.id),
        actor=actor,
        kind="signature.completed",
        stream=request.dossier.stream,
        data={
            "signature": str(request.id),
            "signer": request.signer,
            "document_sha256": request.document_sha256,
            "way": SignedWay.PAPER_PHOTO.value,
            "device_of": actor.id,
            "evidence": str(photo.id),
            "photo_sha256": photo.sha256,
            "grade": photo.grade,
        },
    )
    return request


def decline(request: SignatureRequest, reason: str, *, actor: Actor) -> SignatureRequest:
    """Note that the applicant refuses to sign, with the reason; journals `signature.declined`.

    The record is issued with that note. Refuses with `already_signed`, and with `not_allowed` for
    an inspector: whoever conducted the inspection must answer for its record.
    """
    if not is_signer(actor, request) or request.signer != SignerKind.APPLICANT.value:
        raise NotAllowed
    if request.state != SignatureState.PENDING.value:
        raise AlreadySigned
    workflow.move(
        request,
        lambda: request.decline(at=clock.now(), reason=reason),
        actor=actor,
        kind="signature.declined",
        stream=request.dossier.stream,
        data={
            "signature": str(request.id),
            "signer": request.signer,
            "document_sha256": request.document_sha256,
        },
        private={"reason": reason},
    )
    return request


def _completed(
    request: SignatureRequest, strokes: EvidenceItem, picture: EvidenceItem, marks: _Marks
) -> dict[str, JSONValue]:
    return {
        "signature": str(request.id),
        "signer": request.signer,
        "document_sha256": request.document_sha256,
        "way": SignedWay.SCREEN.value,
        "device_of": marks.lender or None,
        "strokes_sha256": strokes.sha256,
        "picture_sha256": picture.sha256,
        "trace_sha256": marks.trace,
        "device_sha256": marks.device,
        "will": True,
    }


def _check(request: SignatureRequest, act: Act, actor: Actor) -> str:
    if not (is_signer(actor, request) or may_lend(actor, request)):
        raise NotAllowed
    if request.state != SignatureState.PENDING.value:
        raise AlreadySigned
    if act.document_sha256 != request.document_sha256:
        raise DocumentChanged
    if not act.will:
        raise WillMissing
    flaw = rules.flaw_of(act.drawing)
    if flaw == "too_few_strokes":
        raise TooFewStrokes
    if flaw is not None:
        raise StrokesUnusable
    return rules.trace_digest(act.drawing)


def _admit(request: SignatureRequest, act: Act, actor: Actor) -> tuple[EvidenceItem, EvidenceItem]:
    drawing: dict[str, JSONValue] = {
        "width": act.drawing.width,
        "height": act.drawing.height,
        "strokes": [[asdict(point) for point in stroke] for stroke in act.drawing.strokes],
        "document_sha256": request.document_sha256,
    }
    store = blobs.store()
    how = Circumstances(Purpose.SIGNATURE, segment=str(request.id))
    strokes = store.put(hashing.canonical(drawing), media_type="application/json")
    picture = store.put(rules.svg(act.drawing).encode(), media_type="image/svg+xml")
    return (
        admit_own(request.dossier, strokes, EvidenceKind.SIGNATURE, how, actor=actor),
        admit_own(request.dossier, picture, EvidenceKind.SIGNATURE, how, actor=actor),
    )
