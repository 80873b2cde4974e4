"""Taking the answers of those who were asked to sign."""

from dataclasses import asdict, dataclass

from django.db import transaction

from fieldsvc.kernel import blobs, clock, glyphs, hashing, workflow
from fieldsvc.kernel.errors import NotAllowed
from fieldsvc.kernel.hashing import JSONValue
from fieldsvc.kernel.journal import Actor
from inspections.evidence.models import EvidenceItem
from inspections.evidence.services import Circumstances, admit_own
from inspections.evidence.states import EvidenceKind, Purpose
from inspections.signing import rules, selectors
from inspections.signing.errors import (
    DocumentChanged,
    StrokesReplayed,
    StrokesUnusable,
    TooFewStrokes,
    WillMissing,
)
from inspections.signing.models import SignatureRequest
from inspections.signing.policies import is_signer, may_lend
from inspections.signing.rules import Drawing
from inspections.signing.services.certifying import Certified, admit_message, certified
from inspections.signing.services.common import refuse_answered
from inspections.signing.services.stamping import ask_for_stamp
from inspections.signing.states import SignedWay, SignerKind


@dataclass(frozen=True, slots=True)
class Act:
    """One act of signing as it came in; `device` is the user agent, kept only as a digest.

    `signature` is what the signer's key made of the attributes (r‖s), for a certified request.
    """

    document_sha256: str
    drawing: Drawing
    will: bool
    device: str = ""
    signature: bytes | None = None


@dataclass(frozen=True, slots=True)
class _Marks:
    """Digests of the movement and of the device, and whose device it was if not the signer's."""

    trace: str
    device: str
    lender: str


def complete(request: SignatureRequest, act: Act, *, actor: Actor) -> SignatureRequest:
    """Take a hand-written signature; strokes (canonical JSON) and SVG become evidence and
    `signature.completed` is journalled with the document's digest.

    A certified request also takes the message of the signer's key (`certified`), which becomes
    evidence of its own. Refuses with `already_signed`, `document_changed`, `will_missing`,
    `too_few_strokes`, `strokes_unusable`, `strokes_replayed`, and for a certified request with
    `not_read`, `not_identified`, `certificate_expired`, `signature_invalid`. Electronic Signature
    Law (电子签名法) art. 13.

    `actor` is the signer, or for a lendable request the member of staff whose phone the signer
    holds: the entry names that person as `device_of`.
    """
    trace = _check(request, act, actor)
    made = certified(request, act.signature) if selectors.is_certified(request) else None
    lender = "" if is_signer(actor, request) else actor.id
    marks = _Marks(trace, hashing.sha256_hex(act.device.encode()), lender)
    with transaction.atomic():
        if SignatureRequest.objects.filter(trace_digest=trace).exists():
            raise StrokesReplayed
        strokes, picture = _admit(request, act, actor)
        message = _admit_message(request, made, actor)
        workflow.move(
            request,
            lambda: request.complete(
                at=clock.now(),
                strokes=strokes,
                picture=picture,
                trace=trace,
                device=marks.device,
                device_of=lender,
                message=message,
                key=made.identification.key if made else "",
            ),
            actor=actor,
            kind="signature.completed",
            stream=request.dossier.stream,
            data=_completed(request, strokes, picture, marks) | _certified(request, made, message),
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
    refuse_answered(request)
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

    The record is issued with that note. Refuses with `already_signed`, with `glyph_missing` for
    what no paper can show, and with `not_allowed` for an inspector: whoever conducted the
    inspection must answer for its record.
    """
    if not is_signer(actor, request) or request.signer != SignerKind.APPLICANT.value:
        raise NotAllowed
    refuse_answered(request)
    glyphs.refuse_missing({"reason": reason})
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


def _admit_message(
    request: SignatureRequest, made: Certified | None, actor: Actor
) -> EvidenceItem | None:
    if made is None:
        return None
    ask_for_stamp(request)
    return admit_message(request, made, actor=actor)


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


def _certified(
    request: SignatureRequest, made: Certified | None, message: EvidenceItem | None
) -> dict[str, JSONValue]:
    if made is None or message is None:
        return {}
    return {
        **made.told,
        "cms_sha256": message.sha256,
        "recording_ms": selectors.recording_ms(request.dossier.stream),
    }


def _check(request: SignatureRequest, act: Act, actor: Actor) -> str:
    if not (is_signer(actor, request) or may_lend(actor, request)):
        raise NotAllowed
    refuse_answered(request)
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


# A refusal after this leaves only unnamed bytes in the store.
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
