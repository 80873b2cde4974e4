from datetime import datetime
from typing import cast
from uuid import UUID

from fieldsvc.kernel import blobs, clock, journal
from fieldsvc.kernel.journal import Actor, JournalEntry
from inspections.signing.errors import SignatureUnknown
from inspections.signing.models import SignatureRequest, SignatureStamp
from inspections.signing.policies import is_signer
from inspections.signing.states import SignatureState, SignerKind
from signaling.models import Room
from signaling.states import Recording

OBJECTED = "signature.objected"


def access_signature(actor: Actor, signature_id: UUID) -> SignatureRequest:
    """The request if this actor is its signer; refuses everybody else with `signature_unknown`."""
    found = SignatureRequest.objects.select_related("dossier").filter(pk=signature_id).first()
    if found is None or not is_signer(actor, found):
        raise SignatureUnknown
    return found


def access_refusal(actor: Actor, signature_id: UUID) -> SignatureRequest:
    """The applicant's request if this actor is asked to sign the same document as an inspector;
    refuses everybody else with `signature_unknown`."""
    found = SignatureRequest.objects.select_related("dossier").filter(pk=signature_id).first()
    if found is None or found.signer != SignerKind.APPLICANT.value:
        raise SignatureUnknown
    if actor.kind != "staff" or not _beside(found, actor.id):
        raise SignatureUnknown
    return found


def _beside(request: SignatureRequest, staff_id: str) -> bool:
    return SignatureRequest.objects.filter(
        dossier_id=request.dossier_id,
        document_sha256=request.document_sha256,
        signer=SignerKind.INSPECTOR.value,
        signer_id=staff_id,
    ).exists()


def requests_for(dossier_id: UUID, document_sha256: str) -> list[SignatureRequest]:
    """Everybody asked to sign this document, in signing order."""
    return list(
        SignatureRequest.objects.filter(
            dossier_id=dossier_id, document_sha256=document_sha256
        ).order_by("position")
    )


def all_answered(dossier_id: UUID, document_sha256: str) -> bool:
    """Whether somebody was asked and everybody has signed or declined this very document."""
    states = {request.state for request in requests_for(dossier_id, document_sha256)}
    return bool(states) and states <= {
        SignatureState.COMPLETED.value,
        SignatureState.DECLINED.value,
    }


def superseded_in(dossier_id: UUID) -> list[SignatureRequest]:
    """What was asked for editions before the newest, whether answered then or not, in order."""
    return list(
        SignatureRequest.objects.filter(
            dossier_id=dossier_id, state=SignatureState.SUPERSEDED.value
        ).order_by("requested_at", "position")
    )


def successor_of(request: SignatureRequest) -> SignatureRequest | None:
    """The same signer's request for the newest edition, once there is one; None for that itself."""
    if request.state != SignatureState.SUPERSEDED.value:
        return None
    same = SignatureRequest.objects.filter(
        dossier_id=request.dossier_id, signer=request.signer, signer_id=request.signer_id
    )
    return same.exclude(state=SignatureState.SUPERSEDED.value).first()


def objection_to(request: SignatureRequest) -> JournalEntry | None:
    """The entry of the objection this signer made to this edition; its text is private."""
    found = objection_against(request.dossier.stream, request.document_sha256)
    return found if found and found.data["signature"] == str(request.pk) else None


def objection_against(stream: str, document_sha256: str) -> JournalEntry | None:
    """The entry of the objection to one document of a dossier."""
    for entry in journal.entries(stream).filter(kind=OBJECTED):
        if entry.data["document_sha256"] == document_sha256:
            return entry
    return None


def objections_in(stream: str) -> int:
    """How often anything in a dossier was objected to."""
    return journal.entries(stream).filter(kind=OBJECTED).count()


def svg_of(request: SignatureRequest) -> str | None:
    """The drawn signature, or None while there is none, or when it stands on paper."""
    if request.picture is None or request.strokes is None:
        return None
    with blobs.store().open(request.picture.blob_key) as file:
        return file.read().decode()


def stamp_of(request: SignatureRequest) -> SignatureStamp | None:
    """How far an authority's time over a certified signature has come; None without one."""
    return SignatureStamp.objects.filter(request=request).first()


def recording_ms(stream: str) -> int | None:
    """Milliseconds since the recording of the stream's call began; None while nothing records."""
    room = (
        Room.objects.filter(stream=stream, recording_since__isnull=False)
        .exclude(recording=Recording.OFF.value)
        .first()
    )
    if room is None:
        return None
    since = cast("datetime", room.recording_since)
    return max(0, round((clock.now() - since).total_seconds() * 1000))
